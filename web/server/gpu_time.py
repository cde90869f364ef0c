"""How long ZeroGPU is asked to lend its GPU for a run, and what runs took there.

What is asked for has to be left of a visitor's daily quota, and a run that takes longer is ended.
Before anything is known of the GPU it is asked for a while that is surely enough; afterwards for
`SPARE` times what the last runs say. Elsewhere a run has the time that the server grants.
"""

import logging
import math
import os
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from statistics import median

from nst import Settings
from nst.costs import work
from nst.costs.seconds import REGION_SHARE
from nst.pictures.bounds import fit
from nst.scales import plan
from web.server import limits, zerogpu

log = logging.getLogger("nst.app")
START_SECONDS, PIXEL_SECONDS = 12.0, 3e-8
"""What a run takes at most: to start, and for a pixel's work in an iteration (`nst.costs.work`)."""
COLOR_SECONDS = 0.5
"""What a choice of colours adds at most for each megapixel of the photograph: it is changed, and
each preview is finished, on the processor."""
REMEMBERED = 5
"""Runs that what is asked for goes by."""
SPARE = 2
"""So many times what the last runs took is asked for, at most."""


@dataclass(frozen=True)
class GpuWork:
    """What there is to do for a run.

    Attributes:
        kind: of like pace: the network's name, as it was asked for, and the loss of style.
        steps: what its iterations take at most, in seconds.
        colours: the same of its colours.
    """

    kind: tuple[str, str]
    steps: float
    colours: float = 0.0


def work_of(
    content_size: tuple[int, int],
    settings: Settings,
    features: str,
    goes_on: bool = False,
    regions: int = 0,
    start: tuple[int, int] | None = None,
) -> GpuWork:
    """The work of a run, for a content picture of (width, height).

    Args:
        features: the network's name.
        regions: that masks make, at most.
        start: see `nst.scales.plan`.

    Raises:
        InputError: as `nst.pictures.bounds.fit` does.
    """
    size = fit(*content_size, settings.size, "content image")
    scales = work.of_run(plan(size, settings, goes_on, start), "cuda", settings.style_scale)
    steps = PIXEL_SECONDS * sum(map(sum, scales)) * (1 + REGION_SHARE * regions)
    megapixels = content_size[0] * content_size[1] / 1e6
    colours = 0.0 if settings.color == "style" else COLOR_SECONDS * megapixels
    return GpuWork((features, settings.style_loss), steps, colours)


def most_to_ask() -> int:
    """What a run may ask for, in seconds of the GPU."""
    return int(limits.GPU_SECONDS / zerogpu.quota_factor())


def run_seconds(asked: float, start: float = 0.0) -> float:
    """How long a run may take, in seconds.

    Args:
        asked: what ZeroGPU was asked for.
        start: how much of that it took to make the run's process.
    """
    return asked - start - limits.SPARED_SECONDS if zerogpu.HERE else limits.RUN_SECONDS


def most_seconds() -> float:
    """How long any run may take; on ZeroGPU, the start of its process included."""
    return run_seconds(most_to_ask())


def _remembered() -> deque[float]:
    return deque(maxlen=REMEMBERED)


class GpuTime:
    """What runs take on the GPU that is lent, as the last ones say."""

    def __init__(self) -> None:
        self._starts = _remembered()
        self._paces: defaultdict[tuple[str, str], deque[float]] = defaultdict(_remembered)

    def learn(self, run: GpuWork, seconds: float, start: float | None) -> None:
        """Remember a run, in seconds, and its process's start, if there was one."""
        made = "its process was there" if start is None else f"{start:.1f} s until it had its GPU"
        log.info("ZeroGPU: asked for %d s; %s, %.1f s the run", self.to_ask(run), made, seconds)
        if start is not None:
            self._starts.append(start)
        if run.steps > 0 and not run.colours:  # which is the processor's time
            self._paces[run.kind].append(seconds / run.steps)

    def had_too_little(self, run: GpuWork) -> None:
        """Know nothing any more: the next run is to have enough, unless this one had the most."""
        if self.to_ask(run) < most_to_ask():
            self._starts.clear()
            self._paces.clear()

    def likely(self, run: GpuWork) -> float:
        """What a run takes in a new process, in seconds; at most, where nothing is known yet."""
        return self._at(run, 1)

    def to_ask(self, run: GpuWork) -> int:
        """What to ask for, in whole seconds: `SPARE` times what is likely, once that is known.

        Too much fails for visitors with little quota left, and after too little the run is ended.
        """
        enough = max(int(self._at(run, SPARE)), math.ceil(self.likely(run)) + limits.SPARED_SECONDS)
        return min(enough, most_to_ask())

    def _at(self, run: GpuWork, times: float) -> float:
        """So many times what is known, and once what is sure to be enough."""
        paces = self._paces.get(run.kind)
        start = times * median(self._starts) if self._starts else START_SECONDS
        steps = run.steps * times * median(paces) if paces else run.steps
        return start + steps + run.colours


class NewProcess:
    """Tells a run whether its process was made for it, and when: a fork makes it.

    ZeroGPU counts from then on, and keeps the process for later runs.
    """

    def __init__(self) -> None:
        self._made: float | None = None
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._made = time.monotonic()

    def seconds(self) -> float | None:
        """Since it was made; None where it was not made for this run."""
        made, self._made = self._made, None
        return None if made is None else time.monotonic() - made
