"""Instant styles: a photograph painted in a style by name, in one pass of a trained network.

from nst import instant
from nst.settings import InstantSettings

picture = instant.paint(photograph, InstantSettings(style="starry-night"))
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nst.instant.painting import load_instant, paint

__all__ = ["load_instant", "paint"]


def __getattr__(name: str) -> object:
    """Import what is promised when it is asked for: the names of the styles need no torch."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nst.instant import painting

    return getattr(painting, name)
