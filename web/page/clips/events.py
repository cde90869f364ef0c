"""What a video does on the page, and for programs."""

from collections.abc import Generator
from typing import Any

import gradio as gr

from nst.settings import OWN_STYLE
from web.page.clips.place import WORK, progress_of
from web.page.controls import documented
from web.page.html.progress import alert, note
from web.page.instant_tab import NO_STYLE
from web.page.layout import Inputs
from web.page.wiring import AT_ONCE, PRIVATE, on, scroll
from web.runs.clip_run import ClipRuns
from web.runs.instant_run import api_name
from web.runs.services import Services
from web.runs.streaming import in_a_thread
from web.server.admission import CLIPS

NO_CLIP = "Give a video first: in the place above."
GIVEN = "A video of {seconds:.1f} s: {frames} frames are to be painted."
WAITING = "Waiting for a free place …"
STOPPED = "Stopped, or the connection was lost: nothing of the video is kept."
"""Gradio has a handler that is stopped fail."""
PROGRESS_HELP = (
    "How far it is: frame, frames (about), seconds (gone), eta_seconds (left), device, done, which "
    "is true only with the painted video, and note, a sentence about what went wrong, if anything."
)
SETTINGS = ("strength", "size", "second_style", "mix", "color")
"""Of an instant painting, in the order of the API."""
SHOWN = ("strength", "size", "color")
"""Those of the page's that a video is painted with."""


class ClipPainting:
    """The videos of a page's visit."""

    def __init__(self, clips: ClipRuns) -> None:
        self._clips = clips

    def look(self, clip: str) -> dict[str, Any]:
        """Say of what was given what it is, or why it cannot be painted."""
        try:
            found = self._clips.look(clip)
        except gr.Error as error:
            return {"clip_said": alert(error.message)}
        words = GIVEN.format(seconds=found.seconds, frames=found.frames)
        return {"clip_said": note(words)}

    def begin(self, clip: str | None, chosen: str, style: str | None) -> dict[str, Any]:
        """Updates for the moment after the click.

        Raises:
            gr.Error: something is missing; nothing is queued.
        """
        if not clip or (chosen == OWN_STYLE and not style):
            raise gr.Error(NO_STYLE if clip else NO_CLIP, print_exception=False)
        return {
            "clip_said": note(WAITING),
            "clip_paint": gr.update(interactive=False),
            "clip_stop": gr.update(interactive=True),
            "painted": gr.update(value=None, visible=False),
        }

    def missing(self, clip: str | None, chosen: str, style: str | None) -> dict[str, Any]:
        """Updates that say what is missing."""
        try:
            self.begin(clip, chosen, style)
        except gr.Error as error:
            return {"clip_said": alert(error.message)}
        return {}

    def paint(
        self, clip: str | None, chosen: str, style: str | None, *values: object
    ) -> Generator[dict[str, Any], None, None]:
        """Paint, and show how far it is; what cannot be used gets its sentence here."""
        named = {api_name("style"): chosen, **dict(zip(SHOWN, values, strict=True))}
        painting = style if chosen == OWN_STYLE else None
        try:
            for update in self._clips.open(clip, painting, **named):
                shown = {"clip_said": progress_of(update.progress, update.seen)}
                if update.file:
                    shown["painted"] = gr.update(value=update.file, visible=True)
                yield shown
        except gr.Error as error:
            yield {"clip_said": alert(error.message)}


def ended() -> dict[str, Any]:
    """Updates for the end, however it came."""
    return {"clip_paint": gr.update(interactive=True), "clip_stop": gr.update(interactive=False)}


def connect(services: Services, inputs: Inputs, picked: Any, chosen: gr.State) -> None:  # noqa: ANN401
    """Connect it.

    Args:
        picked: the step after which `chosen` has the style of the thumbnail that was clicked.
    """
    painting, place = ClipPainting(services.clips), inputs.instant.clips
    named = vars(place)
    picked.success(lambda style: style, chosen, place.clip_style, **AT_ONCE)
    given = [place.clip, place.clip_style, inputs.style]
    buttons = ("clip_paint", "clip_stop")
    begun = on(
        place.clip_paint.click,
        painting.begin,
        named,
        ("clip_said", "painted", *buttons),
        inputs=given,
        **AT_ONCE,
    )
    on(begun.failure, painting.missing, named, ("clip_said",), inputs=given, **AT_ONCE)
    begun.success(None, js=scroll(f"'{WORK}'"), **AT_ONCE)
    widgets = inputs.instant.settings
    painted = on(
        begun.success,
        in_a_thread(painting.paint),
        named,
        ("clip_said", "painted"),
        inputs=[*given, *(widgets[name] for name in SHOWN)],
        concurrency_id=CLIPS,
        **PRIVATE,
    )
    on(painted.then, ended, named, buttons, **AT_ONCE)
    on(painted.failure, lambda: {"clip_said": note(STOPPED)}, named, ("clip_said",), **AT_ONCE)
    on(place.clip_stop.click, ended, named, buttons, cancels=[painted], **AT_ONCE)
    on(place.clip.upload, painting.look, named, ("clip_said",), inputs=place.clip, **AT_ONCE)
    on(place.clip.clear, lambda: {"clip_said": ""}, named, ("clip_said",), **AT_ONCE)


def connect_api(services: Services, inputs: Inputs) -> None:
    """Offer the same to programs, as the endpoint /video."""
    settings, place = inputs.instant.settings, inputs.instant.clips
    clip = documented(gr.File(visible=False, label="video"), "The painted video, an MP4 file.")
    progress = documented(gr.JSON(visible=False, label="progress"), PROGRESS_HELP)
    gr.Button(visible=False).click(
        in_a_thread(services.clips.paint_clip),
        [place.clip, place.clip_style, *(settings[name] for name in SETTINGS), inputs.style],
        [clip, progress],
        api_name="video",
        concurrency_id=CLIPS,
    )
