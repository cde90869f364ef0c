"""The sheet of all instant styles."""

import numpy as np
import pytest
from PIL import Image

from nst import InputError
from nst.instant.named import load_instant
from nst.instant.names import instant_styles
from nst.instant.sheet import paint_sheet


@pytest.fixture(autouse=True)
def painted_small(monkeypatch):
    """Paint at the size of the sheet's pictures: near 512 pixels, twenty styles take a while."""
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


def test_every_style_and_the_photograph_have_a_place(content):
    network = load_instant("cpu")
    sheet = paint_sheet(content, size=64, strength=100, network=network)
    count = len(instant_styles()) + 1
    tiles = [
        np.asarray(sheet.crop((left, top, left + 64, top + 43)), np.float32)
        for top in range(3, sheet.height - 43, 43 + 16 + 3)
        for left in range(3, sheet.width - 64, 64 + 3)
    ][:count]
    photograph = np.asarray(content.resize((64, 43)), np.float32)
    assert np.abs(tiles[0] - photograph).mean() < 8
    for i, tile in enumerate(tiles):
        assert tile.std() > 10  # a picture, no paper
        assert all(np.abs(tile - other).mean() > 2 for other in tiles[:i])


def test_without_strength_all_are_the_photograph(content):
    sheet = paint_sheet(content, size=64, strength=0, network=load_instant("cpu"))
    first, second = (sheet.crop((left, 3, left + 64, 46)) for left in (3, 70))
    assert first.tobytes() == second.tobytes()


def test_a_transparent_photograph_is_shown_on_paper(content):
    content.putalpha(0)
    sheet = paint_sheet(content, size=64, strength=50, network=load_instant("cpu"))
    assert sheet.getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("size", [63, 1025, None, 80.5, "big"])
def test_a_size_out_of_range_is_refused(content, size):
    with pytest.raises(InputError, match="size must be a whole number from 64 to 1024"):
        paint_sheet(content, size=size)


def test_any_shape_of_photograph_fits():
    for size in ((300, 40), (40, 300)):
        sheet = paint_sheet(Image.new("RGB", size, "teal"), size=128, network=load_instant("cpu"))
        assert 1 / 3 < sheet.width / sheet.height < 3
