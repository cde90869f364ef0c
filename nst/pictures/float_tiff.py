"""TIFF files of floating-point colours, which Pillow does not open: as 8 bits of their usual range.

They are what programs for computing, rendering and astronomy write. Read are 32-bit values, pixel
by pixel, in strips, as they are or deflated; for other forms the sentence says what to do.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from nst.pictures.bounds import strips
from nst.pictures.depth import levels_of
from nst.specs import InputError

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
OFFSETS, SAMPLES, ROWS, COUNTS, PLANAR, PREDICTOR, FORMAT = 273, 277, 278, 279, 284, 317, 339
RGB, FLOAT, PLAIN, DEFLATED, CONTIGUOUS = 2, 3, 1, (8, 32946), 1
HEADER_BYTES = 8


@dataclass(frozen=True)
class FloatTiff:
    """A file of floating-point colours, of which only the header was read."""

    path: Path
    tags: Any  # TIFF's, as Pillow reads them

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.tags.get(WIDTH, 0)), int(self.tags.get(HEIGHT, 0))

    def picture(self, what: str, note_key: str) -> Image.Image:
        """Its colours in mode RGB; the note about its range is in `info`.

        Raises:
            InputError: they are stored otherwise, in no usual range, or not finite.
        """
        values = self._values(what)
        # The range is that of all colours together, or they would be tinted.
        levels = levels_of(Image.fromarray(values.reshape(values.shape[0], -1)), what)
        picture = Image.new("RGB", self.size)
        for rows in strips(self.size):
            picture.paste(Image.fromarray(levels.of(values[rows])), (0, rows.start))
        picture.format = "TIFF"
        picture.info[note_key] = levels.note
        picture.getexif()[ExifTags.Base.Orientation] = self.tags.get(ExifTags.Base.Orientation, 1)
        return picture

    def _values(self, what: str) -> np.ndarray:
        """(height, width, 3) float32."""
        tags, (width, height) = self.tags, self.size
        compression = tags.get(COMPRESSION, PLAIN)
        known = compression in (PLAIN, *DEFLATED)
        if not known or tags.get(PREDICTOR, 1) != 1 or tags.get(PLANAR, CONTIGUOUS) != CONTIGUOUS:
            raise InputError(
                f"The {what} is a TIFF whose floating-point colours are stored in an unusual way: "
                "save it again without compression, or with 16 bits."
            )
        samples = int(tags[SAMPLES])
        kind = np.dtype(np.float32).newbyteorder("<" if tags.prefix == b"II" else ">")
        rows = min(int(tags.get(ROWS, height)), height)
        values = np.empty((height, width, 3), np.float32)
        for top, strip in zip(range(0, height, rows), self._strips(), strict=True):
            part = values[top : top + rows]
            count = part.shape[0] * width * samples
            if compression in DEFLATED:
                strip = zlib.decompressobj().decompress(strip, count * kind.itemsize)
            part[:] = np.frombuffer(strip, kind, count).reshape(-1, width, samples)[..., :3]
        return values

    def _strips(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            for offset, count in zip(self.tags[OFFSETS], self.tags[COUNTS], strict=True):
                file.seek(offset)
                yield file.read(count)


def found(path: Path) -> FloatTiff | None:
    """The file, if it is a TIFF of floating-point colours; None if it is anything else."""
    try:
        with path.open("rb") as file:
            tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(HEADER_BYTES))
            file.seek(tags.next)
            tags.load(file)
        samples = tags.get(SAMPLES, 1)
        floats = tags.get(FORMAT) == (FLOAT,) * samples and tags.get(BITS) == (32,) * samples
        return FloatTiff(path, tags) if floats and tags.get(PHOTOMETRIC) == RGB else None
    # Pillow raises many kinds for what is no TIFF.
    except Exception:
        return None
