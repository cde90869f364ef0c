"""Instant styles: a photograph painted at once, in a style by name or in any painting's.

from nst import instant
from nst.settings import InstantSettings

picture = instant.paint(photograph, InstantSettings(style="starry-night"))
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nst.instant.arbitrary import load_arbitrary
    from nst.instant.named import load_instant
    from nst.instant.painting import load, paint

__all__ = ["load", "load_arbitrary", "load_instant", "paint"]


def __getattr__(name: str) -> object:
    """Import what is promised when it is asked for: the names of the styles need no torch."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nst.instant import arbitrary, named, painting

    return next(getattr(m, name) for m in (painting, named, arbitrary) if hasattr(m, name))
