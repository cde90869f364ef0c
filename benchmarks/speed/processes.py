"""What takes a process of its own to measure: peak memory, and a whole command line."""

import multiprocessing
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.common.cases import CONTENT, EXAMPLES, STYLE, endless_run
from benchmarks.common.own_process import in_own_process
from nst.instant.painting import paint
from nst.pictures.reading import open_image
from nst.settings import OWN_STYLE, InstantSettings

MEMORY_ITERATIONS = 12


def _memory(case: str, side: int, answer: multiprocessing.Queue) -> None:
    if case == "instant":
        paint(open_image(CONTENT), InstantSettings(size=side))
    elif case.startswith("instant"):
        settings = InstantSettings(size=side, style=OWN_STYLE)
        paint(open_image(CONTENT), settings, style=open_image(STYLE))
    elif case != "nothing":
        run = endless_run(case, side)
        for _ in range(MEMORY_ITERATIONS):
            next(run)
    if torch.cuda.is_available():
        answer.put(torch.cuda.max_memory_allocated())
    else:
        # Not getrusage: its maximum is inherited from the parent.
        status = Path("/proc/self/status").read_text()
        answer.put(int(status.split("VmHWM:")[1].split()[0]) * 1024)


def peak_memory(case: str, side: int) -> float:
    """Peak bytes of a fresh process (on a GPU: of its memory) after twelve iterations."""
    return in_own_process(_memory, case, side)


def command_line() -> float:
    """Seconds of a whole run of the command line with start-up: compact, 512 px, 200 iterations."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--features", "compact", "--size", "512", "--iterations", "200"]
        command = [sys.executable, "-m", "nst", CONTENT, STYLE, "-o", f"{folder}/o.png", *options]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=EXAMPLES.parent)
        return time.perf_counter() - start
