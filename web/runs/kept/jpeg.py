"""Pictures inside the page's HTML: small JPEG files, as data URLs."""

import base64
import io
from pathlib import Path

from PIL import Image, ImageOps

QUALITY = 85


def small(picture: str | Path | bytes, longest: int) -> bytes:
    """A picture's JPEG, its longest side at most `longest` pixels."""
    source = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    with Image.open(source) as image:
        image.draft("RGB", (longest, longest))  # decodes a large JPEG at a fraction of its size
        image.thumbnail((longest, longest))
        return _jpeg(image)


def tile(picture: str | Path, size: tuple[int, int]) -> bytes:
    """A picture's JPEG, cropped to `size` (width, height)."""
    with Image.open(picture) as image:
        image.draft("RGB", (2 * size[0], 2 * size[1]))  # as in `small`; half is left to average
        return cropped(image, size)


def cropped(image: Image.Image, size: tuple[int, int]) -> bytes:
    """The same of a picture that is open."""
    return _jpeg(ImageOps.fit(image, size, centering=(0.5, 0.15)))


def fitted(image: Image.Image, longest: int) -> bytes:
    """As `small`, of a picture that is open."""
    copy = image.copy()
    copy.thumbnail((longest, longest))
    return _jpeg(copy)


def _jpeg(image: Image.Image) -> bytes:
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    file = io.BytesIO()
    image.convert("RGB").save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def data_url(jpeg: bytes) -> str:
    """What an `<img>` shows without asking the server."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
