"""Others on the machine: processes that take their share of it, and how much is taken."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WINDOW = 0.5
"""Seconds that the machine is watched for: fifty of the ticks that Linux counts time in."""

SPIN = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(10**6):
        pass
"""
"""What they do, until whoever started them is gone."""


@contextmanager
def busy() -> Iterator[None]:
    """Inside the block, have a process turn on each processor that this one may use."""
    others = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def used_by_others() -> float:
    """How many processors are in use on this Linux while this process sleeps for `WINDOW`."""
    (busy_before, idle_before), _ = _ticks(), time.sleep(WINDOW)
    busy_now, idle_now = _ticks()
    worked, rested = busy_now - busy_before, idle_now - idle_before
    return (os.cpu_count() or 1) * worked / max(1, worked + rested)


def _ticks() -> tuple[int, int]:
    """The ticks since the start in which processors were busy, and idle, of all together."""
    user, nice, system, idle, waiting, *_ = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    )
    return user + nice + system, idle + waiting
