"""Paint the page's thumbnails of the instant styles:  python -m examples.instant_thumbnails

An example photograph in every style, into `examples/instant`; to be called after the
styles were trained anew.
"""

from pathlib import Path

from nst.instant.named import load_instant
from nst.instant.names import instant_styles
from nst.instant.painting import paint
from nst.pictures.reading import open_image
from nst.settings import InstantSettings
from web.page.html.thumbnails import FOLDER, SIZE, photograph_of
from web.runs.kept.jpeg import cropped

SIDE = 256
"""Longest side, in pixels, that it is painted at: strokes have to show in a thumbnail."""


def paint_thumbnails(folder: Path) -> None:
    """Write a JPEG file named after each style into a folder."""
    folder.mkdir(exist_ok=True)
    network = load_instant()
    for name in instant_styles():
        photograph = open_image(photograph_of(name), "photograph")
        painted = paint(photograph, InstantSettings(style=name, size=SIDE), network=network)
        (folder / f"{name}.jpg").write_bytes(cropped(painted, SIZE))


if __name__ == "__main__":
    paint_thumbnails(FOLDER)
