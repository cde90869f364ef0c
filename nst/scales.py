"""The scales of a run, coarse to fine, and their iterations."""

import math
from dataclasses import dataclass

from nst.pictures import bounds
from nst.settings import Settings

COARSEST_SIDE = 256
"""The coarsest scale's longest side is within a factor of √2 of this many pixels."""
NARROWEST_SIDE = 64
"""No scale is added below which the shortest side would fall under this many pixels."""
FEWEST_ITERATIONS = 10
"""Iterations that a scale needs to be of use; runs with fewer have fewer scales."""
COARSE_SHARE = 1.5
"""Each scale gets this many times the iterations of the next finer one."""


@dataclass(frozen=True)
class Scale:
    """One of the sizes (width, height) at which a run optimises, and its number of iterations."""

    size: tuple[int, int]
    iterations: int

    @property
    def pixels(self) -> int:
        """How many it has: an iteration takes time in proportion."""
        return self.size[0] * self.size[1]


def plan(size: tuple[int, int], settings: Settings, goes_on: bool = False) -> list[Scale]:
    """The scales of a run whose result has `size` (width, height)."""
    if goes_on or settings.init == "image":
        # A coarser scale would lose what is there.
        return [Scale(size, settings.iterations)]
    return coarse_to_fine(size, settings.iterations)


def coarse_to_fine(size: tuple[int, int], iterations: int) -> list[Scale]:
    """Split the iterations over scales that halve `size` (width, height), coarsest first."""
    halvings = round(math.log2(max(size) / COARSEST_SIDE))
    halvings = min(halvings, int(math.log2(max(1.0, min(size) / NARROWEST_SIDE))))
    count = max(1, min(halvings + 1, iterations // FEWEST_ITERATIONS))
    shares = [COARSE_SHARE**i for i in reversed(range(count))]
    ends = [round(iterations * sum(shares[: i + 1]) / sum(shares)) for i in range(count)]
    counts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    sizes = bounds.doubling(size, count - 1)
    return [Scale(*pair) for pair in zip(sizes, counts, strict=True)]
