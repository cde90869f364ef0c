"""The instant painting behind the page and the API: a file and values -> the result's file."""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from nst import recipe
from nst.instant import painting
from nst.pictures.reading import open_image
from nst.pictures.writing import save_image
from nst.settings import INSTANT_SPECS, InstantSettings
from web.runs.refusals import sentences
from web.server.disk import make_room
from web.server.server import Server

Info = dict[str, Any]
PAINTED = "instant.png"
"""The name of a result's file."""


def api_name(name: str) -> str:
    """What a field of `InstantSettings` is called in the API."""
    return "style_name" if name == "style" else name


class InstantRuns:
    """The instant paintings of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def paint_instantly(
        self,
        content: str | None,
        style_name: object,
        strength: object,
        size: object,
        second_style: object,
        mix: object,
    ) -> Iterator[tuple[str, Info]]:
        """Paint the content picture in a style by name, which was learned beforehand, in one pass.

        It takes about a second, and gives the result as a PNG file, once, with what it was made by.

        Args:
            content: The photograph that is painted again.
            style_name: One of the styles that were learned beforehand.
            strength: 0 gives the photograph back, 100 is the style as it was learned.
            size: Longest side of the result in pixels; the aspect ratio is kept.
            second_style: A style to mix in, or none.
            mix: 0 is the first style alone, 100 the second.
        """
        # A generator, because the file has to be there until Gradio has taken it.
        with sentences(), tempfile.TemporaryDirectory(prefix="nst-") as folder:
            settings = InstantSettings(
                style=INSTANT_SPECS["style"].check(api_name("style"), style_name),
                strength=strength,
                size=size,
                second_style=second_style,
                mix=mix,
            )
            photograph = open_image(content, "content image")
            network = self._server.networks.instant
            picture, seconds = self._painted(photograph, settings)
            made = recipe.of_run(settings, network)
            path = Path(folder) / PAINTED
            make_room()
            save_image(picture, path, made.features, made.text())
            yield str(path), _info(settings, network, picture.size, seconds)

    def _painted(
        self, photograph: Image.Image, settings: InstantSettings
    ) -> tuple[Image.Image, float]:
        """The painting, and the seconds that it took, waiting for others included."""
        started = time.monotonic()
        work = partial(painting.paint, photograph, settings, network=self._server.networks.instant)
        return self._server.tensor_thread.run(work), time.monotonic() - started


def _info(
    settings: InstantSettings,
    network: Any,  # noqa: ANN401 - a Transformer
    size: tuple[int, int],
    seconds: float,
) -> Info:
    mixed = settings.second_style != "none"
    return {
        "seconds": round(seconds, 3),
        "style": settings.style,
        "strength": settings.strength,
        "second_style": settings.second_style if mixed else None,
        "mix": settings.mix if mixed else None,
        "size": settings.size,
        "width": size[0],
        "height": size[1],
        "network": network.version,
        "device": str(next(network.parameters()).device),
    }
