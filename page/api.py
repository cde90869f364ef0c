"""The endpoints that programs call."""

from typing import Any

import gradio as gr

from page.controls import documented, unread, with_range
from page.door import PAINTING
from page.info import HEIGHT, WIDTH, estimate_run, info
from page.layout import Inputs
from page.runs import stylize_pictures

PROGRESS_HELP = (
    "Where the run is: iteration, total, size (of this scale, in pixels), content_loss, "
    "style_loss, tv_loss, seconds (gone), eta_seconds (left), features, device, done, which is "
    "true only with the result, run, with which a later call can go on: see resume, and note, a "
    "sentence about what went wrong, if anything did. A run can be done before its total: the "
    "note says why."
)
ESTIMATE_HELP = "The keys seconds, bytes (of memory, at the peak), features and device."
INFO_HELP = "The keys version, features, reason, device, settings, presets and limits."


def run_inputs(inputs: Inputs) -> dict[str, Any]:
    """What a run reads; runs of the page and of the API share one place."""
    return {
        "inputs": [inputs.content, inputs.style],
        "inputs_kwargs": inputs.more_pictures | inputs.settings | {"resume": inputs.resume},
        "concurrency_id": PAINTING,
    }


def connect_api(inputs: Inputs) -> None:
    """Offer the same run to programs, as the endpoint /stylize, and what they ask before it."""
    image = gr.Image(visible=False, label="image")
    progress = gr.JSON(visible=False, label="progress")
    documented(image, "The picture so far as a JPEG file; at last the result as a PNG file.")
    documented(progress, PROGRESS_HELP)
    gr.Button(visible=False).click(
        stylize_pictures, outputs=[image, progress], api_name="stylize", **run_inputs(inputs)
    )
    sizes = [
        unread(with_range(gr.Number(s.default, label=s.label, precision=0, visible=False), s))
        for s in (WIDTH, HEIGHT)
    ]
    # In the queue of the runs: what is measured beside a run would be too slow.
    gr.Button(visible=False).click(
        estimate_run,
        outputs=documented(gr.JSON(visible=False, label="estimate"), ESTIMATE_HELP),
        api_name="estimate",
        **{**run_inputs(inputs), "inputs": sizes, "inputs_kwargs": inputs.settings},
    )
    # Not in the queue: it answers while a picture is painted.
    gr.Button(visible=False).click(
        info,
        outputs=documented(gr.JSON(visible=False, label="info"), INFO_HELP),
        api_name="info",
        queue=False,
    )
