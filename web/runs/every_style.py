"""One photograph in every style, small: a picture after the other, for whoever is to choose."""

import contextlib
from collections.abc import Generator, Sequence
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from nst import InputError
from nst.instant import painting, preview
from nst.pictures.reading import open_image
from nst.settings import OWN_STYLE, InstantSettings
from web.runs.kept.jpeg import fitted
from web.runs.refusals import sentences
from web.server.server import Server

LONGEST = 200
"""Longest side in pixels of what is shown: on a sharp screen a thumbnail has that many."""

PIECE = 3
"""Pictures that are painted before others have their turn: half a second's work. Beside a run, each
piece waits for an iteration of it."""
T = TypeVar("T")


def in_every_style(
    server: Server, content: str | None, style: str | None, names: Sequence[str]
) -> Generator[tuple[str, bytes], None, None]:
    """Yield the names of styles and what each makes of a photograph, as JPEG files.

    They are small pieces of work in the tensor thread: others have theirs in between.

    Args:
        content: the photograph's file.
        style: a painting's, in the manner of which the first is painted; None for none.
        names: of styles by name, in the order in which they are painted.

    Raises:
        Refused: the photograph cannot be used. A painting that cannot is left out.
    """
    with sentences():
        photograph = preview.ready(open_image(content, "content image"))
        if style:
            with contextlib.suppress(InputError):  # which the painting's own line says
                given = open_image(style, "style image")
                network = server.networks.instant(own=True)
                settings = InstantSettings(style=OWN_STYLE, size=preview.SIDE)
                work = partial(painting.paint, photograph, settings, style=given, network=network)
                yield OWN_STYLE, fitted(server.tensor_thread.run(work), LONGEST)
        network = server.networks.instant(own=False)
        painted = preview.previews(photograph, names, network)
        with contextlib.closing(server.tensor_thread.steps(_pieces(painted))) as pieces:
            for name, picture in chain.from_iterable(pieces):
                yield name, fitted(picture, LONGEST)


def _pieces(pictures: Generator[T, None, None]) -> Generator[list[T], None, None]:
    while piece := list(islice(pictures, PIECE)):
        yield piece
