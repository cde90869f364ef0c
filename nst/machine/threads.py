"""How many threads compute, and how long they stay awake between two operations.

PyTorch computes on a processor by OpenMP (GNU's libgomp, in its packages for Linux), which reads
the environment once, when it is loaded: what is here has to be called before, and imports no torch.

A thread that is done with its part of an operation stays awake for the next by turning in a loop,
by itself for milliseconds. Beside another busy process it then takes the processor from the very
thread that all wait for. One that sleeps at once has to be woken for each operation, with which a
run alone on a machine takes half as long again. A turn that bridges the usual gap between two
operations, and no more, has neither cost: see the tables in benchmarks/README.md.

How many there are does not follow who else is there: with another number of them, sums are rounded
otherwise, and the same recipe would give other pixels.
"""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from nst.machine.groups import groups

NUMBER, POLICY, SPINS = "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"
"""What OpenMP reads; the last one is libgomp's own word for the second."""
TURNS = 500
"""Of the loop before a thread sleeps, microseconds; libgomp has 300,000 by itself."""


def choose(*, environment: MutableMapping[str, str] = os.environ, root: Path = Path("/")) -> None:
    """Set what the environment does not say of OpenMP's threads yet.

    Args:
        environment: that OpenMP will read.
        root: where /proc and /sys are.
    """
    threads = here(root)
    if threads < _processors():  # else it counts them by itself
        environment.setdefault(NUMBER, str(threads))
    if not {POLICY, SPINS} & environment.keys():
        environment[SPINS] = str(TURNS)


def for_each_of(
    processes: int, environment: Mapping[str, str] = os.environ, root: Path = Path("/")
) -> dict[str, str]:
    """What to set in each of so many processes, for them to share the processors that there are.

    What the environment says already is meant for each of them.
    """
    threads = max(1, here(root) // processes)
    each = {NUMBER: str(threads), **dict(environment)}
    choose(environment=each, root=root)
    return {name: each[name] for name in (NUMBER, POLICY, SPINS) if name in each}


def here(root: Path = Path("/")) -> int:
    """How many threads this process can have at work at once."""
    return allowed(_processors(), root)


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


def _processors() -> int:
    """How many this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # not Linux
