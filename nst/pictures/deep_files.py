"""PNG and TIFF files of 16 bits for each colour of a pixel, which Pillow does not write.

They are written strip by strip: no second copy of the picture is made.
"""

import zlib
from typing import BinaryIO

import numpy as np
from PIL import PngImagePlugin

from nst.pictures.bounds import strips
from nst.pictures.deep import Deep

LEVEL = 4
"""Of compression: higher ones take several times as long for a few percent."""
UP = 2
"""PNG's filter that takes the byte above from each."""
ASCII, SHORT, LONG, RATIONAL = 2, 3, 4, 5
WIDTHS = {ASCII: "u1", SHORT: "<u2", LONG: "<u4", RATIONAL: "<u4"}
"""TIFF's types of numbers, and NumPy's."""


def write_png(picture: Deep, file: BinaryIO, text: PngImagePlugin.PngInfo, dpi: int) -> None:
    """Write a PNG of 16 bits with the text chunks that Pillow would write, and its dots an inch."""
    width, height = picture.size
    colour_type = 2 if picture.alpha is None else 6
    put = PngImagePlugin.putchunk
    file.write(b"\x89PNG\r\n\x1a\n")
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    put(file, b"IHDR", size + bytes((16, colour_type, 0, 0, 0)))
    a_metre = round(dpi / 0.0254).to_bytes(4, "big")
    put(file, b"pHYs", a_metre + a_metre + b"\1")
    for name, data, *_ in text.chunks:
        put(file, name, data)
    packer = zlib.compressobj(LEVEL)
    above: np.ndarray | None = None
    for rows in strips(picture.size):
        levels = picture.levels(rows).astype(">u2")
        bytes_of = levels.reshape(len(levels), -1).view(np.uint8)
        above = np.zeros_like(bytes_of[:1]) if above is None else above
        filtered = np.full((len(levels), bytes_of.shape[1] + 1), UP, np.uint8)
        filtered[:, 1:] = np.diff(bytes_of, axis=0, prepend=above)
        above = bytes_of[-1:].copy()
        put(file, b"IDAT", packer.compress(filtered.data))
    put(file, b"IDAT", packer.flush())
    put(file, b"IEND", b"")


def write_tiff(picture: Deep, file: BinaryIO, software: str, dpi: int) -> None:
    """Write a TIFF of 16 bits, deflated, each value as its difference from the one on its left."""
    width, height = picture.size
    channels = 3 if picture.alpha is None else 4
    parts = list(strips(picture.size))
    file.write(b"II*\0" + bytes(4))
    offsets, counts = [], []
    for rows in parts:
        levels = picture.levels(rows)
        levels[:, 1:] -= levels[:, :-1].copy()
        packed = zlib.compress(levels.astype("<u2").data, LEVEL)
        offsets.append(file.tell())
        counts.append(file.write(packed))
    file.write(bytes(file.tell() % 2))  # a directory is at an even place
    at = file.tell()
    tags = {
        **{256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16] * channels)},
        **{259: (SHORT, [8]), 262: (SHORT, [2]), 277: (SHORT, [channels]), 317: (SHORT, [2])},
        **{273: (LONG, offsets), 278: (LONG, [parts[0].stop]), 279: (LONG, counts)},
        **{282: (RATIONAL, [dpi, 1]), 283: (RATIONAL, [dpi, 1]), 296: (SHORT, [2])},
        305: (ASCII, [*software.encode("ascii"), 0]),
    }
    if channels == 4:
        tags[338] = (SHORT, [2])  # alpha, not multiplied into the colours
    file.write(_directory(tags, at))
    file.seek(4)
    file.write(at.to_bytes(4, "little"))


def _directory(tags: dict[int, tuple[int, list[int]]], at: int) -> bytes:
    """TIFF's directory of tags, each of a type, for a place in the file."""
    entries, behind = [len(tags).to_bytes(2, "little")], b""
    end = at + 2 + 12 * len(tags) + 4
    for tag, (kind, numbers) in sorted(tags.items()):
        data = np.array(numbers, WIDTHS[kind]).tobytes()
        count = len(numbers) // (2 if kind == RATIONAL else 1)
        if len(data) > 4:
            place = end + len(behind)
            behind += data + bytes(len(data) % 2)
            data = place.to_bytes(4, "little")
        head = np.array([tag, kind], "<u2").tobytes() + count.to_bytes(4, "little")
        entries.append(head + data.ljust(4, b"\0"))
    return b"".join(entries) + bytes(4) + behind
