"""How much work is in the parts of a run, in any unit: what larger pictures cost beside small ones.

It is the same on every machine, about; how fast a machine does it is measured, before a run
(`nst.costs.seconds`) or in it (`nst.costs.left`).
"""

from collections.abc import Sequence

from nst.scales import Scale

CONSTANT_PIXELS = {"cpu": 7e3, "cuda": 700e3}
"""Pixels that would take as long as what an iteration takes at any size: starting kernels, matrices
of moments. By iterations at 192 to 768 pixels on a CPU, by runs at 512 to 2048 on an H100."""
UNTILED_PIXELS = {"cpu": 2048**2, "cuda": 4096**2}
"""Larger pictures are seen in tiles, whatever fits: they take no longer for it than for memory that
comes and goes in blocks of hundreds of megabytes, and kernels count to 2³¹."""
TILED = 1.7
"""What an iteration in tiles takes of one on the whole, where both can be had."""
SETUP_ITERATIONS = 1.5
"""What making a scale's targets takes, in its iterations, where the style picture is as large as
the content's. Half of it is the style's."""


def in_tiles(pixels: float, device: str) -> bool:
    """Whether a picture of so many pixels is seen in tiles, whatever fits."""
    return pixels > UNTILED_PIXELS.get(device, UNTILED_PIXELS["cpu"])


def of_iteration(pixels: float, device: str) -> float:
    """The work of one iteration.

    Args:
        device: its type, as PyTorch calls it.
    """
    seen = pixels * (TILED if in_tiles(pixels, device) else 1)
    return seen + CONSTANT_PIXELS.get(device, CONSTANT_PIXELS["cpu"])


def of_run(scales: Sequence[Scale], device: str, style_scale: float) -> list[list[float]]:
    """The work up to the end of each iteration from that of the one before, for each scale.

    A scale's first one has its set-up in it.
    """
    setup = SETUP_ITERATIONS * (1 + style_scale**2) / 2
    each = [of_iteration(scale.pixels, device) for scale in scales]
    return [
        [work * (1 + setup), *[work] * (scale.iterations - 1)]
        for scale, work in zip(scales, each, strict=True)
    ]
