"""Neural style transfer: Gatys' optimisation, coarse to fine, on VGG19 or a network from it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nst.features.loading import load_features
    from nst.settings import Settings
    from nst.specs import InputError
    from nst.step import Step
    from nst.transfer import stylize

__all__ = ["InputError", "Settings", "Step", "load_features", "stylize"]
"""What the package promises as a whole."""

HOMES = {
    "InputError": "nst.specs",
    "Settings": "nst.settings",
    "Step": "nst.step",
    "load_features": "nst.features.loading",
    "stylize": "nst.transfer",
}


def __getattr__(name: str) -> object:
    """Import what is promised when it is asked for.

    Torch takes seconds to load: a value is refused without it, and Ctrl-C meanwhile meets the
    command line (`nst.__main__`), which is running by then.
    """
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
