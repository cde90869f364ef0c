"""Pictures that browsers do not show, like a phone's HEIC: the page shows, and uses, a copy."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from nst import InputError
from nst.pictures.reading import open_image, opened

SHOWN = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "AVIF", "BMP")
"""Formats that browsers show."""
QUALITY = 95


def in_a_shown_format(what: str) -> Callable[[str | None], Iterator[Any]]:
    """A handler that gives a copy of an uploaded picture that browsers do not show."""

    def copied(path: str | None) -> Iterator[Any]:
        try:
            with opened(path, what) as image:
                shown = image.format in SHOWN
            picture = None if shown else open_image(path, what)
        except InputError:  # which the picture's own line says
            picture = None
        if picture is None:
            yield gr.skip()
            return
        # A generator, because the file has to be there until Gradio has taken it.
        with tempfile.TemporaryDirectory(prefix="nst-") as folder:
            ending = ".png" if picture.mode == "RGBA" else ".jpg"
            copy = Path(folder) / (Path(path).stem + ending)
            picture.save(copy, quality=QUALITY)
            yield str(copy)

    return copied
