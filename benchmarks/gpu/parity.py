"""Whether a GPU's iterations are the processor's in float32, with CUDA graphs and without."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from benchmarks.gpu.plan import Plan, is_replayed, is_whole, load, objective_of, without_graph
from benchmarks.gpu.rows import Check, Row
from nst.loss.objective import Objective
from nst.machine.graph import FIRST_CALLS
from nst.optim.iterations import iterations_of
from nst.optim.lbfgs import ProjectedLBFGS
from nst.optim.optimizer import OPTIMIZERS, Optimizer
from nst.settings import STYLE_LOSSES

SIDE = 128
ITERATIONS = FIRST_CALLS + 3
"""One more than the first calls is compared with its replay, and the last two are replayed."""
Tolerances = tuple[float, float, float]
FULL: Mapping[str, Tolerances] = MappingProxyType(
    {"wasserstein": (0.005, 0.05, 0.3), "gram": (0.002, 0.05, 0.1)}
)
"""Of float32 by style loss, for `differences`. A GPU makes `wasserstein`'s roots by products: done
so on a processor, in float32, these came to up to 0.0013, 0.010 and 0.21 (VGG19, random, 64 px)."""
LOW: Tolerances = (0.05, 0.25, 0.45)
"""Of bfloat16. Six iterations in it on a processor ended up to 0.11 in the loss and 0.34 in the
picture from those in float32."""
SAME: Tolerances = (0.001, 0.01, 0.05)
"""Of two ways to do the same in one precision, whose sums may be added in any order."""
DIFFERENCES = ("style loss at the start", "loss at the end", "picture at the end")


@dataclass(frozen=True)
class Descent:
    """What a few iterations came to.

    Attributes:
        first: the style loss at the start, which the balance leaves as it is.
        last: the loss of the last picture but one.
        start: (1, 3, H, W), on the processor; `picture` likewise.
        replayed: whether a CUDA graph of the evaluation was in use in the end.
        whole: whether one of the whole iteration was.
    """

    first: float
    last: float
    start: Tensor
    picture: Tensor
    replayed: bool
    whole: bool


def descent(
    objective: Objective, start: Tensor, kind: Callable[[Tensor], Optimizer] = OPTIMIZERS["lbfgs"]
) -> Descent:
    """A few iterations from a picture (1, 3, H, W), by the optimiser of the device or another."""
    optimizer = kind(start)
    (_, first, _), *_, (last, _, _) = iterations_of(objective, optimizer, ITERATIONS)
    replayed, whole = is_replayed(objective), is_whole(objective)
    return Descent(first.style, last, start.cpu(), optimizer.image.cpu(), replayed, whole)


def differences(one: Descent, other: Descent) -> Tolerances:
    """How far one is from the other: both losses relatively, the picture as a share of its way."""
    way = (other.picture - other.start).norm()
    return (
        abs(one.first / other.first - 1),
        abs(one.last / other.last - 1),
        float((one.picture - other.picture).norm() / way),
    )


@contextmanager
def full_precision() -> Iterator[None]:
    """Inside, float32 is float32: convolutions default to TF32, whose products have ten bits."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before


def _compared(what: str, one: Descent, other: Descent, tolerances: Tolerances) -> Iterator[Row]:
    found = differences(one, other)
    for name, difference, tolerance in zip(DIFFERENCES, found, tolerances, strict=True):
        yield Row("parity", f"{what}: {name}", difference, aim=tolerance)


def rows(plan: Plan, name: str, loss: str) -> Iterator[Row]:
    """The comparisons of a network and a style loss."""
    cpu, side = torch.device("cpu"), min(SIDE, *plan.sizes)
    here = descent(*objective_of(load(name, cpu, torch.float32), loss, side))
    what = f"{name}, {loss}, {side} px"
    with full_precision():
        there = descent(*objective_of(load(name, plan.device, torch.float32), loss, side))
    yield from _compared(f"{what}, float32 against the CPU's", there, here, FULL[loss])
    network = load(name, plan.device, plan.dtype)
    there = descent(*objective_of(network, loss, side))
    if plan.dtype != torch.float32:
        precision = str(plan.dtype).removeprefix("torch.")
        yield from _compared(f"{what}, {precision} against float32 on the CPU", there, here, LOW)
    beside = descent(*objective_of(network, loss, side), ProjectedLBFGS)
    inside = f"{what}, optimiser inside the graph"
    yield from _compared(f"{inside} against beside it", there, beside, SAME)
    objective, start = objective_of(network, loss, side)
    plain = descent(without_graph(objective), start, ProjectedLBFGS)
    yield from _compared(f"{what}, with a graph against without", beside, plain, SAME)
    yield graph_row("parity", inside, plan, there.whole)
    yield graph_row("parity", what, plan, beside.replayed)


def graph_row(section: str, what: str, plan: Plan, replayed: bool) -> Row:
    """Whether what was measured was replayed as a graph: 0 for yes, else it was done without."""
    if plan.device.type != "cuda":
        return Row(section, f"{what}: without a graph", remark="graphs are for GPUs alone")
    return Row(section, f"{what}: without a graph", float(not replayed), "of 1", aim=0.0)


def checks(plan: Plan) -> Iterator[Check]:
    """Those of each network and style loss."""
    for name in plan.networks:
        for loss in STYLE_LOSSES:
            yield Check("parity", f"{name}, {loss}", 10, lambda n=name, k=loss: rows(plan, n, k))
