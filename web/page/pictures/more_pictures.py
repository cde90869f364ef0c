"""The pictures beside the photograph and the painting: more paintings, and masks.

They have the API's names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image, ImageFilter, ImageOps

from nst.roles import MASKS, STYLES, WEIGHTS
from nst.settings import SPECS
from web.page.controls import noted_input, widget_of
from web.page.pictures.drawings import bounded

MASK_HELP = "White is painted, black stays a photograph."
WEIGHT_REASON = "It counts beside others: give this painting first."
STYLE_MASK_HELP = "White is where this painting goes."
PAINT_HELP = (
    "Paint white over a part of the photograph, a face or the sky, say; then choose what becomes "
    "of it. Its edge is made soft."
)
SOFTNESS = 0.01
"""Radius of the blur of a painted mask's edge, in longest sides of the picture."""


@dataclass(frozen=True)
class MorePictures:
    """What is laid out here.

    Attributes:
        pictures: by the API's names.
        notes: under each of them and under the editor, by their names and "_note".
        weights: the sliders of the style weights, by the names of `Settings`.
        editor: where a mask is painted on the photograph.
        paint_there, keep_there: what is painted white becomes the mask, or all but that.
    """

    pictures: dict[str, gr.Image]
    notes: dict[str, gr.HTML]
    weights: dict[str, gr.Slider]
    editor: gr.ImageEditor
    paint_there: gr.Button
    keep_there: gr.Button


def more_pictures() -> MorePictures:
    """Lay them out in two closed accordions."""
    places, weights = {}, {}
    with gr.Accordion("More paintings", open=False):
        weights[WEIGHTS[0]] = widget_of(SPECS[WEIGHTS[0]])
        with gr.Row():
            for number, (name, weight) in enumerate(zip(STYLES, WEIGHTS, strict=True), start=1):
                if number > 1:
                    with gr.Column(min_width=150):
                        words = f"Painting {number}"
                        places |= noted_input(name, words, words)
                        weights[weight] = widget_of(SPECS[weight])
                        weights[weight].interactive = False
                        weights[weight].info = WEIGHT_REASON
    with gr.Accordion("Masks: what is painted, what stays a photograph", open=False):
        editor, places["mask_editor_note"], *buttons = _painted_mask()
        places |= noted_input("mask", "Mask of the photograph", MASK_HELP)
        with gr.Accordion("A mask for each painting", open=False), gr.Row():
            for number, name in enumerate(MASKS, start=1):
                with gr.Column(min_width=150):
                    words = f"Mask of painting {number}"
                    places |= noted_input(name, words, STYLE_MASK_HELP)
    pictures = {name: places.pop(name) for name in (*STYLES[1:], "mask", *MASKS)}
    return MorePictures(pictures, places, weights, editor, *buttons)


def _painted_mask() -> tuple[gr.ImageEditor, gr.HTML, gr.Button, gr.Button]:
    gr.HTML(f"<p>{PAINT_HELP}</p>", elem_classes="nst-note")
    editor = gr.ImageEditor(
        label="Paint on the photograph",
        type="pil",
        sources=(),
        layers=False,
        brush=gr.Brush(colors=["#ffffff"], color_mode="fixed"),
        transforms=(),
        elem_id="nst-mask_editor",
        elem_classes="nst-takes",
    )
    bounded(editor)
    editor_note = gr.HTML(elem_classes="nst-note")
    with gr.Row():
        paint_there = gr.Button("Paint only there", size="sm", min_width=120)
        keep_there = gr.Button("Keep that a photograph", size="sm", min_width=120)
    return editor, editor_note, paint_there, keep_there


def weight_applies(name: str) -> Callable[[object], dict[str, Any]]:
    """A handler that updates a style weight's widget: it can be set when its painting is there."""
    help_text = SPECS[name].help

    def update(painting: object) -> dict[str, Any]:
        there = painting is not None
        return gr.update(interactive=there, info=help_text if there else WEIGHT_REASON)

    return update


def mask_of(painted: dict[str, Any] | None) -> Image.Image | None:
    """What was painted on an `ImageEditor`'s background: white where a brush was, else black.

    Brushes are hard, and a hard edge in a painting looks cut out: it is blurred a little.
    """
    if not painted or not painted["layers"]:
        return None
    mask = Image.new("L", painted["layers"][0].size)
    for layer in painted["layers"]:
        mask.paste(255, mask=layer.getchannel("A"))
    return mask.filter(ImageFilter.GaussianBlur(SOFTNESS * max(mask.size)))


def mask_without(painted: dict[str, Any] | None) -> Image.Image | None:
    """The other way round: black where a brush was."""
    mask = mask_of(painted)
    return mask and ImageOps.invert(mask)
