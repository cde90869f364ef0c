"""The seconds that a run has left, told from what its own iterations took.

What there is to do is told in work (`nst.costs.work`), so that finer scales are expected to take
longer than the coarse ones that come first. What work takes is seen in the run's latest iterations:
whatever else the machine does has slowed them down as it will the next ones. So nothing has to be
measured before.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from statistics import median

LATEST_SHARE = 0.5
"""The latest iterations are those of the later half of the time gone: what has changed is seen
soon, and what comes and goes does not move the number much."""
LATEST_FEWEST, LATEST_MOST = 5, 100
"""Where there are so many, they are no fewer, and never more."""
SLOWEST = 3.0
"""An iteration counts as so many usual ones at most: something came between that will be gone."""


@dataclass(frozen=True)
class Took:
    """What some work took, in seconds."""

    seconds: float
    work: float


def pace(iterations: Sequence[Took]) -> float:
    """Seconds that a unit of work takes, by at least one iteration.

    It is their mean and not their median: where one in three is held up, so will be one of the next
    three.
    """
    most = SLOWEST * median(took.seconds / took.work for took in iterations)
    seconds = sum(min(took.seconds, most * took.work) for took in iterations)
    return seconds / sum(took.work for took in iterations)


def latest(iterations: Sequence[Took], gone: float) -> Sequence[Took]:
    """Those that tell the pace of a run that began so many seconds ago."""
    chosen: list[Took] = []
    within = LATEST_SHARE * gone
    for took in reversed(iterations):
        within -= took.seconds
        if within < 0 and len(chosen) >= LATEST_FEWEST:
            break
        chosen.append(took)
    return chosen


class SecondsLeft:
    """What one run has left, which is told of its iterations as they end.

    Args:
        work: of the run, from `nst.costs.work.of_run`.
        now: when it begins, in seconds on any clock.
    """

    def __init__(self, work: Sequence[Sequence[float]], now: float) -> None:
        self._work = list(chain(*work))
        self._begins = {0, *accumulate(map(len, work))}
        self._left = list(accumulate(reversed(self._work), initial=0.0))[::-1]
        self._began = self._now = now
        self._first: Took | None = None
        self._others: deque[Took] = deque(maxlen=LATEST_MOST)

    def after(self, iteration: int, now: float) -> float:
        """The seconds left when an iteration has just ended.

        How much of a scale's first one was its set-up is a guess: it counts only as long as there
        is no other.

        Args:
            iteration: its number, from 1; those between the last one and this one were left out.
        """
        took = Took(now - self._now, self._work[iteration - 1])
        self._now, self._first = now, self._first or took
        if iteration - 1 not in self._begins:
            self._others.append(took)
        return self._pace(now, self._first) * self._left[iteration]

    def within(self, iteration: int, share: float, now: float) -> float:
        """The seconds left when a share of an iteration is done, above 0.

        Args:
            iteration: its number, from 1.
        """
        work = self._work[iteration - 1]
        so_far = self._first or Took(now - self._now, share * work)
        return self._pace(now, so_far) * (self._left[iteration] + (1 - share) * work)

    def _pace(self, now: float, first: Took) -> float:
        """Seconds that a unit of work takes, by the first one where there is no other."""
        return pace(latest(self._others, now - self._began) or [first])
