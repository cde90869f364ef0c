"""Results before they are cut to 8 bits: what files of 16 bits are written from."""

from dataclasses import dataclass, replace
from typing import TypeVar, final

import numpy as np
from PIL import Image

from nst.pictures.bounds import strips

MOST = 65535
"""White in 16 bits."""


@final
@dataclass(frozen=True)
class Deep:
    """A result with all of its shades.

    Attributes:
        colours: (H, W, 3) float32 in [0, 1].
        alpha: mode L, of the same size; None if every pixel is opaque.
    """

    colours: np.ndarray
    alpha: Image.Image | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.colours.shape[1], self.colours.shape[0]

    @classmethod
    def of(cls, image: Image.Image) -> "Deep":
        """The same as a picture in mode RGB or RGBA, with no more shades than that has."""
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        return cls(np.asarray(image.convert("RGB"), np.float32) / 255, alpha)

    def over(self, original: Image.Image, seen: Image.Image) -> "Deep":
        """It where `seen` (mode L) is white, and a picture of 8 bits where that is black."""
        colours = np.empty(self.colours.shape, np.float32)
        for rows in strips(self.size):
            box = (0, rows.start, self.size[0], rows.stop)
            part = Deep.of(original.crop(box)).colours
            share = np.asarray(seen.crop(box), np.float32)[..., None] / 255
            colours[rows] = part + share * (self.colours[rows] - part)
        alpha = self.alpha
        if alpha is not None:
            alpha = Image.composite(alpha, original.convert("RGBA").getchannel("A"), seen)
        return replace(self, colours=colours, alpha=alpha)

    def levels(self, rows: slice) -> np.ndarray:
        """Some rows in 16 bits, (rows, W, 3 or, with alpha, 4) uint16."""
        colours = np.clip(self.colours[rows], 0, 1)
        levels = (colours.astype(np.float64) * MOST + 0.5).astype(np.uint16, order="C")
        if self.alpha is None:
            return levels
        box = (0, rows.start, self.size[0], min(rows.stop, self.size[1]))
        alpha = np.asarray(self.alpha.crop(box), np.uint16)[..., None] * 257
        return np.concatenate([levels, alpha], axis=2)


Result = TypeVar("Result", Image.Image, Deep)
"""A result in 8 bits, or with all of its shades."""
