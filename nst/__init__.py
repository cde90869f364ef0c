"""Neural style transfer: Gatys' optimisation, coarse to fine, on VGG19 or a network from it."""

from nst.features import load_features
from nst.settings import InputError, Settings
from nst.transfer import Step, stylize

__all__ = ["InputError", "Settings", "Step", "load_features", "stylize"]
