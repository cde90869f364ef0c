"""What programs can ask of the app before they send a picture: the endpoint /info."""

from dataclasses import asdict
from typing import Any

from nst import images, recipe
from nst.settings import FEATURES, PRESETS, SPECS, Choice, Range
from page.runs import features_of


def info() -> dict[str, Any]:
    """Say what this app can do: its version, features and device, settings, presets and limits.

    The settings are the parameters of /stylize that are no pictures, by their names, each with its
    default and its range or choices; the presets are named sets of them. Lengths are in pixels.
    """
    features = features_of(FEATURES.default)
    return {
        "version": recipe.VERSION,
        "features": features.name,
        "reason": features.reason,
        "device": str(features.device),
        "settings": {name: _parameter(spec) for name, spec in SPECS.items()}
        | {"features": _parameter(FEATURES)},
        "presets": {name: dict(values) for name, values in PRESETS.items()},
        "limits": {
            "formats": list(images.FORMATS),
            "megapixels": images.MAX_MEGAPIXELS,
            "file_megabytes": images.MAX_FILE_MEGABYTES,
            "aspect": images.MAX_ASPECT,
            "shortest_side": images.MIN_SIDE,
            "shortest_side_of_result": images.MIN_RESULT_SIDE,
        },
    }


def _parameter(spec: Range | Choice) -> dict[str, Any]:
    """A range or choice as JSON; the type is the one of its default."""
    return {"type": type(spec.default).__name__, **asdict(spec)}
