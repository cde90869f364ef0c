"""How fast it is, beside a textbook implementation, all in one run:

    python -m benchmarks.speed [--quick | --instant] [--json FILE]

Compared are the textbook (see `textbook.py`), `nst` on VGG19 and on the compact network in the
precision that `load_features` chooses, and both in float32, as on a machine without bfloat16
units. Their iterations (loss, gradient, optimiser) are timed in turns, so that a busy machine
slows all of them, and medians are printed. Then: the time in which `nst` reaches the loss that the
textbook has after 100 iterations, the share of the machine's matrix-multiply peak that one
iteration's convolutions reach, peak memory in a process of its own, the whole command line, and
instant paintings, from picture to picture, in both precisions.

Times do not depend on weights: where VGG19's are not complete, its missing convolutions are
random (`VGG19_WEIGHTS` in the output says so).
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import torch
from torch import Tensor

from benchmarks.common.arithmetic import operations, peak
from benchmarks.common.cases import (
    SETTINGS,
    Run,
    endless_run,
    networks_by_case,
    square_pictures,
    synchronise,
    textbook_of,
    whole_vgg19,
)
from benchmarks.common.textbook import Textbook
from benchmarks.speed.instant import instant_seconds
from benchmarks.speed.processes import command_line, peak_memory
from nst import load_features
from nst.features.network import FeatureNetwork
from nst.loss.balance import PLAIN
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.machine import allocator
from nst.machine.device import default_device
from nst.machine.precision import chosen_dtype
from nst.optim.descent import optimise
from nst.optim.lbfgs import ProjectedLBFGS
from nst.pictures.tensors import resize_tensor
from nst.scales import coarse_to_fine
from nst.settings import OWN_STYLE

TURNS = {256: 5, 512: 3, 1024: 1}
"""Turns of each implementation, by the side of a square picture."""
UNTIMED_SECONDS, TIMED_SECONDS, IN_A_ROW = 0.5, 1.0, 3
"""A turn goes on for this long untimed and then timed, with at least one and three iterations: an
iteration never comes alone in a run, and the first ones after another implementation's meet its
memory and its caches."""
TEXTBOOK_ITERATIONS = 100
INSTANT_CASES = ("instant", f"instant {OWN_STYLE}")


def _seconds(run: Run) -> float:
    synchronise()
    start = time.perf_counter()
    next(run)
    synchronise()
    return time.perf_counter() - start


def iterations(side: int, turns: int) -> dict[str, float]:
    """Median seconds of an iteration of each implementation, measured in turns."""
    runs = {case: endless_run(case, side) for case in ("textbook", *networks_by_case())}
    times: dict[str, list[float]] = {case: [] for case in runs}
    for _ in range(turns):
        for case, run in runs.items():
            # The textbook runs with the allocator as the system has it.
            allocator.give_back() if case == "textbook" else allocator.keep()
            times[case] += _turn(run)
    return {case: median(values) for case, values in times.items()}


def _turn(run: Run) -> list[float]:
    """The seconds of the timed iterations of one turn."""
    untimed = 0.0
    while untimed < UNTIMED_SECONDS:
        untimed += _seconds(run)
    times: list[float] = []
    while sum(times) < TIMED_SECONDS or len(times) < IN_A_ROW:
        times.append(_seconds(run))
    return times


def time_to_loss(side: int) -> dict[str, float]:
    """Seconds of the textbook's 100 iterations, and of `nst` on VGG19 until it has their loss."""
    network = whole_vgg19()[0]
    content, style = square_pictures(side, network.device)
    textbook = textbook_of(content, style)
    run = textbook.run(content)
    allocator.give_back()
    start = time.perf_counter()
    for _ in range(TEXTBOOK_ITERATIONS):
        _, image = next(run)
    synchronise()
    seconds = time.perf_counter() - start
    target = float(textbook.loss(image.clamp(0, 1)).detach())
    reached = _until(textbook, target, _snapshots(network, content, style))
    return {"textbook": seconds, "target": target, **reached}


def _snapshots(
    network: FeatureNetwork, content: Tensor, style: Tensor
) -> Iterator[tuple[float, Tensor]]:
    """Seconds and pictures at full size of one run of `nst`, as `stylize` goes over its scales."""
    start, image = time.perf_counter(), None
    side = content.shape[-1]
    for scale in coarse_to_fine((side, side), TEXTBOOK_ITERATIONS):
        target, example = (resize_tensor(x, scale.size) for x in (content, style))
        image = target if image is None else resize_tensor(image, scale.size)
        objective = Objective(network, target, everywhere(example), SETTINGS, PLAIN)
        for _, image in optimise(objective, ProjectedLBFGS(image), scale.iterations):  # noqa: B020
            if scale.size == (side, side):
                synchronise()
                yield time.perf_counter() - start, image


def _until(
    textbook: Textbook, target: float, snapshots: Iterator[tuple[float, Tensor]]
) -> dict[str, float]:
    """The first moment at which the textbook's own loss of our picture is below the target."""
    for iteration, (seconds, image) in enumerate(list(snapshots), start=1):
        with torch.no_grad():
            loss = float(textbook.loss(image))
        if loss <= target:
            return {"vgg19": seconds, "loss": loss, "iterations at full size": iteration}
    return {"vgg19": float("inf"), "loss": loss}


def _print_iterations(side: int, times: dict[str, float], best: float) -> None:
    for case, seconds in times.items():
        ratio = times["textbook"] / seconds
        network = load_features("compact") if "compact" in case else whole_vgg19()[0]
        share = operations(network, side) / seconds / best
        print(f"| {side} | {case} | {seconds * 1e3:.1f} | {ratio:.1f} | {share:.0%} |", flush=True)


def _measure_iterations(results: dict[str, object], best: float, most: int) -> None:
    print("| px | implementation | ms an iteration | times faster | share of peak |")
    print("|---|---|---|---|---|")
    for side, turns in TURNS.items():
        if side <= most:
            results[str(side)] = times = iterations(side, turns)
            _print_iterations(side, times, best)


def _measure_instant(results: dict[str, object]) -> None:
    device = default_device()
    for dtype in dict.fromkeys((chosen_dtype(device), torch.float32)):
        precision = str(dtype).removeprefix("torch.")
        for side in TURNS:
            for case in INSTANT_CASES:
                seconds = instant_seconds(side, dtype, own=case.endswith(OWN_STYLE))
                results[f"{case}, {side} px, {precision}"] = seconds
    for side in (512, 1024):
        for case in INSTANT_CASES:
            results[f"{case}, {side} px, peak memory"] = peak_memory(case, side)
    results["torch alone, memory"] = peak_memory("nothing", 0)


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="256 and 512 px iterations only")
    parser.add_argument("--json", type=Path, help="file for the measurements")
    parser.add_argument("--instant", action="store_true", help="instant paintings only")
    options = parser.parse_args()
    device = default_device()
    best = peak(device, chosen_dtype(device))
    precision = str(chosen_dtype(device)).removeprefix("torch.")
    weights = whole_vgg19()[1]
    print(f"{device}, {precision}, peak {best / 1e12:.2f} Tflop/s; VGG19_WEIGHTS: {weights}\n")
    results: dict[str, object] = {"peak": best, "precision": precision}
    if not options.instant:
        _measure_iterations(results, best, most=512 if options.quick else max(TURNS))
    others: dict[str, object] = {}
    if not options.quick and not options.instant:
        others["time to loss"] = time_to_loss(512)
        cases = ("textbook", "vgg19", "compact")
        others["memory"] = {case: peak_memory(case, 1024) for case in cases}
        others["command line"] = command_line()
    if not options.quick:
        _measure_instant(others)
    for name, value in others.items():
        print(f"\n{name}: {value}")
    results |= others
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
