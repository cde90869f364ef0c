"""How long the programs take to start:  python -m benchmarks.start [--times 3]

Each is a process of its own, beside one that only loads NumPy and Pillow, without which there is no
picture: the ratio to that one says more of a machine that others use, too. Times are those of the
processor, the least of a few.
"""

import argparse
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
CAT = "examples/content/cat.jpg"
BARE = "NumPy and Pillow alone"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    BARE: ("-c", "import numpy, PIL.Image"),
    "--help": ("-m", "nst", "--help"),
    "a value out of range": ("-m", "nst", CAT, CAT, "-o", "-", "--iterations", "0"),
    "no such file": ("-m", "nst", "none.jpg", CAT, "-o", "-"),
    "torch alone": ("-c", "import torch"),
    "--instant, 64 px": ("-m", "nst", CAT, "--instant", "mosaic", "-o", "-", "--size", "64"),
    "--instant-style, 64 px": ("-m", "nst", CAT, "--instant-style", CAT, "-o", "-", "--size", "64"),
    "Gradio alone": ("-c", "import gradio"),
    "all that the app imports": ("-c", "import app"),
}
"""What is started -> the arguments of Python."""


def seconds(arguments: tuple[str, ...]) -> float:
    """What a process takes of the processor, with one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # a refusal is one of them
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="starts of each [default 3]")
    times = parser.parse_args().times
    print("| start | seconds | ratio |\n|---|---|---|")
    bare = 0.0
    for name, arguments in COMMANDS.items():
        least = min(seconds(arguments) for _ in range(times))
        bare = bare or least
        print(f"| {name} | {least:.2f} | {least / bare:.1f} |", flush=True)


if __name__ == "__main__":
    main()
