"""The endpoints that programs call."""

from typing import Any

import gradio as gr

from page.layout import Inputs
from page.runs import stylize_pictures


def run_inputs(inputs: Inputs) -> dict[str, Any]:
    """What a run reads; runs of the page and of the API share one place."""
    return {
        "inputs": [inputs.content, inputs.style],
        "inputs_kwargs": inputs.more_pictures | inputs.settings,
        "concurrency_id": "painting",
    }


def connect_api(inputs: Inputs) -> None:
    """Offer the same run to programs, as the endpoint /stylize."""
    image = gr.Image(visible=False, label="image")
    progress = gr.JSON(visible=False, label="progress")
    gr.Button(visible=False).click(
        stylize_pictures, outputs=[image, progress], api_name="stylize", **run_inputs(inputs)
    )
