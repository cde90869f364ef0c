"""Named starting points: what differs from the defaults."""

from collections.abc import Mapping
from types import MappingProxyType

from nst.settings import SPECS
from nst.specs import InputError, shown

PRESETS: Mapping[str, Mapping[str, int | float | str]] = MappingProxyType(
    {
        "Subtle": {"style_strength": 25.0, "color": "matched"},
        "Balanced": {},
        "Bold": {"style_strength": 75.0, "style_scale": 1.5},
        "Fine strokes": {"style_scale": 0.5},
        "My colours": {"color": "content"},
        "Texture": {"style_strength": 90.0, "init": "style"},
        "Tints": {"style_loss": "gram"},
    }
)
"""Named starting points: what differs from the defaults among `PRESET_FIELDS`."""
USUAL = "Balanced"
"""The one that is the defaults."""
PRESET_FIELDS = ("style_loss", "style_strength", "style_scale", "color", "init", "tv_weight")
"""The settings that a preset sets, all of them each time: so one preset undoes another."""


def preset(name: object) -> dict[str, int | float | str]:
    """The values that a preset gives to `PRESET_FIELDS`, or `InputError` for an unknown one."""
    if not isinstance(name, str) or name not in PRESETS:
        raise InputError(f"preset must be one of {', '.join(PRESETS)}, not {shown(name)}.")
    return {field: PRESETS[name].get(field, SPECS[field].default) for field in PRESET_FIELDS}


def preset_of(values: Mapping[str, object]) -> str | None:
    """The name of the preset that gives these values to `PRESET_FIELDS`; None if none does."""
    given = {field: values[field] for field in PRESET_FIELDS}
    return next((name for name in PRESETS if preset(name) == given), None)
