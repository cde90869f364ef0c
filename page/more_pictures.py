"""The pictures beside the photograph and the painting: more paintings, masks, and a start.

They have the API's names.
"""

from typing import Any

import gradio as gr
from PIL import Image

from nst.inputs import MASKS, STYLES
from page.controls import picture_input

MASK_HELP = "White is painted, black stays a photograph."
STYLE_MASK_HELP = "White is where this painting goes."


def more_pictures() -> tuple[dict[str, gr.Image], gr.ImageEditor, gr.Button]:
    """A closed accordion of inputs, by the API's names; and what paints the mask of the content."""
    named = {}
    with gr.Accordion("More paintings and masks", open=False):
        with gr.Row():
            for i, name in enumerate(STYLES[1:], start=2):
                with gr.Column(min_width=150):
                    named[name] = picture_input(name, f"Painting {i}", f"Painting {i}")
        with gr.Row():
            with gr.Column(min_width=150):
                named["mask"] = picture_input("mask", "Mask of the photograph", MASK_HELP)
            with gr.Column(min_width=150):
                named["start"] = picture_input("start", "Start picture", "Where the run starts")
        editor = gr.ImageEditor(
            label="Paint the mask on the photograph: white is where the painting goes",
            type="pil",
            sources=(),
            layers=False,
            brush=gr.Brush(colors=["#ffffff"], color_mode="fixed"),
            transforms=(),
        )
        use = gr.Button("Use what is painted white as the mask", size="sm")
        with gr.Row():
            for i, name in enumerate(MASKS, start=1):
                with gr.Column(min_width=150):
                    named[name] = picture_input(name, f"Mask of painting {i}", STYLE_MASK_HELP)
    order = [*STYLES[1:], "mask", *MASKS, "start"]
    return {name: named[name] for name in order}, editor, use


def mask_of(painted: dict[str, Any] | None) -> Image.Image | None:
    """What was painted on an `ImageEditor`'s background: white where a brush was, else black."""
    if not painted or not painted["layers"]:
        return None
    mask = Image.new("L", painted["layers"][0].size)
    for layer in painted["layers"]:
        mask.paste(255, mask=layer.getchannel("A"))
    return mask
