"""Pictures that browsers do not show, like a phone's HEIC: the page shows, and uses, a copy."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from nst import InputError
from nst.pictures.reading import open_image, opened

SHOWN = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "AVIF", "BMP")
"""Formats that browsers show."""
QUALITY = 95


def in_a_shown_format(what: str) -> Callable[[str | None], Iterator[Any]]:
    """A handler that gives a copy of an uploaded picture that browsers do not show."""

    def copied(path: str | None) -> Iterator[Any]:
        # A generator, because the file has to be there until Gradio has taken it.
        with tempfile.TemporaryDirectory(prefix="nst-") as folder:
            try:
                picture = None if path and is_shown(path, what) else open_image(path, what)
            except InputError:  # which the picture's own line says
                picture = None
            yield str(saved(picture, Path(folder), Path(path).stem)) if picture else gr.skip()

    return copied


def is_shown(path: str | Path, what: str) -> bool:
    """Whether browsers show the picture.

    Raises:
        InputError: it is none, or outside the limits.
    """
    with opened(path, what) as image:
        return image.format in SHOWN


def saved(picture: Image.Image, folder: Path, name: str) -> Path:
    """Save a prepared picture, in mode RGB or RGBA, as a new file that browsers show.

    Args:
        name: of the file, without its ending.
    """
    path = folder / (name + (".png" if picture.mode == "RGBA" else ".jpg"))
    picture.save(path, quality=QUALITY, subsampling=0)
    return path
