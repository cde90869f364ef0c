"""The style pictures, one module each, by the name of the file they become."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from . import (
    botanical,
    discs,
    impasto_night,
    ink_wash,
    mosaic,
    pointillism,
    stained_glass,
    waves,
    woodcut,
)
from .canvas import Sheet

STYLES: dict[str, Callable[[Sheet], Image.Image]] = {
    "botanical": botanical.draw,
    "discs": discs.draw,
    "impasto-night": impasto_night.draw,
    "ink-wash": ink_wash.draw,
    "mosaic": mosaic.draw,
    "pointillism": pointillism.draw,
    "stained-glass": stained_glass.draw,
    "waves": waves.draw,
    "woodcut": woodcut.draw,
}
