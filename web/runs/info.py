"""What programs can ask of the app before they send a picture: /info and /estimate."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from math import isqrt
from typing import Any

from nst import Settings, recipe
from nst.costs.memory import check_fits, run_bytes
from nst.costs.seconds import Estimate, calibrate, estimate
from nst.pictures import bounds, reading
from nst.presets import PRESETS
from nst.settings import FEATURES, INSTANT_SPECS, SPECS
from nst.specs import Choice, Range
from web.runs.defaults import START_SPECS
from web.runs.instant_run import api_name
from web.runs.pace import pace
from web.runs.stylize_run import features_of, sentences
from web.server import worker, zerogpu

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


def info() -> dict[str, Any]:
    """Say what this app can do: its version, features and device, settings, presets and limits.

    The settings are the parameters of /stylize that are no pictures, by their names, each with its
    default and its range or choices; the presets are named sets of them. Instant has the same of
    the parameters of /instant. Lengths are in pixels.
    """
    features = features_of(FEATURES.default)
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
        },
    }


def _parameter(spec: Range | Choice) -> dict[str, Any]:
    """A range or choice as JSON; the type is the one of its default."""
    return {"type": type(spec.default).__name__, **asdict(spec)}


def estimate_run(width: object, height: object, **values: object) -> dict[str, Any]:
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
        features = features_of(name)
        if zerogpu.HERE:  # where the GPU to measure is not at hand
            expected = _asked_for(size, settings, features)
        else:
            expected = worker.work(estimate, size, settings, features)
        return {
            **asdict(expected),
            "features": features.name,
            "device": zerogpu.device_of(features),
        }


def _asked_for(size: tuple[int, int], settings: Settings, features: Any) -> Estimate:  # noqa: ANN401
    bytes_ = run_bytes(size, settings, features)
    seconds = zerogpu.seconds_to_ask(size, settings) * zerogpu.quota_factor()
    return Estimate(seconds, bytes_)


def measure_machine() -> None:
    """Calibrate what `expected_run` goes by, before anybody is served."""
    if not zerogpu.HERE:
        features, optimizer = features_of(FEATURES.default), SPECS["optimizer"].default
        worker.work(calibrate, features, optimizer)


def expected_run(size: tuple[int, int], values: Mapping[str, object]) -> Estimate | None:
    """What a run on the page would take, without measuring anything; None if that is unknown.

    It can be asked beside a run. Only the network that the app chooses by itself was measured,
    with the default optimiser; the other one is as fast within what estimates can tell.

    Raises:
        InputError: the run cannot be made.
    """
    if (run := _measured(values)) is None:
        return None
    check_fits(size, *run)
    expected = _calibrated(size, *run)
    return replace(expected, seconds=pace().corrected(expected.seconds))


def learn(size: tuple[int, int], values: Mapping[str, object], seconds: float) -> None:
    """Let what is expected of later runs follow what one of them took."""
    # Not whether it fits: it did, and what it took is not all given back yet.
    if not zerogpu.HERE and (run := _measured(values)):
        pace().add(_calibrated(size, *run).seconds, seconds)


def _measured(values: Mapping[str, object]) -> tuple[Settings, Any] | None:
    """The settings and the network of a run; None if that network was not measured."""
    settings = Settings(**{name: values[name] for name in SPECS})
    features = features_of(FEATURES.default)
    measured = values["features"] in (FEATURES.default, features.name)
    return (settings, features) if measured else None


def _calibrated(size: tuple[int, int], settings: Settings, features: Any) -> Estimate:  # noqa: ANN401
    if zerogpu.HERE:
        return _asked_for(size, settings, features)
    return estimate(size, settings, features, calibrate(features, SPECS["optimizer"].default))
