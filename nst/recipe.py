"""What made a picture: written into PNG files as text, and read back.

A recipe has the settings and the name, version and precision of the features: with it, the same
pictures and the same machine give the same pixels. It has no file names, times or places. Anyone
can send a picture with a recipe of their own making: it is read like any other input.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nst.instant.names import INSTANT
from nst.pictures import reading, writing
from nst.settings import FEATURES, INSTANT_SPECS, SPECS, InstantSettings, Settings
from nst.specs import InputError

if TYPE_CHECKING:  # a recipe is read, or refused, without torch
    from nst.features.network import FeatureNetwork
    from nst.instant.arbitrary import Arbitrary
    from nst.instant.transformer import Transformer

VERSION = "1.7"
"""Of the software: raised whenever recipes get more fields, the same one gives other pixels, or
networks are named otherwise."""
SAME_PIXELS = (VERSION,)
"""Versions whose recipes of optimised pictures give the same pixels here. Before 1.7, colours that
were matched could be a level off; before 1.6, finer scales began without the photograph's
details."""
KNOWS_NETWORKS = ("1.3", "1.4", "1.5", "1.6", VERSION)
"""Versions whose recipes tell of all of a network's weights; those before tell of some."""
LONGEST = 10_000
"""Characters of a recipe that are read at all."""
MOST_BEFORE = 10**9
"""Iterations of earlier runs that a recipe may speak of."""
NONE = (
    "The picture has no recipe: only PNG files that were painted here, and not changed, have one."
)
ALIEN = "The picture's recipe cannot be used: it was not written by this software."


@dataclass(frozen=True)
class Recipe:
    """What made a picture.

    Attributes:
        settings: all of them; an instant painting's own.
        features: the name of the network: of `FEATURES`, or `INSTANT`.
        network: its weights' version and the precision of its convolutions, "1a2b3c4d bfloat16".
        software: the version of this software.
        before: iterations of the runs that it went on from.
    """

    settings: Settings | InstantSettings
    features: str
    network: str
    software: str = VERSION
    before: int = 0

    def text(self) -> str:
        """The recipe as JSON, for `read` to read."""
        return json.dumps(asdict(self))

    def has_network_of(self, other: "Recipe") -> bool:
        """Whether both were made by the same weights in the same precision, as far as they tell."""
        versions = {self.software, other.software}
        if len(versions) == 1 or versions <= set(KNOWS_NETWORKS):
            return self.network == other.network
        return self.network.split()[-1:] == other.network.split()[-1:]


def of_run(
    settings: Settings | InstantSettings,
    features: "FeatureNetwork | Transformer | Arbitrary",
    before: int = 0,
) -> Recipe:
    """The recipe of a run of `stylize` that went on after `before` iterations, or of a `paint`."""
    precision = str(features.dtype).removeprefix("torch.")
    return Recipe(settings, features.name, f"{features.version} {precision}", before=before)


def read(path: str | Path | None) -> Recipe:
    """Read the recipe in a PNG file.

    Raises:
        InputError: there is no file, no picture or no recipe, or the recipe has other fields than
            ours or values out of their ranges.
    """
    if not path:
        raise InputError("Give the picture whose recipe is to be used.")
    try:
        with reading.opened(path, "picture with the recipe", formats=["PNG"]) as image:
            image.load()  # text may follow the pixels
            text = image.info.get(writing.RECIPE_KEY)
    except InputError as error:
        if error.code == "not a picture":
            raise InputError(NONE) from error
        raise
    if not isinstance(text, str):
        raise InputError(NONE)
    return parse(text)


def parse(text: str) -> Recipe:
    """Read a recipe's text, which may come from anybody.

    Raises:
        InputError: as `read`.
    """
    try:
        fields = json.loads(text, object_pairs_hook=each_once) if len(text) <= LONGEST else None
    except (ValueError, RecursionError) as error:
        raise InputError(ALIEN) from error
    required = {"settings", "features", "network", "software"}
    if not isinstance(fields, dict) or not required <= fields.keys() <= required | {"before"}:
        raise InputError(ALIEN)
    settings, network, software = fields["settings"], fields["network"], fields["software"]
    before = fields.get("before", 0)
    counted = type(before) is int and 0 <= before <= MOST_BEFORE
    named = counted and all(isinstance(x, str) and x.isprintable() for x in (network, software))
    instant = fields["features"] == INSTANT
    kind, specs = (InstantSettings, INSTANT_SPECS) if instant else (Settings, SPECS)
    if not named or not isinstance(settings, dict) or not settings.keys() <= specs.keys():
        raise InputError(ALIEN)
    if not instant and "style_loss" not in settings:
        settings = _before_style_losses(settings)
    if instant and settings.get("second_style", "none") == "none":
        # Written before it was refused; it had no effect.
        settings = {name: value for name, value in settings.items() if name != "mix"}
    features = INSTANT if instant else FEATURES.check("features", fields["features"])
    return Recipe(kind(**settings), features, network[:40], software[:40], before)


def each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The fields of a JSON object, of which none may stand twice: who is to say which counts.

    Raises:
        ValueError: one does.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field stands twice")
    return fields


def _before_style_losses(settings: dict[str, object]) -> dict[str, object]:
    """The settings of a recipe of before 1.2: by Gram matrices, their efforts for strengths."""
    from nst.loss.statistic import strength_of  # the losses work on tensors: it loads torch

    strength = SPECS["style_strength"].check("style_strength", settings.get("style_strength", 50.0))
    return {
        **settings,
        "style_loss": "gram",
        "style_strength": strength_of("gram", float(strength)),
    }
