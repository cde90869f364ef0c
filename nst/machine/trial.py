"""How many times as fast a convolution is in bfloat16 as in float32: a trial on the processor.

Beside other work, single times say little: five of the one and then five of the other chose the
slower one in 5 of 25 starts. Here both are timed in turns, so that what else is going on meets
both; the clock leaves out what other programs take of the processor; and the best of each counts.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import torch
from torch.nn import functional as F

PAIRS, FEWEST_PAIRS = 15, 7
"""Times of each precision, and with how many of them a slow machine may leave it."""
PATIENCE = 1.0
"""Seconds by the clock after which it does."""
CLOCK = (
    time.thread_time
    if time.get_clock_info("thread_time").resolution < 1e-4
    else time.perf_counter  # Windows counts a thread's time in ticks of 16 ms
)
"""Seconds that the calling thread computes; it stands still where another program has the
processor."""


@dataclass(frozen=True)
class Trial:
    """Seconds of a convolution in both precisions; of each pair, one right after the other.

    Attributes:
        low: in bfloat16, at least one, all above 0.
        full: in float32, as many.
    """

    low: tuple[float, ...]
    full: tuple[float, ...]

    @property
    def times_faster(self) -> float:
        """How many times as fast as float32 bfloat16 is, by the best of each."""
        return min(self.full) / min(self.low)

    @property
    def usually_faster(self) -> float:
        """The same by the pairs: their median."""
        return median(full / low for low, full in zip(self.low, self.full, strict=True))


def measure(seconds: Callable[[torch.dtype], float] | None = None) -> Trial:
    """Time both precisions in turns.

    Args:
        seconds: of a convolution in a precision, measured now; `convolution_seconds` when None.
    """
    seconds = seconds or convolution_seconds
    both = (torch.bfloat16, torch.float32)
    times: dict[torch.dtype, list[float]] = {dtype: [] for dtype in both}
    with _one_thread():
        for dtype in both:  # kernels are made at their first use
            seconds(dtype)
        started = time.perf_counter()
        for pair in range(PAIRS):
            if pair >= FEWEST_PAIRS and time.perf_counter() - started > PATIENCE:
                break
            for dtype in both if pair % 2 else both[::-1]:
                times[dtype].append(max(seconds(dtype), 1e-9))
    return Trial(*(tuple(times[dtype]) for dtype in both))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Inside the block, compute in the calling thread alone.

    One that turns in a loop until another has done its part computes by its clock, however long
    that one has no processor: of 13 starts beside busy processes, 4 chose float32.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.no_grad()
def convolution_seconds(dtype: torch.dtype) -> float:
    """What a convolution of VGG19's kind takes on the processor, once."""
    x = torch.zeros(1, 64, 128, 128, dtype=dtype).contiguous(memory_format=torch.channels_last)
    kernel = torch.zeros(64, 64, 3, 3, dtype=dtype).contiguous(memory_format=torch.channels_last)
    start = CLOCK()
    F.conv2d(x, kernel, padding=1)
    return CLOCK() - start
