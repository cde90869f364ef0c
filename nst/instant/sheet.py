"""One photograph in every instant style, named, on one sheet."""

import math
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from nst.instant.named import load_instant
from nst.instant.names import title
from nst.instant.painting import paint
from nst.instant.transformer import Transformer
from nst.pictures import bounds, prepared, tensors
from nst.pictures.alpha import over_white
from nst.settings import SHEET_SPECS, InstantSettings

PAPER, INK = "white", "#222222"
GAP, LETTERS = 1 / 24, 1 / 18
"""Between pictures, and the height of a name, as shares of a picture's longest side."""
SHAPE = 4 / 3
"""Width over height that a sheet comes near to."""


def paint_sheet(
    content: Image.Image,
    *,
    size: int = int(SHEET_SPECS["size"].default),
    strength: float = float(SHEET_SPECS["strength"].default),
    network: Transformer | None = None,
) -> Image.Image:
    """Paint a photograph in every style, and lay it out with all of them.

    Args:
        content: the photograph, the first picture of the sheet.
        size: longest side of each picture, in pixels, 64 … 1024.
        strength: of the styles, 0 … 100.
        network: from `load_instant`, which is called when None.

    Returns:
        An RGB picture.

    Raises:
        InputError: a picture that cannot be used, or a size or strength out of range.
    """
    SHEET_SPECS["size"].check("size", size)
    network = network or load_instant()
    content = prepared.prepare(content, "content image")
    small = tensors.resize_image(content, bounds.fit(*content.size, size, "content image"))
    pictures = _painted(content, size, strength, network)
    return _laid_out([("Photograph", small), *pictures], size)


def _painted(
    content: Image.Image, size: int, strength: float, network: Transformer
) -> Iterator[tuple[str, Image.Image]]:
    for name in network.styles[1:]:
        settings = InstantSettings(style=name, size=size, strength=strength)
        yield title(name), paint(content, settings, network=network)


def _laid_out(pictures: list[tuple[str, Image.Image]], size: int) -> Image.Image:
    """Pictures of one size in rows, each above its name."""
    width, height = pictures[0][1].size
    gap, letters = round(GAP * size), max(8, round(LETTERS * size))
    across, down = width + gap, height + 2 * letters + gap
    columns = max(1, round(math.sqrt(SHAPE * len(pictures) * down / across)))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * across + gap, rows * down + gap), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(letters)
    for number, (name, picture) in enumerate(pictures):
        left, top = gap + number % columns * across, gap + number // columns * down
        sheet.paste(over_white(picture), (left, top))
        draw.text((left, top + height + letters // 3), name, INK, font)
    return sheet
