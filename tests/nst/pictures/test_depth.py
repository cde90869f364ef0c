import io

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from nst.pictures import prepared
from nst.specs import InputError


def ramp(dtype, most):
    """A grey ramp from 0 to `most`, 64×64."""
    return np.linspace(0, most, 64 * 64).reshape(64, 64).astype(dtype)


def tiff(values, **tags):
    """A grey TIFF file of values, with tags by their numbers in words: t281=1023."""
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for name, value in tags.items():
        info[int(name[1:])] = value
    file = io.BytesIO()
    Image.fromarray(values).save(file, "TIFF", tiffinfo=info)
    file.seek(0)
    return Image.open(file)


def levels(image):
    return np.asarray(prepared.prepare(image).convert("L"), dtype=float)


EXPECTED = ramp(float, 255)


@pytest.mark.parametrize(
    ("values", "odd", "said"),
    [
        (ramp(np.float32, 1), 1.001, "0 to 1"),
        (ramp(np.float32, 1), 40.0, "0 to 1"),
        (ramp(np.float32, 1), -0.2, "0 to 1"),
        (ramp(np.int32, 255), 256, "0 to 255"),
        (ramp(np.int32, 255), 9000, "0 to 255"),
        (ramp(np.float32, 255), 255.4, "0 to 255"),
        (ramp(np.int32, 65535), 65536, "0 to 65535"),
    ],
)
def test_one_odd_value_decides_nothing_and_what_is_assumed_is_said(values, odd, said):
    values[-1, -1] = odd
    picture = prepared.prepare(Image.fromarray(values), "style image")
    shown = np.asarray(picture.convert("L"), dtype=float)
    assert np.abs(shown - EXPECTED)[:-1].max() <= 1
    assert prepared.note_of(picture) == f"The values of the style image were taken as {said}."


@pytest.mark.parametrize(("most", "tag"), [(1023, "t281"), (4095, "t281"), (4095, "t341")])
def test_sixteen_bits_of_which_a_file_uses_fewer(most, tag):
    deep = tiff(ramp(np.uint16, most), **{tag: most})
    assert np.abs(levels(deep) - EXPECTED).max() <= 1


def test_a_file_may_say_where_black_is():
    values = 1000 + ramp(np.uint16, 1000)
    assert np.abs(levels(tiff(values, t280=1000, t281=2000)) - EXPECTED).max() <= 1


def test_white_may_be_zero():
    upside_down = 65535 - ramp(np.uint16, 65535)
    assert np.abs(levels(tiff(upside_down, t262=0)) - EXPECTED).max() <= 1


def test_sixteen_bits_are_used_whole_where_nothing_is_said():
    assert np.abs(levels(tiff(ramp(np.uint16, 65535))) - EXPECTED).max() <= 1
    dark = levels(tiff(ramp(np.uint16, 4095)))
    assert dark.max() == 16


def test_values_that_are_no_pictures_are_refused():
    for values in (ramp(np.float32, 1e9), -ramp(np.float32, 1), ramp(np.int32, 10**6)):
        with pytest.raises(InputError, match="pixel values outside 0 to 65535"):
            prepared.prepare(Image.fromarray(values))
    values = ramp(np.float32, 1)
    values[3, 3] = np.nan
    with pytest.raises(InputError, match="not finite"):
        prepared.prepare(Image.fromarray(values))


def test_deep_values_may_be_linear_in_light(tmp_path):
    light = ramp(np.uint16, 65535)
    image = Image.fromarray(light)
    image.info["gamma"] = 1.0
    shown = levels(image)
    # IEC 61966-2-1 by hand: a light of 0.2140 is half of sRGB's range.
    middle = np.abs(light / 65535 - 0.2140).argmin()
    assert abs(shown.flat[middle] - 127.5) <= 1
