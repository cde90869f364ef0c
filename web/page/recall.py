"""Settings that come back: from a link, from the browser's memory, from a picture of this visit.

All of them may have been written by anybody, and are checked like any other input.
"""

from collections.abc import Mapping

from nst import InputError, Settings
from nst.settings import FEATURES, SPECS
from nst.specs import Range
from web.runs.defaults import START_SPECS

CONTROLS = {**START_SPECS, "features": FEATURES}
"""What every control of the page is checked by, in the order of `Settings`, and the features."""
DEFAULTS = {name: spec.default for name, spec in CONTROLS.items()}


def of_link(query: Mapping[str, str]) -> dict[str, object] | None:
    """The settings in a link's query string; None if it has none.

    Raises:
        InputError: one of them cannot be used.
    """
    named = {name: query[name] for name in CONTROLS if name in query}
    if not named:
        return None
    return checked({name: _number(CONTROLS[name], text) for name, text in named.items()})


def _number(spec: object, text: str) -> object:
    try:
        return float(text) if isinstance(spec, Range) else text
    except ValueError:
        return text


def remembered(values: object) -> dict[str, object]:
    """What can still be used of the settings that a browser kept, and defaults for the rest."""
    kept = dict(DEFAULTS)
    for name, value in values.items() if isinstance(values, dict) else ():
        if name in CONTROLS:
            try:
                kept[name] = CONTROLS[name].check(name, value)
            except InputError:
                continue  # an earlier version of this page had another range
    if kept["init"] == "image":  # which is gone
        kept["init"] = DEFAULTS["init"]
    return kept


def checked(values: object) -> dict[str, object]:
    """The values of all controls: those given, and defaults for the rest.

    Raises:
        InputError: one of them cannot be used.
    """
    given = {**DEFAULTS, **values} if isinstance(values, dict) else DEFAULTS
    features = FEATURES.check("features", given["features"])
    settings = Settings(**{name: given[name] for name in SPECS})
    return {**{name: getattr(settings, name) for name in SPECS}, "features": features}


def in_words(values: Mapping[str, object]) -> str:
    """What differs from the defaults, for people."""
    changed = [
        f"{spec.label.lower()} {values[name]:g}"
        if isinstance(spec, Range)
        else f"{spec.label.lower()}: {spec.titles.get(values[name], values[name])}"
        for name, spec in CONTROLS.items()
        if values[name] != spec.default
    ]
    return ", ".join(changed) or "default settings"
