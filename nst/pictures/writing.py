"""Results as files, whole or not at all."""

import secrets
from pathlib import Path
from typing import Any, BinaryIO

from PIL import (
    Image,
    PngImagePlugin,
)

from nst.pictures.alpha import over_white
from nst.pictures.deep import Deep
from nst.pictures.deep_files import write_png, write_tiff

RECIPE_KEY = "Recipe"
"""Keyword of the PNG text chunk that holds a recipe."""
FORMATS_OUT = {
    **{".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"},
    **{".tif": "TIFF", ".tiff": "TIFF"},
}
"""Ending of a result's name -> Pillow's encoder."""
DEEP_OUT = ("PNG", "TIFF")
"""Those that 16 bits are written in."""
DPI = 300
"""Dots per inch that are written into results: what printing takes for sharp. WebP has no place
for them."""
SOFTWARE = "Neural style transfer (nst)"


def save_image(image: Image.Image | Deep, path: Path, features: str, recipe: str = "") -> None:
    """Write a result whole or not at all, in the format of the path's ending, one of `FORMATS_OUT`.

    The name of the feature network that it was made with goes into the metadata of PNG and JPEG,
    the text of a recipe (see `nst.recipe`) into PNG's.
    JPEG has no alpha: transparent pictures are laid over white.
    """
    part = part_of(path)
    try:
        write_image(image, part, FORMATS_OUT[path.suffix.lower()], features, recipe)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def save_file(data: bytes, path: Path) -> None:
    """Write a file's bytes whole or not at all."""
    part = part_of(path)
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """A short new name beside a file's, to write to until it is whole: any name has room for it."""
    return path.with_name(f".{secrets.token_hex(4)}.part")


def in_print(size: tuple[int, int]) -> str:
    """A size (width, height) in pixels, and what it is on paper."""
    width, height = (f"{side * 2.54 / DPI:.1f}" for side in size)
    return f"{size[0]} × {size[1]} pixels: {width} × {height} cm at {DPI} dpi"


def write_image(
    image: Image.Image | Deep,
    file: Path | BinaryIO,
    encoder: str,
    features: str,
    recipe: str = "",
) -> None:
    """Write a result in a format of `FORMATS_OUT`, as `save_image` does; of `DEEP_OUT` if deep."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", SOFTWARE)
    text.add_text("Features", features)
    if recipe:
        text.add_text(RECIPE_KEY, recipe)
    if isinstance(image, Deep):
        _write_deep(image, file, encoder, text)
        return
    if encoder == "JPEG":
        image = over_white(image)
    dots = (DPI, DPI)
    options: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": text, "compress_level": 4, "dpi": dots},
        "JPEG": {"quality": 95, "comment": f"{SOFTWARE}, {features} features", "dpi": dots},
        "TIFF": {"compression": "tiff_adobe_deflate", "software": SOFTWARE, "dpi": dots},
        "WEBP": {"quality": 95},
    }
    image.save(file, encoder, **options[encoder])


def _write_deep(
    picture: Deep, file: Path | BinaryIO, encoder: str, text: PngImagePlugin.PngInfo
) -> None:
    if isinstance(file, Path):
        with file.open("wb") as opened:
            _write_deep(picture, opened, encoder, text)
    elif encoder == "PNG":
        write_png(picture, file, text, DPI)
    else:
        write_tiff(picture, file, SOFTWARE, DPI)
