"""What workers are told: settings and the network that they need, and nothing that torch is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from nst.recipe import Recipe
from nst.settings import InstantSettings, Settings

if TYPE_CHECKING:  # workers load torch, once they have set its threads
    from nst.batch.frames import Alone
    from nst.batch.instant import Instant
    from nst.batch.optimiser import Optimiser

DEEP = 16
"""Bits of a colour of a result that has more than the usual 8."""


@dataclass(frozen=True, kw_only=True)
class Optimising:
    """Has pictures optimised; called where that is done, it loads a worker.

    Attributes:
        features: the name of the network, of `FEATURES`.
        unnamed: settings that have the default of the worker's machine.
        depth: bits of a colour of the results: 8, or `DEEP`.
    """

    settings: Settings
    features: str
    unnamed: frozenset[str] = field(default_factory=frozenset)
    depth: int = 8

    def __call__(self) -> "Optimiser":
        """Load the network, or raise `InputError`."""
        from nst.batch.optimiser import Optimiser

        return Optimiser(self)


@dataclass(frozen=True, kw_only=True)
class Painting:
    """Has pictures painted at once, as `Optimising`.

    Attributes:
        settings: by the name of each style; a painting's is `OWN_STYLE`.
    """

    settings: Mapping[str, InstantSettings]
    depth: int = 8

    def __call__(self) -> "Instant":
        """Load the networks, or raise `InputError`."""
        from nst.batch.instant import Instant

        return Instant(self)


@dataclass(frozen=True, kw_only=True)
class Filming:
    """Has frames of a clip painted at once, each by itself, as `Optimising`.

    Attributes:
        size: of a painted frame (width, height).
        style: the painting, prepared, if the style is `OWN_STYLE`.
    """

    settings: InstantSettings
    size: tuple[int, int]
    style: Image.Image | None = None

    def __call__(self) -> "Alone":
        """Load the network, or raise `InputError`."""
        from nst.batch.frames import Alone

        return Alone(self)


Work = Optimising | Painting


@dataclass(frozen=True)
class About:
    """What a worker is.

    Attributes:
        words: its network and device, for people.
        recipes: of its pictures, by the name of the style; a painting's is `OWN_STYLE`.
    """

    words: str
    recipes: Mapping[str, Recipe]


@dataclass(frozen=True)
class Painted:
    """A result.

    Attributes:
        png: the file.
        note: sentences about it, or "".
    """

    png: bytes
    note: str = ""
