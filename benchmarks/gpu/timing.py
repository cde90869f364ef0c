"""Milliseconds of work in a row: by CUDA events on a GPU, by the clock on a processor."""

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import torch

PATIENCE = 2.0
"""Seconds after which slow work is not repeated any more."""
FEWEST = 3
"""Times that it is timed at least."""
Mark = torch.cuda.Event | float


def milliseconds(work: Callable[[], object], device: torch.device, warm: int, most: int) -> float:
    """Median milliseconds of a call, one after the other, without a wait of our own in between.

    Args:
        work: what is timed; all on one stream, if on a GPU.
        warm: calls before those that count.
        most: calls that count, fewer where they are slow.
    """
    for _ in range(warm):
        work()
    started = time.perf_counter()
    marks = [_mark(device)]
    while len(marks) <= most:
        work()
        marks.append(_mark(device))
        if len(marks) > FEWEST and time.perf_counter() - started > PATIENCE:
            break
    if device.type == "cuda":
        torch.cuda.synchronize()
    return median(_between(*pair) for pair in pairwise(marks))


def _mark(device: torch.device) -> Mark:
    """Now, where the work is done."""
    if device.type != "cuda":
        return time.perf_counter()
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def _between(first: Mark, second: Mark) -> float:
    """Milliseconds from one mark to the next."""
    if isinstance(first, float):
        return 1e3 * (second - first)
    return first.elapsed_time(second)
