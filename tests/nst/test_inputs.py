import numpy as np
import pytest
from PIL import Image

from nst import InputError, Settings
from nst.inputs import prepare

WHITE = Image.new("L", (8, 8), 255)


def test_styles_come_with_their_weights(content, style):
    pictures = prepare(content, [style, content], Settings(style_weight=2, style_2_weight=0.5))
    assert [weight for _, weight in pictures.styles] == [2, 0.5]
    assert pictures.style_masks == (None, None)


def test_a_style_of_weight_0_is_left_out_with_its_mask(content, style):
    settings = Settings(style_weight=0)
    pictures = prepare(content, [content, style], settings, style_masks=[WHITE, None])
    assert len(pictures.styles) == 1 and pictures.style_masks == (None,)
    assert pictures.styles[0][0].tobytes() == style.tobytes()


@pytest.mark.parametrize(
    ("pictures", "settings", "said"),
    [
        ({"style": []}, {}, "1 to 4 style images, not 0"),
        ({"style": ["style"] * 5}, {}, "1 to 4 style images, not 5"),
        ({"style": ["style"]}, {"style_weight": 0}, "must have a weight above 0"),
        ({"style": ["style", "no picture"]}, {}, "style 2 image must be a PIL image"),
        ({"style_masks": [None, WHITE]}, {}, "style 2 mask but no style 2 image"),
        ({"style": ["style", None, "style"], "style_masks": [None, WHITE]}, {}, "no style 2 image"),
        ({"mask": Image.new("L", (9, 9))}, {}, "mask is black everywhere"),
        ({"mask": "no picture"}, {}, "mask must be a PIL image"),
        ({"style_masks": [Image.new("L", (9, 9))]}, {}, "style mask is black everywhere"),
        ({}, {"init": "image"}, "start image is missing"),
    ],
)
def test_what_cannot_be_used_is_named(pictures, settings, said, content, style):
    known = {"style": style}
    given = {"style": style, **pictures}
    if isinstance(given["style"], list):
        given["style"] = [known.get(picture, picture) for picture in given["style"]]
    with pytest.raises(InputError, match=said):
        prepare(content, given.pop("style"), Settings(**settings), **given)


def test_painted_strokes_on_a_transparent_layer_are_a_mask(content, style):
    layer = Image.new("RGBA", (8, 8), (255, 255, 255, 0))
    layer.paste((255, 255, 255, 255), (0, 0, 4, 8))
    mask = prepare(content, style, Settings(), mask=layer).mask
    assert mask.mode == "L"
    assert np.array_equal(np.asarray(mask)[0], [255] * 4 + [0] * 4)


def test_the_digest_tells_pictures_and_their_places_apart(content, style):
    digests = {
        prepare(*pair, Settings(), **more).digest()
        for pair, more in (
            ((content, style), {}),
            ((style, content), {}),
            ((content, [style, style]), {}),
            ((content, style), {"mask": WHITE}),
            ((content, style), {"style_masks": [WHITE]}),
        )
    }
    assert len(digests) == 5


def test_a_place_that_is_left_empty_keeps_the_others_weights(content, style):
    settings = Settings(style_2_weight=5, style_3_weight=3)
    pictures = prepare(content, [style, None, content], settings, style_masks=[None, None, WHITE])
    assert [weight for _, weight in pictures.styles] == [1, 3]
    assert pictures.style_masks[0] is None and pictures.style_masks[1].size == WHITE.size
