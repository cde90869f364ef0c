"""“See my photograph in every style”: the thumbnails become the visitor's own photograph."""

import time
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import gradio as gr

from web.page.html.progress import alert
from web.page.html.static_files import static
from web.page.html.thumbnails import in_order
from web.page.results import as_called_here
from web.page.wiring import AT_ONCE, PRIVATE, on
from web.runs.every_style import in_every_style
from web.runs.kept.jpeg import data_url
from web.runs.services import Services
from web.runs.streaming import in_a_thread
from web.server.admission import PREVIEWS

NO_PHOTOGRAPH = "Give a photograph first: in its place above, or from “Paintings”."
BEGUN = "Your photograph is painted in {count} styles, one after the other …"
ENDED = "Your photograph in {count} styles, in {seconds:.0f} s. Click one to see it large."
SHOW = static("every_style.js")
FOLLOW = """(photograph, painting) => {
  const detail = {photograph: photograph?.path, painting: painting?.path};
  document.dispatchEvent(new CustomEvent('nst-given', {detail}));
  return [];
}"""
"""JavaScript that tells what is in its place: another picture brings the thumbnails back."""
Value = dict[str, Any]
"""What the page is sent: `of`, a name of this choice of pictures; `pictures` by their styles, so
far, of a `photograph` and like a `painting`, by their files; `said`, of them."""


def pictures_place() -> gr.HTML:
    """What puts the pictures into the thumbnails, and says what they are."""
    template = '<p class="nst-said" role="status"></p>'
    options = {"padding": False, "elem_classes": "nst-every"}
    return gr.HTML(html_template=template, js_on_load=SHOW, **options)


class EveryStyle:
    """The photograph of a page's visit in every style."""

    def __init__(self, services: Services) -> None:
        self._server, self._visits = services.server, services.visits

    def begin(self, content: str | None) -> dict[str, Any]:
        """Updates for the moment after the click."""
        if not content:
            return {"problem": alert(NO_PHOTOGRAPH)}
        return {"problem": "", "see_all": gr.update(interactive=False)}

    def paint(self, key: str, content: str | None, style: str | None) -> Iterator[dict[str, Any]]:
        """Paint, and show what there is; until the page has another photograph."""
        if not content:
            yield {}
            return
        started, count = time.monotonic(), len(in_order()) + bool(style)
        value = {"of": token_hex(8), "photograph": content, "painting": style, "pictures": {}}
        value["said"] = BEGUN.format(count=count)
        yield {"previews": value}
        # What the page has may be told after it asked for this, and is its photograph then.
        its_own = (self._photograph(key), content)
        try:
            for name, picture in in_every_style(self._server, content, style, in_order()):
                if self._photograph(key) not in its_own:
                    return
                pictures = value["pictures"] | {name: data_url(picture)}
                value = value | {"pictures": pictures}
                yield {"previews": value}
        except gr.Error as error:
            yield {"previews": None, "problem": alert(as_called_here(error.message))}
            return
        count, seconds = len(value["pictures"]), time.monotonic() - started
        yield {"previews": value | {"said": ENDED.format(count=count, seconds=seconds)}}

    def _photograph(self, key: str) -> str | None:
        """The one that the page has now."""
        visit = self._visits.find(key)
        return visit.pictures.get("content") if visit else None


def connect(services: Services, named: dict[str, Any]) -> None:
    """Connect it; `named` has the tab's components, the pictures and the visit."""
    every = EveryStyle(services)
    content, style = named["content"], named["style"]
    begun = on(
        named["see_all"].click,
        every.begin,
        named,
        ("problem", "see_all"),
        inputs=content,
        **AT_ONCE,
    )
    painted = on(
        begun.then,
        in_a_thread(every.paint),
        named,
        ("previews", "problem"),
        inputs=[named["visit"], content, style],
        concurrency_id=PREVIEWS,
        **PRIVATE,
    )
    again = {"see_all": gr.update(interactive=True)}
    on(painted.then, lambda: again, named, ("see_all",), **AT_ONCE)
    gr.on([content.change, style.change], None, [content, style], js=FOLLOW, **AT_ONCE)
