"""“Surprise me”: a painting by chance, and a photograph if there is none, to be painted at once."""

from random import choice
from typing import Any

from nst import InputError
from web.page.handlers import BUSY
from web.page.html.examples import pictures
from web.page.shelf.yours import in_place
from web.page.wiring import AT_ONCE_OR_SAID, on, scroll
from web.runs.refusals import sentences
from web.runs.services import Services


class Surprise:
    """Chance, for the page's visits."""

    def __init__(self, services: Services) -> None:
        self._visits = services.visits

    def fill(self, key: str, content: str | None, style: str | None) -> dict[str, Any]:
        """Updates that fill both places: another painting, and a photograph where none is.

        Raises:
            Refused: a run is under way.
        """
        with sentences():
            if self._visits.is_taken(key):
                raise InputError(BUSY)
        now = in_place("styles", style)
        paintings = [path for name, path in pictures("styles").items() if name != now]
        real = [path for path in paintings if path.parent.name == "paintings"]
        filled = {"style": str(choice(real))}
        if not content:
            filled["content"] = str(choice(list(pictures("content").values())))
        return filled


def connect(services: Services, named: dict[str, Any]) -> Any:  # noqa: ANN401 - Gradio's
    """Connect it; what is returned succeeds when both pictures are there, to be painted."""
    return on(
        named["surprise"].click,
        Surprise(services).fill,
        named,
        ("content", "style"),
        inputs=[named["visit"], named["content"], named["style"]],
        js=scroll(),
        **AT_ONCE_OR_SAID,
    )
