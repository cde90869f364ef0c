"""Others on the machine: processes that do nothing but take their share of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
