"""The endpoints that programs call."""

from typing import Any

import gradio as gr

from web.page.controls import as_sent, documented, style_choice, with_range
from web.page.layout import Inputs
from web.runs.programs import HEIGHT, WIDTH
from web.runs.services import Services
from web.runs.streaming import in_a_thread
from web.server.admission import INSTANT, PAINTING
from web.server.limits import RUNS

PROGRESS_HELP = (
    "Where the run is: iteration, total, size (of this scale, in pixels), content_loss, "
    "style_loss, tv_loss, seconds (gone), eta_seconds (left), features, device, done, which is "
    "true only with the result, run, with which a later call can go on: see resume, and note, a "
    "sentence about what went wrong, if anything did, and share, of the iteration under way that "
    "is done, where a picture is so large that this is told. A run can be done before its total: "
    "the note says why."
)
ESTIMATE_HELP = "The keys seconds, bytes (of memory, at the peak), features and device."
INFO_HELP = "The keys version, features, reason, device, settings, presets, instant and limits."
INSTANT_HELP = (
    "What it was made by: seconds (of the painting), style, strength, second_style and mix (null "
    "without one), color, size (as it was asked for), width and height (of the result, in pixels), "
    "network (the version of its weights) and device."
)


def run_inputs(inputs: Inputs) -> dict[str, Any]:
    """What a run reads; runs of the page and of the API share one place."""
    return {
        "inputs": [inputs.content, inputs.style],
        "inputs_kwargs": inputs.more_pictures | inputs.settings | {"resume": inputs.resume},
        "concurrency_id": PAINTING,
        "concurrency_limit": RUNS,
    }


def instant_inputs(inputs: Inputs, style: Any) -> dict[str, Any]:  # noqa: ANN401 - a component
    """What an instant painting reads, `style` its style's name; they share one place too."""
    return {
        "inputs": [
            *(inputs.content, style, *inputs.instant.settings.values()),
            *(inputs.style, inputs.more_pictures["mask"]),
        ],
        "concurrency_id": INSTANT,
    }


def connect_api(services: Services, inputs: Inputs) -> None:
    """Offer the same run to programs, as the endpoint /stylize, and what they ask before it."""
    programs = services.programs
    image = gr.Image(visible=False, label="image")
    progress = gr.JSON(visible=False, label="progress")
    documented(image, "The picture so far as a JPEG file; at last the result as a PNG file.")
    documented(progress, PROGRESS_HELP)
    gr.Button(visible=False).click(
        in_a_thread(programs.stylize_pictures),
        outputs=[image, progress],
        api_name="stylize",
        **run_inputs(inputs),
    )
    sizes = [
        as_sent(with_range(gr.Number(s.default, label=s.label, precision=0, visible=False), s))
        for s in (WIDTH, HEIGHT)
    ]
    # In the queue of the runs: what is measured beside a run would be too slow.
    gr.Button(visible=False).click(
        programs.estimate_run,
        outputs=documented(gr.JSON(visible=False, label="estimate"), ESTIMATE_HELP),
        api_name="estimate",
        **{**run_inputs(inputs), "inputs": sizes, "inputs_kwargs": inputs.settings},
    )
    painted = documented(gr.Image(visible=False, label="image"), "The result as a PNG file.")
    made_by = documented(gr.JSON(visible=False, label="info"), INSTANT_HELP)
    gr.Button(visible=False).click(
        services.instant.paint_instantly,
        outputs=[painted, made_by],
        api_name="instant",
        **instant_inputs(inputs, style_choice("style", visible=False)),
    )
    # Not in the queue: it answers while a picture is painted.
    gr.Button(visible=False).click(
        programs.info,
        outputs=documented(gr.JSON(visible=False, label="info"), INFO_HELP),
        api_name="info",
        queue=False,
    )
