"""A painting's tones, by hand and on curves that can only rise."""

import torch
from PIL import Image

from nst.instant.palette import LEVELS, toned, tones_of
from nst.pictures.tensors import to_tensor


def greys(*levels: int) -> Image.Image:
    picture = Image.new("RGB", (len(levels), 1))
    picture.putdata([(level,) * 3 for level in levels])
    return picture


def test_tones_are_quantiles_of_each_channel():
    painting = Image.new("RGB", (4, 1))
    painting.putdata([(0, 255, 51), (0, 0, 51), (0, 255, 51), (255, 0, 51)])
    red, green, blue = tones_of(painting)
    assert red.unique(return_counts=True)[1].tolist() == [LEVELS * 3 // 4, LEVELS // 4]
    assert green.mean() == 0.5
    assert blue.unique().tolist() == [torch.tensor(51 / 255)]


def test_what_is_cut_out_has_no_tones():
    painting = Image.new("RGBA", (2, 1), (255, 255, 255, 0))
    painting.putpixel((0, 0), (0, 0, 0, 255))
    assert not tones_of(painting).any()
    hidden = Image.new("RGBA", (2, 1), (255, 255, 255, 0))
    assert tones_of(hidden).eq(1).all()  # or there would be none at all


def test_a_picture_with_its_own_tones_stays_as_it_is():
    picture = greys(*range(0, 256, 5))
    same = toned(to_tensor(picture), tones_of(picture))
    torch.testing.assert_close(same, to_tensor(picture), atol=3 / 255, rtol=0)


def test_a_grey_picture_becomes_black_with_a_few_lines():
    painting = greys(*[0] * 9, 255)
    picture = greys(*range(20, 220, 20))
    values = toned(to_tensor(picture), tones_of(painting))[0, 0, 0]
    assert not values[:8].any()
    assert values[9] > 0.5


def test_a_curve_only_rises_and_treats_equal_values_alike():
    image = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    image[:, :, :8] = 0.25
    result = toned(image, tones_of(greys(3, 3, 3, 90, 180, 181)))
    for before, after in zip(image[0], result[0], strict=True):
        order = before.flatten().argsort()
        assert after.flatten()[order].diff().ge(0).all()
        assert len(after[before == 0.25].unique()) == 1
    assert result.ge(0).all()
    assert result.le(1).all()
