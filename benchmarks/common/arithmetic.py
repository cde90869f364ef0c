"""How many operations an iteration's convolutions are, and how fast a machine does them at best."""

import time

import torch

from benchmarks.common.cases import synchronise
from nst.features.network import FeatureNetwork

SIDES = {"cuda": 8192, "cpu": 2048}
"""Of the matrices that are multiplied, by the type of the device."""
PRODUCTS = 8


def peak(device: torch.device, dtype: torch.dtype, side: int | None = None) -> float:
    """Operations per second of a large matrix product.

    Args:
        side: of the matrices; what suits the device when None.
    """
    side = side or SIDES.get(device.type, SIDES["cpu"])
    a = torch.randn(side, side, device=device).to(dtype)
    times = []
    for _ in range(PRODUCTS):
        synchronise()
        start = time.perf_counter()
        a @ a
        synchronise()
        times.append(time.perf_counter() - start)
    return 2 * side**3 / min(times)


def operations(network: FeatureNetwork, side: int) -> float:
    """Additions and multiplications of all convolutions, forward and to the image's gradient."""
    pixels, channels, total = side * side, 3, 0.0
    for row in network.table:
        pixels //= 4 if row.pool or row.stride == 2 else 1
        total += 2 * 9 * channels * row.channels * pixels
        channels = row.channels
    return 2 * total
