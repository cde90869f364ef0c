"""Sizes of pictures: what is allowed, and the sizes that are derived from one."""

from collections.abc import Iterator
from math import ceil

from nst.specs import InputError

MAX_MEGAPIXELS = 68
"""Largest picture, in millions of pixels, that is decoded at all: a little more than the largest
result, which can be read again."""
MAX_ASPECT = 20
"""Longest side of a picture over its shortest, at most."""
MIN_SIDE = 8
"""Shortest side, in pixels, of a picture that can be used."""
MIN_RESULT_SIDE = 16
"""Shortest side, in pixels, of a result: the deepest layer sees one pixel out of 16."""
STRIP_PIXELS = 2**20
"""Pictures are worked on in strips of about as many pixels: beside the picture and the result, only
a strip is ever held."""


def fit(width: int, height: int, longest: int, what: str = "image") -> tuple[int, int]:
    """Return (width, height) scaled up or down until the longest side is `longest` pixels.

    Raises:
        InputError: the picture is outside the limits above, or so narrow that its other side would
            fall under `MIN_RESULT_SIDE`: the sentence names a size that is large enough.
    """
    check_size(width, height, what)
    scale = longest / max(width, height)
    size = round(width * scale), round(height * scale)
    if min(size) < MIN_RESULT_SIDE:
        enough = ceil(MIN_RESULT_SIDE * max(width, height) / min(width, height))
        raise InputError(
            f"The {what} is too narrow for size {longest}: it would be {size[0]}×{size[1]} pixels; "
            f"choose size {enough} or more."
        )
    return within_limits(*size)


def doubling(size: tuple[int, int], doublings: int) -> list[tuple[int, int]]:
    """Sizes (width, height), each about twice the one before, of which the last is `size`."""
    factors = [2**i for i in reversed(range(doublings + 1))]
    return [within_limits(round(size[0] / f), round(size[1] / f)) for f in factors]


def have_one_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes (width, height) have one aspect ratio, but for a pixel of the smaller."""
    small, large = sorted((one, other), key=max)
    factor = max(small) / max(large)
    return all(abs(a - factor * b) <= 1 for a, b in zip(small, large, strict=True))


def within_limits(width: int, height: int) -> tuple[int, int]:
    """A size that rounding has not made narrower than a picture may be: 505×25 becomes 505×26."""
    narrowest = ceil(max(width, height) / MAX_ASPECT)
    return max(width, narrowest), max(height, narrowest)


def strips(size: tuple[int, int], factor: int = 1) -> Iterator[slice]:
    """The rows of each strip of a picture of a size (width, height), from its top to its bottom.

    Args:
        factor: how many rows are to stay together: what a picture is averaged down by.
    """
    width, height = size
    rows = factor * max(1, STRIP_PIXELS // (width * factor))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def check_size(width: int, height: int, what: str, most: int = MAX_MEGAPIXELS) -> None:
    """Raise `InputError` for a size outside the limits above; `what` names the picture."""
    megapixels = width * height / 1e6
    if megapixels > most:
        limit = f"is too large: {most} megapixels are the limit"
    elif min(width, height) < MIN_SIDE:
        limit = f"is too small: each side must have {MIN_SIDE} pixels or more"
    elif max(width, height) > MAX_ASPECT * min(width, height):
        limit = f"is too narrow: one side may be {MAX_ASPECT} times the other at most"
    else:
        return
    raise InputError(f"The {what} {limit}, not {width}×{height} pixels.")
