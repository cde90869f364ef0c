"""The pictures beside the photograph and the painting."""

import re

import gradio as gr
import pytest
from PIL import Image

from nst.settings import SPECS
from web.page.pictures.more_pictures import mask_of, mask_without, more_pictures, weight_applies


def test_they_have_the_apis_names_in_its_order():
    with gr.Blocks():
        laid_out = more_pictures()
    weights = [name for name in SPECS if re.fullmatch(r"style_(\d_)?weight", name)]
    assert list(laid_out.weights) == weights
    assert list(laid_out.pictures) == [
        "style_2",
        "style_3",
        "style_4",
        "mask",
        "style_mask",
        "style_2_mask",
        "style_3_mask",
        "style_4_mask",
    ]


def test_a_mask_is_white_where_it_was_painted_or_the_other_way_round():
    layers = [Image.new("RGBA", (4, 2)) for _ in range(2)]
    layers[0].putpixel((0, 0), (255, 255, 255, 255))
    layers[1].putpixel((3, 1), (10, 20, 30, 255))
    mask = mask_of({"layers": layers, "background": None, "composite": None})
    assert mask.mode == "L" and list(mask.get_flattened_data()) == [255, 0, 0, 0, 0, 0, 0, 255]
    other = mask_without({"layers": layers})
    assert list(other.get_flattened_data()) == [0, 255, 255, 255, 255, 255, 255, 0]


def test_a_weight_can_be_set_when_its_painting_is_there():
    with gr.Blocks():
        weight = more_pictures().weights["style_2_weight"]
    update = weight_applies("style_2_weight")
    assert not weight.interactive and "first" in weight.info
    assert update(None) == gr.update(interactive=False, info=weight.info)
    assert update("a.png") == gr.update(interactive=True, info=SPECS["style_2_weight"].help)


@pytest.mark.parametrize("nothing", [None, {"layers": [], "background": None}])
def test_nothing_painted_is_no_mask(nothing):
    assert mask_of(nothing) is None and mask_without(nothing) is None
