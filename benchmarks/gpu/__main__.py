"""All that only a GPU can show, in one table and in less than four minutes:

    NST_VGG19_WEIGHTS=vgg19.safetensors python -m benchmarks.gpu [--sections parity …]

* parity: a few iterations beside the processor's in float32, and with a CUDA graph beside without
* iteration, ratio, optimiser, memory, floor: what an iteration takes, of what, and at least
* run, first picture, instant: what people wait for

Each figure has its aim beside it where there is one, and whether it is reached. What no time is
left for is left out, and what fails says how; both are rows of the table. Without a file of VGG19's
weights, whose values its times do not depend on, they are random: nothing is fetched.

`--device cpu` has a processor stand in for the GPU, to try the program itself:

    python -m benchmarks.gpu --device cpu --sizes 64 --networks compact --iterations 5 --turns 1
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import torch

from benchmarks.gpu import iterations, parity, whole
from benchmarks.gpu.plan import NETWORKS, SIZES, Plan, vgg19
from benchmarks.gpu.rows import HEAD, Budget, Check, Row, summary, table
from nst.machine.precision import chosen_dtype

BUDGET = 210.0
"""Seconds of all checks: with loading torch before and one check too long, less than 240."""
UNMEASURED = "There is no GPU of CUDA's here: what it would show is unmeasured."
SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "parity": ("parity",),
        "iterations": ("iteration", "floor"),
        "runs": ("run",),
        "first": ("first picture",),
        "instant": ("instant",),
    }
)
"""What can be asked for alone -> the sections of its checks."""


def _machine_rows(plan: Plan) -> Iterator[Row]:
    """What the figures are of."""
    on_gpu = plan.device.type == "cuda"
    name = torch.cuda.get_device_name() if on_gpu else "a CPU, which stands in for a GPU"
    yield Row("machine", "device", remark=name)
    versions = f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}"
    yield Row("machine", "versions", remark=versions)
    yield Row("machine", "precision", remark=str(plan.dtype).removeprefix("torch."))
    if "vgg19" in plan.networks:
        _, word = vgg19(torch.device("cpu"), torch.float32)
        yield Row("machine", "vgg19's weights", remark=word)


def checks(plan: Plan, asked: Sequence[str]) -> Iterator[Check]:
    """Those of the sections that are asked for, what matters most first."""
    yield Check("machine", "what it is", 0, lambda: _machine_rows(plan))
    wanted = {section for word in asked for section in SECTIONS[word]}
    for module in (parity, iterations, whole):
        yield from (check for check in module.checks(plan) if check.section in wanted)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="sides in pixels")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--sections", nargs="+", choices=SECTIONS, default=tuple(SECTIONS))
    parser.add_argument("--iterations", type=int, default=200, help="of whole runs")
    parser.add_argument("--turns", type=int, default=3, help="that are timed, at least 1")
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds of all checks")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print the rows as they come, and return the exit code, which is 0."""
    options = _options(arguments)
    if options.device == "cuda" and not torch.cuda.is_available():
        print(UNMEASURED)
        return 0
    budget, device = Budget(options.budget), torch.device(options.device)
    plan = Plan(
        device,
        chosen_dtype(device),
        options.sizes,
        options.networks,
        options.iterations,
        options.turns,
    )
    print(HEAD)
    seen = []
    for row in table(checks(plan, options.sections), budget):
        seen.append(row)
        print(row, flush=True)
    print(f"\n{summary(seen)} {options.budget - budget.left():.0f} s.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
