"""What people wait for: whole runs, the first picture of a new process, instant paintings."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from benchmarks.common.cases import CONTENT, EXAMPLES, STYLE
from benchmarks.gpu.plan import RUN_SIDE, Plan, load, named_weights
from benchmarks.gpu.rows import LEFT_OUT, Check, Row
from benchmarks.speed.instant import instant_seconds
from nst import Settings, stylize
from nst.features.network import FeatureNetwork
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover
from nst.settings import OWN_STYLE, STYLE_LOSSES

RUN_SECONDS, FIRST_SECONDS = 0.3, 1.2
"""What a warm run of 200 iterations at 512 px, and a first picture, may take."""
RUN_ITERATIONS = 200
PATIENCE = 45.0
"""Seconds after which a new process is given up."""


def _aim(plan: Plan, seconds: float) -> float | None:
    """What is aimed at, if the plan is what the aim is for."""
    usual = plan.run_side == RUN_SIDE and plan.iterations == RUN_ITERATIONS
    return seconds if usual else None


def run_seconds(plan: Plan, network: FeatureNetwork, loss: str) -> float:
    """Median seconds of a run, from pictures to a picture, after one that does not count."""
    side = plan.run_side
    pictures = [cover(open_image(path), (side, side)) for path in (CONTENT, STYLE)]
    settings = Settings(size=side, iterations=plan.iterations, style_loss=loss)
    times = []
    for _ in range(1 + plan.turns):
        start = time.perf_counter()
        for _ in stylize(*pictures, settings, features=network):
            pass  # the last step has a picture, for which a GPU has to be done
        times.append(time.perf_counter() - start)
    return median(times[1:])


def run_rows(plan: Plan, name: str, loss: str) -> Iterator[Row]:
    """A warm run of a network and a style loss."""
    network = load(name, plan.device, plan.dtype)
    what = f"{name}, {loss}, {plan.run_side} px: {plan.iterations} iterations, warm"
    seconds = run_seconds(plan, network, loss)
    yield Row("run", what, seconds, "s", aim=_aim(plan, RUN_SECONDS))


def first_rows(plan: Plan, name: str) -> Iterator[Row]:
    """The first picture of a new process, whose parts it tells."""
    what = f"{name}, {plan.run_side} px"
    if name == "vgg19" and named_weights() is None:
        yield Row("first picture", what, remark=f"{LEFT_OUT}: no file of its weights is named")
        return
    numbers = (str(plan.run_side), str(plan.iterations))
    command = (sys.executable, "-m", "benchmarks.gpu.first", CONTENT, STYLE, name)
    done = subprocess.run(
        [*command, plan.device.type, *numbers],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise RuntimeError(f"the new process ended with {done.returncode}: {''.join(last)}")
    parts = json.loads(done.stdout)
    preview = parts.pop("preview")
    for part, seconds in parts.items():
        yield Row("first picture", f"{what}: {part}", seconds, "s")
    yield Row("first picture", f"{what}: first preview of that run", preview, "s")
    whole = sum(parts.values())
    yield Row("first picture", f"{what}: {', '.join(parts)}", whole, "s", _aim(plan, FIRST_SECONDS))


def instant_rows(plan: Plan, *, own: bool) -> Iterator[Row]:
    """An instant painting of each size, warm."""
    word = f"any painting's ({OWN_STYLE})" if own else "by name"
    for side in plan.sizes:
        turns = 1 + plan.turns
        seconds = instant_seconds(side, plan.dtype, own=own, device=plan.device, turns=turns)
        yield Row("instant", f"{word}, {side} px", 1e3 * seconds, "ms")


def checks(plan: Plan) -> Iterator[Check]:
    """Warm runs, first pictures, instant paintings."""
    for name in plan.networks:
        for loss in STYLE_LOSSES:
            yield Check("run", f"{name}, {loss}", 10, lambda n=name, k=loss: run_rows(plan, n, k))
    for name in plan.networks:
        yield Check("first picture", name, PATIENCE / 2, lambda n=name: first_rows(plan, n))
    for own in (False, True):
        word = "any painting's" if own else "by name"
        yield Check("instant", word, 10, lambda o=own: instant_rows(plan, own=o))
