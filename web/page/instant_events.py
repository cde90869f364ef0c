"""What the instant styles do on the page: paint at a click, and begin a run from that."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from nst.instant.names import title
from nst.pictures.reading import open_image
from nst.roles import STYLES
from nst.settings import INSTANT_SPECS, OWN_STYLE
from nst.specs import Choice
from web.page.api import instant_inputs
from web.page.clips import events as clips
from web.page.handlers import BUSY
from web.page.html import compare
from web.page.html.examples import pictures
from web.page.html.progress import alert, note
from web.page.instant_tab import NO_STYLE, REFINE_FIRST, in_use, mix_applies
from web.page.keeping.actions import BUTTONS
from web.page.layout import ANY, Inputs, Outputs
from web.page.results import both_of, for_the_strip, in_its_place, without_a_run
from web.page.shelf import every_style
from web.page.wiring import AT_ONCE, PRIVATE, change_of, on, scroll, sent
from web.runs.best_effort import best_effort
from web.runs.instant_run import Info, api_name
from web.runs.kept.jpeg import fitted, small
from web.runs.kept.record import COMPARED, CORNER, Record
from web.runs.refusals import sentences
from web.runs.services import Services

NO_PAINTING = "This style's painting is not at hand: give one above, and it is painted like that."
RESULT_OR_GAP = (
    "document.querySelector('#nst-instant-problem .nst-alert') ? '' : "
    "!document.querySelector('#nst-content img') ? 'nst-content' : 'nst-result'"
)
"""Where to look after a click: at the painting, or where its photograph is missing; what else is
wrong is said where one looks."""


def choose(event: gr.EventData) -> str:
    """The name of the style whose thumbnail was clicked."""
    with sentences():
        return INSTANT_SPECS["style"].check(api_name("style"), sent(event, "name"))


class InstantPainting:
    """The instant paintings of a page's visit."""

    def __init__(self, services: Services) -> None:
        self._instant, self._visits = services.instant, services.visits

    def begin(self, key: str, chosen: str, style: str | None) -> dict[str, Any]:
        """Updates for the moment after a click, or after a setting was changed.

        What is refused is painted no more, even if it could be by the time that `paint` is called.
        """
        if not chosen:
            return {}
        if self._visits.is_taken(key):
            return {"problem": alert(BUSY), "begun": ""}
        if chosen == OWN_STYLE and not style:
            return {"problem": alert(NO_STYLE), "begun": ""}
        return {
            "bar": note("Painting …"),
            "problem": "",
            "tabs": gr.update(selected="picture"),
            "begun": chosen,
        }

    def paint(
        self, key: str, content: str | None, chosen: str, *values: object
    ) -> Iterator[dict[str, Any]]:
        """Paint, and show the picture; what cannot be used gets its sentence in its place."""
        # The pictures of a run under way would take this one's place.
        *settings, style, mask = values
        own = chosen == OWN_STYLE
        if not chosen or self._visits.is_taken(key) or (own and not style):
            yield {}
            return
        settings = in_use(own, *settings)
        try:
            for picture, info in self._instant.paint_instantly(
                content, chosen, *settings, style if own else None, mask
            ):
                shown = _shown(content, picture, info, style if own else None)
                yield self._visits.of(key).show(shown, is_instant=True)
        except gr.Error as error:
            yield in_its_place(error)

    def refinement(self, key: str, chosen: str, own_style: str | None) -> dict[str, Any]:
        """Updates that offer to refine what is shown, or say why not."""
        reason, visit = "", self._visits.find(key)
        if not chosen or visit is None or not visit.is_instant:
            reason = REFINE_FIRST
        elif not style_picture(chosen) and not own_style:
            reason = NO_PAINTING
        return {
            "refine": gr.update(interactive=not reason),
            "refine_note": note(reason) if reason else "",
        }


def fail() -> dict[str, Any]:
    """Updates for a painting that did not get in: the page says why by itself."""
    return {"bar": note("Nothing was painted, or the connection was lost.")}


def _shown(content: str, picture: str, info: Info, own_style: str | None) -> dict[str, Any]:
    words, after = f"Painted as {in_words(info)}", small(picture, COMPARED)
    before = fitted(open_image(content, "content image"), COMPARED)
    shape, seconds = f"{info['width']} × {info['height']} pixels", f"{info['seconds']:.2g} s"
    made = f"{words}: {shape} in {seconds} on {info['device']}."
    shown = without_a_run(picture, compare.compare(before, after, words), made)
    record = Record({}, Path(picture).stem, before=before, after=after)
    shown |= {"more": gr.update(interactive=False), "strip": for_the_strip(record, words)}
    return shown | best_effort(lambda: _both(record, picture, info, own_style), {})


def _both(record: Record, picture: str, info: Info, own_style: str | None) -> dict[str, Any]:
    """An update that offers before and after as one picture, in a file beside the painting's."""
    painting = own_style or style_picture(info["style"])
    if painting:
        record.painting = fitted(open_image(painting, "style image"), CORNER)
    return both_of(record, Path(picture).parent)


def in_words(info: Info) -> str:
    """What a painting was made by, for people."""
    words = ["your painting" if info["style"] == OWN_STYLE else title(info["style"])]
    if info["second_style"]:
        words.append(f"{info['mix']:g} % of it {title(info['second_style'])}")
    if info["strength"] != INSTANT_SPECS["strength"].default:
        words.append(f"strength {info['strength']:g}")
    if info["color"] != INSTANT_SPECS["color"].default:
        color: Choice = INSTANT_SPECS["color"]
        words.append(f"colours: {color.titles[info['color']].lower()}")
    return ", ".join(words)


def style_picture(name: str) -> Path | None:
    """The painting that a style was learned from, if it ships with the project."""
    return pictures("styles").get(name)


def refine(
    picture: str | None, chosen: str, second_style: str, mix: float, own_style: str | None
) -> dict[str, Any]:
    """Fill in what a run needs to go on from the picture shown."""
    style = style_picture(chosen) or own_style
    if not style:
        return {}
    second = None if chosen == OWN_STYLE else style_picture(second_style)
    share = mix / 100 if second else 0.0
    return {
        **dict.fromkeys(STYLES),
        "style": str(style),
        "style_2": str(second) if share else None,
        "style_weight": 1 - share,
        "style_2_weight": share or 1.0,
        "init": "image",
        "start": picture,
        "refined": True,
        "modes": gr.update(selected=ANY),
    }


def start_of_another(init: str, refined: bool) -> dict[str, Any]:
    """Updates for another photograph: it does not start from what was made of the last one.

    Args:
        refined: whether the start is the page's own doing, and no picture that was given.
    """
    own = init == "image" and refined
    return {"init": "content", "start": None, "refined": False} if own else {}


def connect(services: Services, inputs: Inputs, outputs: Outputs) -> Any:  # noqa: ANN401 - Gradio's
    """Connect all of it; what is returned succeeds when a run is to begin, to refine a painting."""
    instant = InstantPainting(services)
    tab, chosen = inputs.instant, gr.State("")
    named = {**vars(inputs), **vars(outputs), **vars(tab), **inputs.settings}
    # Whether the start that is set is the painting to be refined, and nobody's upload.
    named |= {**inputs.more_pictures, "refined": gr.State(False)}
    # The style that is being painted, of what was chosen: none where that was refused.
    named["begun"] = gr.State("")
    strength, size, second, mix, color = tab.settings.values()
    picked = tab.tiles.click(choose, None, chosen, **AT_ONCE)
    set_anew = partial(
        gr.on, [strength.release, size.release, mix.release, second.input, color.input]
    )
    for event in (picked.success, set_anew):
        _connect_painting(instant, event, instant_inputs(inputs, named["begun"]), named, chosen)
    every_style.connect(services, named)
    clips.connect(services, inputs, picked, chosen)
    change_of(second)(mix_applies, second, mix, **AT_ONCE)
    shown = [inputs.visit, chosen, inputs.style]
    changed = change_of(outputs.picture, inputs.style)
    on(changed, instant.refinement, named, ("refine", "refine_note"), inputs=shown, **AT_ONCE)
    starting = ("init", "start", "refined")
    start = [named[name] for name in ("init", "refined")]
    another = change_of(inputs.content)
    on(another, start_of_another, named, starting, inputs=start, **AT_ONCE)
    named["start"].upload(lambda: False, None, named["refined"], **AT_ONCE)
    filling = (*starting, *STYLES, "style_weight", "style_2_weight", "modes")
    mixed = [outputs.picture, chosen, second, mix, inputs.style]
    return on(tab.refine.click, refine, named, filling, inputs=mixed, **AT_ONCE)


def _connect_painting(
    instant: InstantPainting,
    event: Any,  # noqa: ANN401 - Gradio's
    what: dict[str, Any],
    named: dict[str, Any],
    chosen: gr.State,
) -> None:
    result = ("picture", "compare", "film", "curves", "bar", "strip", *BUTTONS)
    result += ("resume", "content_note", "style_note")
    visit = named["visit"]
    begun = on(
        event,
        instant.begin,
        named,
        ("bar", "problem", "tabs", "begun"),
        inputs=[visit, chosen, named["style"]],
        **AT_ONCE,
    )
    painted = on(
        begun.then,
        instant.paint,
        named,
        result,
        trigger_mode="always_last",  # of clicks while it paints, the last one counts
        **{**what, "inputs": [visit, *what["inputs"]]},
        **PRIVATE,
    )
    on(painted.failure, fail, named, ("bar",), **AT_ONCE)
    painted.then(None, js=scroll(RESULT_OR_GAP), **AT_ONCE)
