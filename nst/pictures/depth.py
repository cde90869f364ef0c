"""Deep pictures: which of their values are black and white, as their files say, and 8 bits of them.

A file may say how much of its sixteen bits it uses, that white is zero, or that its values are
linear in light. Where it says nothing, pictures of sixteen bits use all of them; others are taken
for the smallest usual range that nearly all of their values are in: a single odd pixel decides
nothing, and what was assumed is said.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from nst.pictures.light import encoded
from nst.specs import InputError

BITS, PHOTOMETRIC, FORMAT = 258, 262, 339
LEAST, MOST = (280, 340), (281, 341)
"""Tags of TIFF: BitsPerSample, PhotometricInterpretation, SampleFormat, and the least and the most
value, MinSampleValue or SMinSampleValue."""
SIGNED = 2
WHITES = {"F": (1.0, 255.0, 65535.0), "I": (255.0, 65535.0)}
"""White in the usual ranges of a mode."""
NEARLY_ALL = 99.9
"""Percent of the values that are to be in a range."""
OVER = 0.01
"""Share of a range by which filters may overshoot it."""
SAMPLE_SIDE = 1024
"""Values are looked at in about as many rows and columns."""


@dataclass(frozen=True)
class Levels:
    """What a deep picture's values mean.

    Attributes:
        black, white: the values that are; white may be below black.
        gamma: the exponent that the file was encoded with, 1 for values linear in light; None for
            the usual.
        note: a sentence about what was assumed, or "".
    """

    black: float
    white: float
    gamma: float | None = None
    note: str = ""

    def of(self, values: np.ndarray) -> np.ndarray:
        """The 8-bit levels of values, clipped."""
        shares = np.clip((values - self.black) / (self.white - self.black), 0, 1)
        if self.gamma is not None:
            shares = encoded(shares ** (1 / self.gamma))
        return (shares * 255 + 0.5).astype(np.uint8)


def is_deep(mode: str) -> bool:
    """Whether a mode of Pillow's has more than 8 bits."""
    return mode == "F" or mode.startswith("I")


def levels_of(image: Image.Image, what: str, gamma: float | None = None) -> Levels:
    """What the values of a deep picture (mode F, I or I;16) mean.

    Raises:
        InputError: they are not finite, or in no usual range; `what` names the picture.
    """
    tags = getattr(image, "tag_v2", {})
    least, most = (_number(tags, keys) for keys in (LEAST, MOST))
    note = ""
    if most is None:
        most, note = _assumed(image, what)
    black = least if least is not None and least < most else 0.0
    if tags.get(PHOTOMETRIC) == 0:  # white is zero
        black, most = most, black
    return Levels(black, most, gamma, note)


def eight_bit(image: Image.Image, levels: Levels, what: str) -> Image.Image:
    """A part of a deep picture in mode L, or LA if one grey is marked transparent.

    Raises:
        InputError: a value is not finite.
    """
    deep = image if image.mode == "F" else image.convert("I")
    values = np.array(deep, dtype=np.float32)
    if not np.isfinite(values).all():
        raise InputError(f"The {what} has pixel values that are not finite.")
    grey = Image.fromarray(levels.of(values))
    hidden = image.info.get("transparency")
    if isinstance(hidden, int) and deep.mode == "I":
        grey.putalpha(Image.fromarray(np.where(values == hidden, 0, 255).astype(np.uint8)))
    return grey


def _number(tags: dict[int, object], keys: tuple[int, ...]) -> float | None:
    """The first of some tags that is there, if it is a number."""
    for key in keys:
        value = tags.get(key)
        value = value[0] if isinstance(value, tuple) and value else value
        if isinstance(value, int | float) and np.isfinite(value):
            return float(value)
    return None


def _assumed(image: Image.Image, what: str) -> tuple[float, str]:
    """White where no file says it, and what is to be said of that."""
    bits = _number(getattr(image, "tag_v2", {}), (BITS,))
    if image.mode not in WHITES:  # sixteen bits, or twelve
        return 2.0 ** (bits or 16) - 1, ""
    if image.mode == "I" and bits == 16:  # with a sign
        return 2.0**15 - 1, ""
    values = _sample(image)
    if not np.isfinite(values).all():
        raise InputError(f"The {what} has pixel values that are not finite.")
    low, high = (
        float(np.percentile(values, p, method="nearest")) for p in (100 - NEARLY_ALL, NEARLY_ALL)
    )
    whites = WHITES[image.mode]
    white = next((w for w in whites if high <= w * (1 + OVER)), None)
    if white is None or low < -OVER * white:
        raise InputError(f"The {what} has pixel values outside 0 to {whites[-1]:g}.")
    return white, f"The values of the {what} were taken as 0 to {white:g}."


def _sample(image: Image.Image) -> np.ndarray:
    """Some of a picture's values: all of a small one's."""
    size = min(image.width, SAMPLE_SIDE), min(image.height, SAMPLE_SIDE)
    return np.array(image.resize(size, Image.Resampling.NEAREST), np.float64)
