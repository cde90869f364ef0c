"""What an instant painting takes of memory, and the refusal of one that does not fit."""

import math

import torch

from nst.costs.memory import HEADROOM
from nst.instant.arbitrary import Arbitrary
from nst.instant.transformer import Transformer
from nst.instant.view import MOST_PIXELS
from nst.machine.available import available_bytes, gigabytes
from nst.specs import InputError

FIXED_BYTES = 60e6
PIXEL_BYTES = {torch.float32: 300, torch.bfloat16: 220}
"""What a painting in a style by name takes at its peak, whatever its size and for each pixel,
measured."""
TILE_BYTES = {torch.float32: 900, torch.bfloat16: 600}
WHOLE_BYTES = 180
"""The same of one in a painting's style, for each pixel of a tile and of the picture."""


def check_painting_fits(size: tuple[int, int], network: Transformer | Arbitrary) -> None:
    """Refuse a picture of (width, height) that needs more memory than is free.

    Raises:
        InputError: with the need, what is free, and the largest size that fits.
    """
    free = available_bytes(network.device)
    needed = painting_bytes(size, network)
    if needed > free:
        longest, allowed = max(size), HEADROOM * free
        smaller = (tuple(side * s / longest for side in size) for s in range(longest, 0, -1))
        side = next((max(s) for s in smaller if painting_bytes(s, network) <= allowed), 0)
        raise InputError(
            f"Size {max(size)} needs about {gigabytes(needed)} of memory, and {gigabytes(free)} "
            f"are free: the largest size that fits is {side:.0f}."
        )


def painting_bytes(size: tuple[float, ...], network: Transformer | Arbitrary) -> float:
    """Bytes that a picture painted at (width, height) takes at its peak."""
    pixels = math.prod(size)
    if isinstance(network, Transformer):
        return FIXED_BYTES + PIXEL_BYTES[network.dtype] * pixels
    # The style is as long as the photograph, and may be less narrow.
    of_tile = TILE_BYTES[network.dtype] * min(max(size) ** 2, MOST_PIXELS)
    return FIXED_BYTES + of_tile + WHOLE_BYTES * pixels
