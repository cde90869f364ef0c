"""Pictures as they come to a worker, and go from it: files, or the bytes of files."""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from nst.pictures.deep import Deep
from nst.pictures.reading import open_image
from nst.pictures.writing import write_image
from nst.recipe import Recipe


def opened(source: Path | bytes | str, what: str, size: int = 0) -> Image.Image:
    """Open an untrusted picture, as `nst.pictures.reading.open_image`, from a file or its bytes."""
    if not isinstance(source, bytes):
        return open_image(source, what, size)
    with tempfile.TemporaryDirectory(prefix="nst-") as folder:
        copy = Path(folder) / "picture"
        copy.write_bytes(source)
        return open_image(copy, what, size)


def png_of(image: Image.Image | Deep, made: Recipe) -> bytes:
    """The PNG file of a result: what the command for one picture writes."""
    file = BytesIO()
    write_image(image, file, "PNG", made.features, made.text())
    return file.getvalue()
