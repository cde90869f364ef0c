"""What awkward sizes cost: iterations at sides that are odd, or soon are, beside rounder ones:

    OMP_NUM_THREADS=1 python -m benchmarks.speed.sizes [--networks compact vgg19] [--rounds 12]

A 3:2 photograph has 341 pixels on its shorter side at 512. Each size has a run of its own, and all
of one shape go on in turns within one process. Times are of the processor, not by the clock, so
that other work on the machine hardly counts. What a turn of a size took is compared with the turn
of the first size in the same round, and medians of these ratios are printed: below 1, a picture
would be painted faster if it were larger.

The network is the compact one, or VGG19 as far as `NST_VGG19_WEIGHTS` reaches.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.common.cases import CONTENT, STYLE, Run
from nst import Settings, load_features
from nst.features.network import FeatureNetwork
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.machine import allocator
from nst.optim.descent import optimise
from nst.optim.lbfgs import ProjectedLBFGS
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover, to_tensor

Size = tuple[int, int]
SHAPES: tuple[tuple[Size, ...], ...] = (
    ((341, 512), (344, 512), (352, 512)),
    ((512, 341), (512, 344), (512, 352)),
    ((171, 256), (172, 256), (176, 256)),
)
"""Sizes (width, height) that are compared with the first of each row: those of a 3:2 photograph,
upright and lying, at 512 pixels, and at the coarse scale of such a run."""
UNTIMED, IN_A_TURN = 1, 2
"""Iterations of a turn: the first one meets another size's memory and caches."""
ROUNDS = 12


def endless(network: FeatureNetwork, size: Size) -> Run:
    """An endless run of the defaults at a size (width, height); each `next` is an iteration."""
    content, style = (
        to_tensor(cover(open_image(path), size)).to(network.device) for path in (CONTENT, STYLE)
    )
    objective = Objective(network, content, everywhere(style), Settings())
    return optimise(objective, ProjectedLBFGS(content), sys.maxsize)


def turn(run: Run) -> float:
    """Seconds of the processor that an iteration of a run takes."""
    for _ in range(UNTIMED):
        next(run)
    start = time.process_time()
    for _ in range(IN_A_TURN):
        next(run)
    return (time.process_time() - start) / IN_A_TURN


def rows(network: FeatureNetwork, sizes: Sequence[Size], rounds: int) -> Iterator[str]:
    """A row of the table for each size."""
    runs = [endless(network, size) for size in sizes]
    times = [[turn(run) for run in runs] for _ in range(rounds)]
    first = sizes[0][0] * sizes[0][1]
    for (width, height), own, pairs in zip(
        sizes, zip(*times, strict=True), _ratios(times), strict=True
    ):
        yield (
            f"| {network.name} | {width} × {height} | {1000 * median(own):.0f} "
            f"| {median(pairs):.3f} | {min(pairs):.3f} … {max(pairs):.3f} "
            f"| {width * height / first:.3f} |"
        )


def _ratios(times: Sequence[Sequence[float]]) -> list[list[float]]:
    """Of each size, its time over the first size's in the same round."""
    return [
        list(ratios) for ratios in zip(*([t / row[0] for t in row] for row in times), strict=True)
    ]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--networks", nargs="+", default=["compact"])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    allocator.keep()
    print("| network | size | ms an iteration | ratio | from … to | pixels |")
    print("|---|---|---|---|---|---|")
    for name in options.networks:
        network = load_features(name)
        for sizes in SHAPES:
            for row in rows(network, sizes, options.rounds):
                print(row, flush=True)


if __name__ == "__main__":
    main()
