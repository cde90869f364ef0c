"""What an instant painting takes of memory, and the refusal of one that does not fit."""

import math
from typing import TYPE_CHECKING

import torch

from nst.costs.memory import HEADROOM
from nst.machine.available import available_bytes, gigabytes
from nst.specs import InputError

if TYPE_CHECKING:
    from nst.instant.painting import Network

FIXED_BYTES = 60e6
PIXEL_BYTES = {torch.float32: 300, torch.bfloat16: 220}
"""What it takes at its peak, whatever its size and for each pixel, measured."""


def check_painting_fits(size: tuple[int, int], network: "Network") -> None:
    """Refuse a picture of (width, height) that needs more memory than is free.

    Raises:
        InputError: with the need, what is free, and the largest size that fits.
    """
    free = available_bytes(network.device)
    needed = FIXED_BYTES + PIXEL_BYTES[network.dtype] * math.prod(size)
    if needed > free:
        side = math.sqrt(max(0, HEADROOM * free - FIXED_BYTES) / (needed - FIXED_BYTES)) * max(size)
        raise InputError(
            f"Size {max(size)} needs about {gigabytes(needed)} of memory, and {gigabytes(free)} "
            f"are free: the largest size that fits is {int(side)}."
        )
