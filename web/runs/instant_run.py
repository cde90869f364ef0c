"""The instant painting behind the page and the API: a file and values -> the result's file."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nst import recipe
from nst.instant import painting
from nst.pictures.reading import open_image
from nst.pictures.writing import save_image
from nst.settings import INSTANT_SPECS, OWN_STYLE, InstantSettings
from web.runs.naming import result_name
from web.runs.refusals import sentences
from web.server.disk import make_room
from web.server.server import Server

Info = dict[str, Any]
WORDS = {"style": "style image", "mask": "mask"}
"""What the pictures are called that go beside the photograph."""


def api_name(name: str) -> str:
    """What a field of `InstantSettings` is called in the API."""
    return "style_name" if name == "style" else name


def settings_of(style_name: object, **values: Any) -> InstantSettings:  # noqa: ANN401 - checked
    """Checked settings by what callers send.

    Raises:
        InputError: a value is out of its range, by the name that the API has for it.
    """
    return InstantSettings(
        style=INSTANT_SPECS["style"].check(api_name("style"), style_name), **values
    )


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
        color: object = INSTANT_SPECS["color"].default,
        style: str | None = None,
        mask: str | None = None,
    ) -> Iterator[tuple[str, Info]]:
        """Paint the content picture at once, in a style by name or in that of a painting.

        It takes about a second, and gives the result as a PNG file, once, with what it was made by.

        Args:
            content: The photograph that is painted again.
            style_name: One of the styles that were learned beforehand, or own for a painting's.
            strength: 0 gives the photograph back, 85 has all of the style, 100 goes beyond it.
            size: Longest side of the result in pixels; the aspect ratio is kept.
            second_style: A style to mix in, or none.
            mix: 0 is the first style alone, 100 the second.
            color: style as painted; content the photograph's own; matched the style's, moved to the
                photograph's mood.
            style: The painting, if style_name is own.
            mask: White where the style goes, black where the photograph stays as it is.
        """
        with sentences():
            settings = settings_of(
                style_name,
                strength=strength,
                size=size,
                second_style=second_style,
                mix=mix,
                color=color,
            )
            yield from self._painted(settings, content, {"style": style, "mask": mask})

    def _painted(
        self, settings: InstantSettings, content: str | None, others: Mapping[str, str | None]
    ) -> Iterator[tuple[str, Info]]:
        """The result's file, which is there until Gradio has taken it, and what it was made by.

        Args:
            others: files of pictures that not every painting needs.
        """
        with tempfile.TemporaryDirectory(prefix="nst-") as folder:
            photograph = open_image(content, "content image")
            named = result_name(content, style_of(settings, others["style"]))
            given = {k: open_image(path, WORDS[k]) for k, path in others.items() if path}
            network = self._server.networks.instant(own=settings.style == OWN_STYLE)
            work = partial(painting.paint, photograph, settings, **given, network=network)
            started = time.monotonic()  # waiting for others included
            picture = self._server.tensor_thread.run(work)
            seconds = time.monotonic() - started
            made = recipe.of_run(settings, network)
            path = Path(folder) / f"{named}.png"
            make_room()
            save_image(picture, path, made.features, made.text())
            yield str(path), _info(settings, network, picture.size, seconds)


def style_of(settings: InstantSettings, painting: str | None) -> str | None:
    """What a result is called by: the file of a painting that was given, or the style's name."""
    if settings.style == OWN_STYLE:
        return painting
    second = settings.second_style
    return settings.style if second == "none" else f"{settings.style}-and-{second}"


def _info(
    settings: InstantSettings,
    network: Any,  # noqa: ANN401 - a `nst.instant.painting.Network`
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
        "color": settings.color,
        "size": settings.size,
        "width": size[0],
        "height": size[1],
        "network": network.version,
        "device": str(network.device),
    }
