"""How long runs really take on this machine, beside what its calibration expected.

A calibration lasts a second, and the machine may be busy just then, or later. Estimates are
corrected by what the last runs took.
"""

from collections import deque
from functools import lru_cache
from statistics import median

REMEMBERED = 5
"""Runs whose pace counts."""


class Pace:
    """The times of the last runs over what was expected of them."""

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, expected: float, seconds: float) -> None:
        """Remember a run, in seconds."""
        if expected > 0:
            self._ratios.append(seconds / expected)

    def corrected(self, expected: float) -> float:
        """What is to be expected, in seconds, given what the calibration says."""
        return expected * median(self._ratios) if self._ratios else expected


@lru_cache
def pace() -> Pace:
    """That of this process."""
    return Pace()
