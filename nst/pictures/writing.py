"""Results as files, whole or not at all."""

import secrets
from pathlib import Path
from typing import Any, BinaryIO

from PIL import (
    Image,
    PngImagePlugin,
)

from nst.pictures.alpha import over_white

RECIPE_KEY = "Recipe"
"""Keyword of the PNG text chunk that holds a recipe."""
FORMATS_OUT = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Ending of a result's name -> Pillow's encoder."""


def save_image(image: Image.Image, path: Path, features: str, recipe: str = "") -> None:
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


def part_of(path: Path) -> Path:
    """A short new name beside a file's, to write to until it is whole: any name has room for it."""
    return path.with_name(f".{secrets.token_hex(4)}.part")


def write_image(
    image: Image.Image, file: Path | BinaryIO, encoder: str, features: str, recipe: str = ""
) -> None:
    """Write a result in a format of `FORMATS_OUT`, as `save_image` does."""
    if encoder == "JPEG":
        image = over_white(image)
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "Neural style transfer (nst)")
    text.add_text("Features", features)
    if recipe:
        text.add_text(RECIPE_KEY, recipe)
    options: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": text, "compress_level": 4},
        "JPEG": {"quality": 95, "comment": f"Neural style transfer (nst), {features} features"},
        "WEBP": {"quality": 95},
    }
    image.save(file, encoder, **options[encoder])
