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
LARGER = math.sqrt(2)
"""A scale has this many times the sides of the picture that a run starts from, at least."""


@dataclass(frozen=True)
class Scale:
    """One of the sizes (width, height) at which a run optimises, and its number of iterations."""

    size: tuple[int, int]
    iterations: int

    @property
    def pixels(self) -> int:
        """How many it has: an iteration takes time in proportion."""
        return self.size[0] * self.size[1]


def plan(
    size: tuple[int, int],
    settings: Settings,
    goes_on: bool = False,
    start: tuple[int, int] | None = None,
) -> list[Scale]:
    """The scales of a run whose result has `size` (width, height).

    Args:
        start: (width, height) of the picture that init "image" starts from; where it is not known,
            it is taken to be as large as the result, with which a run takes longest.
    """
    if goes_on:
        return [Scale(size, settings.iterations)]
    if settings.init != "image":
        return coarse_to_fine(size, settings.iterations)
    # A scale that is coarser than what is there would lose it. Of another shape, it is cropped.
    width, height = start or size
    covered = max(size) * min(width / size[0], height / size[1])
    return coarse_to_fine(size, settings.iterations, LARGER * covered)


def coarse_to_fine(size: tuple[int, int], iterations: int, least: float = 1.0) -> list[Scale]:
    """Split the iterations over scales that halve `size` (width, height), coarsest first.

    Args:
        least: longest side, in pixels, of the coarsest one, if there are more.
    """
    halvings = round(math.log2(max(size) / COARSEST_SIDE))
    halvings = min(halvings, int(math.log2(max(1.0, min(size) / NARROWEST_SIDE))))
    halvings = min(halvings, math.floor(math.log2(max(size) / least)))
    count = max(1, min(halvings + 1, iterations // FEWEST_ITERATIONS))
    shares = [COARSE_SHARE**i for i in reversed(range(count))]
    ends = [round(iterations * sum(shares[: i + 1]) / sum(shares)) for i in range(count)]
    counts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    sizes = bounds.doubling(size, count - 1)
    return [Scale(*pair) for pair in zip(sizes, counts, strict=True)]
