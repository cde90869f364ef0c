"""Paint the page's small pictures of what the settings do:  python -m examples.labels

The cat in the manner of The Starry Night, with the compact network, into `examples/labels`; to be
called after the engine, or a network, paints otherwise.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

import torch
from PIL import Image

from nst import Settings, load_features, stylize
from nst.instant.named import load_instant
from nst.instant.painting import paint
from nst.pictures.reading import open_image
from nst.settings import SPECS, InstantSettings
from web.page.html.examples import pictures
from web.page.html.labels import FOLDER, SHOWN, SIZE, file_name

PHOTOGRAPH, PAINTING = "cat", "starry-night"
SIDE, ITERATIONS = 256, 100
"""Longest side, in pixels, that they are painted at: strokes have to show in a small crop."""
MOST_BYTES = 6000
"""Of a file; its quality is what fits."""
QUALITIES = range(90, 0, -2)


def paint_labels(folder: Path) -> None:
    """Write a WebP file for each value of each setting that is shown into a folder."""
    folder.mkdir(exist_ok=True)
    for name, shown in SHOWN.items():
        for value in shown.values:
            picture = optimised(name, value) if name in SPECS else at_once(name, value)
            (folder / file_name(name, value)).write_bytes(cut_out(picture, shown.box))


def optimised(name: str, value: float | str) -> Image.Image:
    """A whole picture by a run with one value of a setting."""
    return _run(Settings(**{"size": SIDE, "iterations": ITERATIONS, name: value}))


def at_once(name: str, value: float | str) -> Image.Image:
    """A whole picture that was painted at once, in the style that was learned of the painting."""
    settings = InstantSettings(**{"style": PAINTING, "size": SIDE, name: value})
    return paint(open_image(pictures("content")[PHOTOGRAPH]), settings, network=load_instant())


@cache
def _run(settings: Settings) -> Image.Image:
    """What a run comes to: several settings show the one with the defaults."""
    content, style = pictures("content")[PHOTOGRAPH], pictures("styles")[PAINTING]
    # As every machine can: six iterations in bfloat16 are another picture.
    features = load_features("compact", dtype=torch.float32)
    for step in stylize(open_image(content), open_image(style), settings, features=features):
        picture = step.image
    return picture


def cut_out(picture: Image.Image, box: tuple[int, int, int, int]) -> bytes:
    """A part of a picture as a small WebP file.

    Args:
        box: left, top, right and bottom, in pixels.
    """
    part = picture.resize(SIZE, Image.Resampling.LANCZOS, box)
    files = (_encoded(part, quality) for quality in QUALITIES)
    return next(data for data in files if len(data) <= MOST_BYTES)


def _encoded(picture: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    picture.save(file, "WEBP", quality=quality, method=6)
    return file.getvalue()


if __name__ == "__main__":
    paint_labels(FOLDER)
