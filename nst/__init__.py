"""Neural style transfer: Gatys' optimisation, coarse to fine, on VGG19 or a network from it."""

import os

# On Linux, torch's large buffers then come in 2 MB pages instead of 4 KB ones, whose faults are a
# tenth of an iteration on a CPU. torch reads it at its first allocation.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

from nst.features import load_features
from nst.settings import InputError, Settings
from nst.transfer import Step, stylize

__all__ = ["InputError", "Settings", "Step", "load_features", "stylize"]
