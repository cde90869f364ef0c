"""How many threads compute, and whether they stay awake between two operations.

PyTorch computes on a processor by OpenMP (GNU's libgomp, in its packages for Linux), which reads
the environment once, when it is loaded: what is here has to be called before, and imports no torch.

A thread that is done with its part of an operation stays awake for the next by turning in a loop.
Alone on a machine that is a tenth faster than to sleep. Beside another busy process it takes the
processor from the very thread that all wait for, and a run takes several times as long.

How many there are does not follow who else is there: with another number of them, sums are rounded
otherwise, and the same recipe would give other pixels.
"""

import os
import time
from collections.abc import MutableMapping, Set
from pathlib import Path

from nst.machine.groups import groups

NUMBER, POLICY, SPINS = "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"
"""What OpenMP reads; the last one is libgomp's own word for the second."""
WINDOW = 0.05
"""Seconds that the machine is watched for: five of the ticks that Linux counts time in."""
OTHERS = 0.5
"""Processors that other programs may be using, on average, beside threads that stay awake."""


def choose(
    *,
    shared: bool = False,
    environment: MutableMapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> None:
    """Set what the environment does not say of OpenMP's threads yet.

    They are as many as the process may use processors, and sleep between operations where they
    share them.

    Args:
        shared: whether others are known to want the processors; else they are watched for `WINDOW`.
        environment: that OpenMP will read.
        root: where /proc and /sys are.
    """
    mask = _mask()
    threads = allowed(len(mask), root)
    if threads < len(mask):  # else it counts the mask by itself
        environment.setdefault(NUMBER, str(threads))
    if {POLICY, SPINS} & environment.keys():
        return
    if shared or used_by_others(mask, root) + threads > len(mask) + OTHERS:
        environment[POLICY] = "passive"


def allowed(processors: int, root: Path = Path("/")) -> int:
    """How many of so many processors the control groups leave, in whole ones: at least 1."""
    for folder, version in groups("cpu", root):
        try:
            if version == 2:
                quota, period = (folder / "cpu.max").read_text().split()
            else:
                quota, period = (
                    (folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period")
                )
            share = int(quota) / int(period)
        except (OSError, ValueError):  # no such group, or "max", which is no limit
            continue
        if share > 0:  # version 1 has -1 for none
            processors = min(processors, int(share + 0.5))
    return max(1, processors)


def used_by_others(mask: Set[int], root: Path = Path("/")) -> float:
    """How many of the processors of a mask are in use while this process sleeps for `WINDOW`.

    0 where that cannot be told.
    """
    before = _ticks(root)
    if not mask & before.keys():
        return 0.0
    time.sleep(WINDOW)
    used = 0.0
    for number, (busy, idle) in _ticks(root).items():
        if number in mask and number in before:
            busy, idle = busy - before[number][0], idle - before[number][1]
            used += busy / max(1, busy + idle)
    return used


def _mask() -> set[int]:
    """The processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))  # not Linux


def _ticks(root: Path) -> dict[int, tuple[int, int]]:
    """Of each processor the ticks since the start in which it was busy, and idle."""
    try:
        lines = (root / "proc/stat").read_text().splitlines()
    except OSError:  # not Linux
        return {}
    ticks = {}
    for name, *counts in (line.split() for line in lines):
        if name.startswith("cpu") and name != "cpu":
            user, nice, system, idle, waiting, *_ = map(int, counts)
            ticks[int(name[3:])] = user + nice + system, idle + waiting
    return ticks
