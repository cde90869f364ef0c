"""What runs take on this server, in seconds and bytes of memory: what everything in the app asks.

`nst.costs` has the model; here it meets the machine: what ZeroGPU is to be asked for, what was
measured after the start, and how long the last runs really took.
"""

from collections import deque
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from nst import Settings
from nst.costs.memory import check_fits, run_bytes
from nst.costs.seconds import Estimate, calibrate, estimate
from nst.settings import FEATURES, SPECS
from web.server import gpu_time, zerogpu
from web.server.gpu_time import GpuTime
from web.server.networks import Networks
from web.server.tensor_thread import TensorThread

REMEMBERED = 5
"""Runs whose pace counts."""
Size = tuple[int, int]


class Pace:
    """The times of the last runs over what was expected of them.

    A calibration lasts a second, and the machine may be busy just then, or later.
    """

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, expected: float, seconds: float) -> None:
        """Remember a run, in seconds."""
        if expected > 0:
            self._ratios.append(seconds / expected)

    def corrected(self, expected: float) -> float:
        """What is to be expected, in seconds, given what the calibration says."""
        return expected * median(self._ratios) if self._ratios else expected


class Costs:
    """Estimates of runs, which learn from the runs that were made.

    Attributes:
        gpu: what ZeroGPU is asked for; unused elsewhere.
    """

    def __init__(self, networks: Networks, tensor_thread: TensorThread) -> None:
        self._networks, self._tensor_thread = networks, tensor_thread
        self._pace = Pace()
        self.gpu = GpuTime()
        self._speed: Any = None  # a nst.costs.seconds.Speed

    def begin_measuring(self) -> None:
        """Have what `expected` goes by calibrated, and do not wait for it.

        The page can be up meanwhile. Who asks for a number, or paints, waits for the rest of it.
        """
        if not zerogpu.HERE:
            self._tensor_thread.begin(self._measure)

    def _measure(self) -> None:
        """Calibrate; called in the tensor thread. The second time it takes none."""
        self._speed = calibrate(self._automatic(), SPECS["optimizer"].default)

    def estimate(
        self, size: Size, settings: Settings, name: str, start: Size | None = None
    ) -> Estimate:
        """What a run takes, of a content picture of (width, height); it may be measured first.

        On ZeroGPU, whose GPU is not at hand to be measured, it is what a visitor's quota has to
        have left.

        Args:
            name: of the features, as they are asked for.
            start: see `nst.scales.plan`.

        Raises:
            InputError: the run cannot be made.
        """
        features = self._networks.get(name)
        if zerogpu.HERE:
            asked = self.gpu.to_ask(gpu_time.work_of(size, settings, name, start=start))
            seconds = asked * zerogpu.quota_factor()
            return Estimate(seconds, run_bytes(size, settings, features))
        work = partial(estimate, size, settings, features, start=start)
        return self._tensor_thread.run(work)

    def expected(
        self, size: Size, settings: Settings, name: str, start: Size | None = None
    ) -> Estimate | None:
        """What a run is likely to take, without measuring anything; None if that is unknown.

        It can be asked beside a run. Only the network that the app chooses by itself was measured,
        with the default optimiser; the other one is as fast within what estimates can tell.

        Args:
            name: of the features, as they are asked for.
            start: see `nst.scales.plan`.

        Raises:
            InputError: the run cannot be made.
        """
        features = self._automatic()
        if zerogpu.HERE:
            likely = self.gpu.likely(gpu_time.work_of(size, settings, name, start=start))
            return Estimate(likely, run_bytes(size, settings, features))
        if not self._was_measured(name):
            return None
        check_fits(size, settings, features)
        expected = self._calibrated(size, settings, start)
        return replace(expected, seconds=self._pace.corrected(expected.seconds))

    def learn(
        self,
        size: Size,
        settings: Settings,
        name: str,
        seconds: float,
        start: Size | None = None,
    ) -> None:
        """Let what is expected of later runs follow what one of them took."""
        # Not whether it fits: it did, and what it took is not all given back yet.
        if self._was_measured(name):
            self._pace.add(self._calibrated(size, settings, start).seconds, seconds)

    def _calibrated(self, size: Size, settings: Settings, start: Size | None) -> Estimate:
        features = self._automatic()
        if self._speed is None:
            self._tensor_thread.run(self._measure)
        return estimate(size, settings, features, self._speed, start=start)

    def _automatic(self) -> Any:  # noqa: ANN401 - a FeatureNetwork
        return self._networks.get(FEATURES.default)

    def _was_measured(self, name: str) -> bool:
        return name in (FEATURES.default, self._automatic().name)
