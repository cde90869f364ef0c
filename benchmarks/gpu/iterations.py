"""What an iteration takes: milliseconds, the optimiser's share, memory, how near the floor it is.

The floor is what the convolutions alone would take at the rate of the fastest arithmetic that this
very GPU has shown here, in the precision that is used.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch.nn import functional as F

from benchmarks.common.arithmetic import operations, peak
from benchmarks.gpu.memory import forget_peak, peak_megabytes
from benchmarks.gpu.parity import graph_row
from benchmarks.gpu.plan import Plan, is_replayed, is_whole, load, objective_of
from benchmarks.gpu.rows import Check, Row
from benchmarks.gpu.timing import milliseconds
from nst.features.network import FeatureNetwork
from nst.machine.graph import FIRST_CALLS
from nst.optim.descent import optimise
from nst.optim.history import HISTORY
from nst.optim.lbfgs import ProjectedLBFGS
from nst.optim.optimizer import OPTIMIZERS
from nst.settings import STYLE_LOSSES

AIMS = {("vgg19", 512): 1.2}
"""Milliseconds of an iteration at most, by network and side."""
DEAREST_WASSERSTEIN = 1.2
"""How many times as long as with `gram` an iteration with `wasserstein` may take."""
WARM = FIRST_CALLS + HISTORY
"""Iterations until a graph is in use and the optimiser's memory is full."""
PRODUCT_SIDE = {"cuda": 8192, "cpu": 256}
CONVOLUTION = {"cuda": (512, 256), "cpu": (32, 32)}
"""Channels and pixels of a side of the convolution whose rate is measured."""


@dataclass(frozen=True)
class Measured:
    """What was found of a network, a style loss and a size.

    Attributes:
        iteration: milliseconds with the optimiser's step; `evaluation` without.
        beside: milliseconds with that step launched by Python, beside the evaluation's graph.
        megabytes: the peaks, by name; none without a GPU.
        whole: whether a CUDA graph of the whole iteration was in use.
        replayed: whether one of the evaluation was.
    """

    iteration: float
    evaluation: float
    beside: float
    megabytes: dict[str, float]
    whole: bool
    replayed: bool

    @property
    def optimiser(self) -> float:
        """The share of the optimiser's step in percent."""
        return 100 * (1 - self.evaluation / self.iteration)


def measured(plan: Plan, network: FeatureNetwork, loss: str, side: int) -> Measured:
    """Time iterations and evaluations, with the peaks of the targets, too."""
    forget_peak()
    objective, content = objective_of(network, loss, side)
    most = 10 * plan.turns
    run = optimise(objective, OPTIMIZERS["lbfgs"](content), sys.maxsize)
    iteration = milliseconds(lambda: next(run), plan.device, WARM, most)
    megabytes, whole = peak_megabytes(plan.device), is_whole(objective)
    other = optimise(objective, ProjectedLBFGS(content), sys.maxsize)
    beside = milliseconds(lambda: next(other), plan.device, WARM, most)
    evaluation = milliseconds(lambda: objective.evaluate(content), plan.device, 1, most)
    return Measured(iteration, evaluation, beside, megabytes, whole, is_replayed(objective))


@cache
def rates(device: torch.device, dtype: torch.dtype) -> dict[str, float]:
    """Operations per second of a matrix product and of a convolution that are large."""
    channels, side = CONVOLUTION[device.type]
    x = torch.randn(1, channels, side, side, device=device).to(dtype)
    kernel = torch.randn(channels, channels, 3, 3, device=device).to(dtype)
    x, kernel = (t.contiguous(memory_format=torch.channels_last) for t in (x, kernel))
    took = milliseconds(lambda: F.conv2d(x, kernel, padding=1), device, warm=5, most=20)
    count = 2 * 9 * channels**2 * side**2
    product = peak(device, dtype, PRODUCT_SIDE[device.type])
    return {"matrix product": product, "convolution": count / (took / 1e3)}


def rate_rows(plan: Plan) -> Iterator[Row]:
    """The rates that the floor is told by."""
    for name, rate in rates(plan.device, plan.dtype).items():
        yield Row("floor", f"rate of a {name}", rate / 1e12, "Tflop/s")


def _of_loss(plan: Plan, name: str, loss: str, side: int, found: Measured) -> Iterator[Row]:
    what = f"{name}, {loss}, {side} px"
    yield Row("iteration", what, found.iteration, "ms", aim=AIMS.get((name, side)))
    yield graph_row("iteration", what, plan, found.whole)
    beside = f"{what}: optimiser beside the graph"
    yield Row("iteration", beside, found.beside, "ms")
    yield graph_row("iteration", beside, plan, found.replayed)
    yield Row("optimiser", f"{what}: of an iteration", found.optimiser, "%")
    for word, number in found.megabytes.items():
        yield Row("memory", f"{what}: peak {word}", number, "MB")
    if not found.megabytes:
        yield Row("memory", what, remark="counted on GPUs alone")


def rows(plan: Plan, name: str, side: int) -> Iterator[Row]:
    """All of a network at a size: each style loss, and one beside the other."""
    network = load(name, plan.device, plan.dtype)
    took: dict[str, float] = {}
    for loss in STYLE_LOSSES:
        found = measured(plan, network, loss, side)
        took[loss] = found.iteration
        yield from _of_loss(plan, name, loss, side, found)
    ratio = took["wasserstein"] / took["gram"]
    what = f"{name}, {side} px: wasserstein / gram"
    yield Row("ratio", what, ratio, "×", aim=DEAREST_WASSERSTEIN)
    floor = 1e3 * operations(network, side) / max(rates(plan.device, plan.dtype).values())
    yield Row("floor", f"{name}, {side} px: the convolutions' arithmetic", floor, "ms")
    for loss, iteration in took.items():
        what = f"{name}, {loss}, {side} px: floor / iteration"
        yield Row("floor", what, 100 * floor / iteration, "%")


def checks(plan: Plan) -> Iterator[Check]:
    """The rates, then each network at each size."""
    yield Check("floor", "rates", 10, lambda: rate_rows(plan))
    for side in plan.sizes:
        for name in plan.networks:
            what = f"{name}, {side} px"
            yield Check("iteration", what, 15, lambda n=name, s=side: rows(plan, n, s))
