"""TIFF files of floating-point colours."""

import struct
import zlib

import numpy as np
import pytest

from nst import InputError
from nst.pictures.prepared import note_of
from nst.pictures.reading import open_image

LONG, SHORT = 4, 3


def tiff(values, compression=1, planar=1, order="<", rows=None, strip=None, orientation=1):
    """A TIFF's bytes, written by hand; `strip` in place of what the last one should hold."""
    height, width, samples = values.shape
    rows = rows or height
    parts = [values[top : top + rows] for top in range(0, height, rows)]
    strips = [part.astype(np.dtype(np.float32).newbyteorder(order)).tobytes() for part in parts]
    strips = [zlib.compress(part) for part in strips] if compression == 8 else strips
    if strip is not None:
        strips[-1] = strip
    body, offsets, at = b"", [], 8
    for part in strips:
        offsets.append(at + len(body))
        body += part
    many = {258: (SHORT, [32] * samples), 339: (SHORT, [3] * samples)}
    many |= {273: (LONG, offsets), 279: (LONG, [len(part) for part in strips])}
    one = {256: width, 257: height, 259: compression, 262: 2, 274: orientation, 277: samples}
    one |= {278: rows, 284: planar}
    tags, extra = [], b""
    start = 8 + len(body)
    directory = 2 + 12 * (len(many) + len(one)) + 4
    for tag in sorted(many | one):
        kind, numbers = many[tag] if tag in many else (LONG, [one[tag]])
        packed = struct.pack(f"{order}{len(numbers)}{'I' if kind == LONG else 'H'}", *numbers)
        if len(packed) > 4:
            where = start + directory + len(extra)
            extra += packed
            packed = struct.pack(f"{order}I", where)
        tags.append(struct.pack(f"{order}HHI", tag, kind, len(numbers)) + packed.ljust(4, b"\0"))
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, start)
    entries = struct.pack(f"{order}H", len(tags)) + b"".join(tags) + bytes(4)
    return head + body + entries + extra


COLOURS = np.zeros((12, 20, 3), np.float32)
COLOURS[:6] = (1.0, 0.5, 0.0)
COLOURS[6:] = (0.0, 0.25, 1.0)


@pytest.fixture
def opened(tmp_path):
    def open_bytes(data):
        path = tmp_path / "colours.tif"
        path.write_bytes(data)
        return open_image(path, "content image")

    return open_bytes


@pytest.mark.parametrize("options", [{}, {"compression": 8}, {"order": ">"}, {"rows": 5}])
def test_colours_are_read_with_what_was_assumed(opened, options):
    picture = opened(tiff(COLOURS, **options))
    assert picture.size == (20, 12) and picture.mode == "RGB"
    assert picture.getpixel((3, 2)) == (255, 128, 0) and picture.getpixel((3, 9)) == (0, 64, 255)
    assert "taken as 0 to 1" in note_of(picture)


def test_the_range_is_that_of_all_colours_together(opened):
    picture = opened(tiff(COLOURS * 255))
    assert picture.getpixel((3, 2)) == (255, 128, 0)
    assert "taken as 0 to 255" in note_of(picture)


def test_a_fourth_value_is_left_out_and_the_picture_is_set_upright(opened):
    four = np.concatenate([COLOURS, np.ones((12, 20, 1), np.float32)], 2)
    assert opened(tiff(four)).getpixel((3, 2)) == (255, 128, 0)
    turned = opened(tiff(COLOURS, orientation=6))
    assert turned.size == (12, 20) and turned.getpixel((0, 3)) == (0, 64, 255)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (tiff(COLOURS, planar=2), "stored in an unusual way"),
        (tiff(COLOURS, compression=5), "stored in an unusual way"),
        (tiff(COLOURS, strip=b"short"), "The content image"),
        (tiff(COLOURS, compression=8, strip=b"no zlib"), "The content image"),
        (tiff(COLOURS * np.nan), "not finite"),
        (tiff(COLOURS - 7), "outside 0 to"),
        (tiff(np.zeros((4, 900, 3), np.float32)), "The content image"),
        (tiff(COLOURS)[:-40], "The content image is damaged"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(opened, data, sentence):
    with pytest.raises(InputError) as caught:
        opened(data)
    assert sentence in str(caught.value) and str(caught.value).startswith("The content image")


def test_a_size_that_is_too_large_is_refused_before_it_is_read(opened):
    data = bytearray(tiff(COLOURS))
    at = data.index(struct.pack("<HHII", 256, LONG, 1, 20))
    data[at : at + 12] = struct.pack("<HHII", 256, LONG, 1, 10**6)
    with pytest.raises(InputError, match="The content image"):
        opened(bytes(data))
