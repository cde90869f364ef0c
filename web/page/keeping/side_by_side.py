"""Before and after as one picture: the photograph, its painting small in a corner, the result."""

import io

from PIL import Image, ImageOps

QUALITY = 92
GAP = 0.015
"""White between the two, as a share of their longest side."""
CORNER = 0.3
"""Longest side of the painting, as a share of the photograph's shortest."""


def side_by_side(before: bytes, after: bytes, painting: bytes = b"") -> bytes:
    """The JPEG file of two pictures beside each other, from JPEG files.

    Args:
        before: the photograph, which is brought to the size of `after`.
        painting: laid into the photograph's corner, so that all of the result is seen.
    """
    left, right = _opened(before), _opened(after)
    if left.size != right.size:
        left = left.resize(right.size, Image.Resampling.BICUBIC)
    gap = max(2, round(GAP * max(right.size)))
    if painting:
        _lay_into_corner(left, _opened(painting), gap)
    whole = Image.new("RGB", (2 * right.width + gap, right.height), "white")
    whole.paste(left, (0, 0))
    whole.paste(right, (right.width + gap, 0))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def _lay_into_corner(photograph: Image.Image, painting: Image.Image, gap: int) -> None:
    longest = max(1, round(CORNER * min(photograph.size)))
    painting.thumbnail((longest, longest))
    framed = ImageOps.expand(painting, gap // 3 + 1, "white")
    photograph.paste(framed, (gap, photograph.height - framed.height - gap))
