"""What programs call: /stylize as it is sent, and /info and /estimate, which they ask before."""

import tempfile
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict
from math import isqrt
from pathlib import Path
from typing import Any

from nst import Settings, recipe
from nst.pictures import bounds, reading
from nst.presets import PRESETS
from nst.settings import FEATURES, INSTANT_SPECS
from nst.specs import Choice, Range
from web.runs.defaults import START_SPECS
from web.runs.files import PICTURES
from web.runs.instant_run import api_name
from web.runs.refusals import sentences
from web.runs.run import Runs
from web.server import zerogpu
from web.server.limits import CLIP_SECONDS, CLIP_SIDE
from web.server.server import Server

LONGEST_SIDE = isqrt(bounds.MAX_MEGAPIXELS * 10**6 * bounds.MAX_ASPECT)
WIDTH, HEIGHT = (
    Range(
        label=label,
        help="Of the content picture, as it would be sent, in pixels.",
        default=default,
        minimum=bounds.MIN_SIDE,
        maximum=LONGEST_SIDE,
        step=1,
    )
    for label, default in (("Width", 768), ("Height", 512))
)


class Programs:
    """Endpoints of the API, but for the instant painting's."""

    def __init__(self, server: Server, runs: Runs) -> None:
        self._server, self._runs = server, runs

    # Programs may leave out what has a default of None here.
    def stylize_pictures(
        self,
        content: str | None,
        style: str | None,
        style_2: str | None = None,
        style_3: str | None = None,
        style_4: str | None = None,
        mask: str | None = None,
        style_mask: str | None = None,
        style_2_mask: str | None = None,
        style_3_mask: str | None = None,
        style_4_mask: str | None = None,
        start: str | None = None,
        resume: str | None = None,
        **values: object,
    ) -> Generator[tuple[str, dict[str, Any]], None, None]:
        """Paint the content picture in the manner of the style picture, streaming the progress.

        It yields the picture so far as a JPEG file, at last the result as a PNG file, each with
        where the run is. A picture comes again, with newer progress, until there is another one.

        Args:
            content: The photograph that is painted again.
            style: The painting that gives colours, strokes and textures.
            style_2: A second painting, blended with the first by the style weights, or placed by masks.
            style_3: A third painting.
            style_4: A fourth painting.
            mask: White where the paintings go; elsewhere the photograph stays exactly as it is.
            style_mask: White where the first painting goes; a painting without a mask gets the rest.
            style_2_mask: White where the second painting goes.
            style_3_mask: White where the third painting goes.
            style_4_mask: White where the fourth painting goes.
            start: The picture that the run starts from, if init is image.
            resume: What progress called run in the last answer of an earlier run with the same
                pictures and settings: this run goes on from there with the optimiser's memory.
        """  # noqa: E501 - one line for each parameter, as the API describes it
        given = (content, style, style_2, style_3, style_4)
        given += (mask, style_mask, style_2_mask, style_3_mask, style_4_mask, start)
        yield from self._streamed(dict(zip(PICTURES, given, strict=True)), resume, **values)

    def _streamed(
        self, files: Mapping[str, str | None], resume: str | None, **values: object
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        run = self._runs.open(files, resume, **values)
        with sentences(), tempfile.TemporaryDirectory(prefix="nst-") as folder:
            for picture, progress in run.into(Path(folder)):
                yield picture, asdict(progress)

    def info(self) -> dict[str, Any]:
        """Say what this app can do: its version, features and device, settings, presets and limits.

        The settings are the parameters of /stylize that are no pictures, by their names, each with
        its default and its range or choices; the presets are named sets of them. Instant has the
        same of the parameters of /instant. Lengths are in pixels.
        """
        features = self._server.networks.get(FEATURES.default)
        return {
            "version": recipe.VERSION,
            "features": features.name,
            "reason": features.reason,
            "device": zerogpu.device_of(features),
            "settings": {name: _parameter(spec) for name, spec in START_SPECS.items()}
            | {"features": _parameter(FEATURES)},
            "presets": {name: dict(values) for name, values in PRESETS.items()},
            "instant": {api_name(name): _parameter(spec) for name, spec in INSTANT_SPECS.items()},
            "limits": {
                "formats": list(reading.FORMATS),
                "megapixels": bounds.MAX_MEGAPIXELS,
                "megapixels_of_formats": reading.FORMAT_MEGAPIXELS,
                "file_megabytes": reading.MAX_FILE_MEGABYTES,
                "aspect": bounds.MAX_ASPECT,
                "shortest_side": bounds.MIN_SIDE,
                "shortest_side_of_result": bounds.MIN_RESULT_SIDE,
                "video_seconds": CLIP_SECONDS,
                "video_longest_side": CLIP_SIDE,
            },
        }

    def estimate_run(self, width: object, height: object, **values: object) -> dict[str, Any]:
        """Say how many seconds and bytes of memory a run would take on this app's machine.

        The first time for a network and an optimiser it takes a second or two, which the machine is
        measured in. On ZeroGPU, seconds are what a visitor's quota has to have left.

        Args:
            width: Of the content picture, as it would be sent, in pixels.
            height: Of the content picture, as it would be sent, in pixels.
        """
        with sentences():
            name = FEATURES.check("features", values.pop("features"))
            settings = Settings(**values)
            size = WIDTH.check("width", width), HEIGHT.check("height", height)
            features = self._server.networks.get(name)
            expected = self._server.costs.estimate(size, settings, name)
            return {
                **asdict(expected),
                "features": features.name,
                "device": zerogpu.device_of(features),
            }


def _parameter(spec: Range | Choice) -> dict[str, Any]:
    """A range or choice as JSON; the type is the one of its default."""
    return {"type": type(spec.default).__name__, **asdict(spec)}
