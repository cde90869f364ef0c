"""Where a video is given, and the painted one is shown."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from web.page.controls import style_choice
from web.page.html.progress import bar, note
from web.runs.clip_run import ClipProgress
from web.runs.kept.jpeg import data_url
from web.server.limits import CLIP_SECONDS

TITLE = "A video, too"
HELP = (
    f"A video of {CLIP_SECONDS} seconds at most, painted frame by frame, its sound kept, with the "
    "strength, size and colours above. It takes a minute or more."
)
WORK = "nst-clip-work"
"""The id of the buttons, below which a video is painted."""
SEEN_ALT = "The latest frame, painted"


@dataclass(frozen=True)
class ClipPlace:
    """What is laid out here.

    Attributes:
        clip: the video that is given.
        clip_style: the name of the style that it is painted in.
        clip_said: how far it is, or why a click did nothing.
        painted: the painted video.
    """

    clip: gr.File
    clip_style: gr.Dropdown
    clip_paint: gr.Button
    clip_stop: gr.Button
    clip_said: gr.HTML
    painted: gr.Video


def lay_out() -> ClipPlace:
    """Lay it out, folded up."""
    with gr.Accordion(TITLE, open=False, elem_id="nst-clip"):
        gr.HTML(f"<p>{HELP}</p>", elem_classes="nst-note")
        # Of any kind: what is no video gets a sentence of ours instead of Gradio's.
        clip = gr.File(label="Video", height=120)
        style = style_choice("style")
        with gr.Row(elem_id=WORK):
            paint = gr.Button("Paint the video", min_width=140)
            stop = gr.Button("Stop the video", min_width=140, interactive=False)
        said = gr.HTML(elem_classes="nst-note")
        painted = gr.Video(label="Painted video", interactive=False, visible=False)
    return ClipPlace(clip, style, paint, stop, said, painted)


def progress_of(progress: ClipProgress, seen: bytes | None) -> str:
    """A bar, one line and the latest frame, as HTML."""
    share = progress.frame / max(progress.frames, 1)
    if progress.done:
        line = f"<b>{progress.frame} frames in {progress.seconds:.0f} s</b>"
    elif progress.eta_seconds is None:
        line = "<b>Painting …</b>"
    else:
        line = (
            f"<b>{share:.0%}</b><span>about {progress.eta_seconds:.0f} s left · "
            f"frame {progress.frame} of {progress.frames}</span>"
        )
    shown = bar("Progress of the video", share, line)
    image = f'<img alt="{escape(SEEN_ALT)}" src="{data_url(seen)}">' if seen else ""
    return shown + image + (note(progress.note) if progress.note else "")
