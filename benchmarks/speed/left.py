"""How right the seconds are that a run says are left, alone and beside a busy machine:

    python -m benchmarks.speed.left [CASE …] [--load alone busy midway]

Each case is painted alone, beside a busy process on each processor, and with those begun halfway,
which nobody can foresee: what is said before the fifth iteration after that does not count. Else
from the fifth iteration on, what each step says is compared with what was really left, both of a
second at least, since whole seconds are said: the worst factor by which it is too much (above 1) or
too little is printed. Beside it are

- pixels: the same if what is left were told from all the time gone and the pixels painted, and
- iterations: if it were told from the iterations alone, as progress bars do;
- the three again on the clock of this process's own processor time, in which nobody else's work is:
  about what they would be if nobody else were there; and
- estimate: what `--estimate` says just before, under the same load, over what the run takes.

CASE is a number of the table, all when none.
"""

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence

from benchmarks.common.busy import busy
from benchmarks.common.cases import EXAMPLES
from nst import Settings, load_features, stylize
from nst.costs import work
from nst.costs.left import SecondsLeft
from nst.costs.seconds import calibrate, estimate
from nst.features.network import FeatureNetwork
from nst.pictures.bounds import fit
from nst.pictures.reading import open_image
from nst.presets import preset
from nst.scales import Scale, plan

CONTENT, STYLE = EXAMPLES / "content" / "cat.jpg", EXAMPLES / "paintings" / "wheat-field.jpg"
CASES = tuple(
    (name, Settings(size=size, iterations=iterations, **preset(name)))
    for name, size, iterations in (
        ("Balanced", 256, 40),
        ("Tints", 256, 40),
        ("Balanced", 384, 40),
        ("Bold", 384, 40),
        ("Tints", 384, 40),
        ("My colours", 384, 40),
        ("Balanced", 768, 30),
    )
)
LOADS = ("alone", "busy", "midway")
FIRST = 5
"""The first iteration that counts."""
HEAD = (
    "| case | run | others | s | processor s | said | pixels | iterations "
    "| said, processor | pixels, processor | iterations, processor | estimate |"
)
LEAST = 1.0
"""Seconds: less is not told apart."""


def factor(said: float, real: float) -> float:
    """What was said over what was true."""
    return max(said, LEAST) / max(real, LEAST)


def worst(said: Sequence[float], clock: Sequence[float], since: int) -> float:
    """The worst factor by what each step says, on a clock, from a step's index on."""
    each = [factor(s, clock[-1] - now) for s, now in zip(said, clock, strict=True)][since:]
    return max(each, key=lambda f: max(f, 1 / f))


def by_share(clock: Sequence[float], each: Sequence[float]) -> list[float]:
    """What would be said from the time gone and the share of the work done, if `each` were it."""
    whole, done, said = sum(each), 0.0, []
    for now, amount in zip(clock, each, strict=True):
        done += amount
        said.append(now * (whole / done - 1))
    return said


def by_pace(clock: Sequence[float], scales: Sequence[Scale], style_scale: float) -> list[float]:
    """What the steps say on a clock."""
    left = SecondsLeft(work.of_run(scales, "cpu", style_scale), 0.0)
    return [left.after(iteration, now) for iteration, now in enumerate(clock, 1)]


def clocks(
    settings: Settings, features: FeatureNetwork, halfway: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """When each step of a run is there, by the wall's and the processor's seconds.

    Args:
        halfway: what is done when half of the iterations are.
    """
    content, style = open_image(CONTENT), open_image(STYLE)
    wall, processor = [time.perf_counter()], [time.process_time()]
    for step in stylize(content, style, settings, features=features):
        wall.append(time.perf_counter())
        processor.append(time.process_time())
        if step.iteration == settings.iterations // 2:
            halfway()
    return [t - wall[0] for t in wall[1:]], [t - processor[0] for t in processor[1:]]


def factors(clock: Sequence[float], settings: Settings, since: int) -> Iterator[float]:
    """The worst of each way to tell what is left, on a clock."""
    size = fit(*open_image(CONTENT).size, settings.size)
    scales = plan(size, settings)
    pixels = [scale.pixels for scale in scales for _ in range(scale.iterations)]
    yield worst(by_pace(clock, scales, settings.style_scale), clock, since)
    yield worst(by_share(clock, pixels), clock, since)
    yield worst(by_share(clock, [1] * len(clock)), clock, since)


def row(number: int, load: str, features: FeatureNetwork) -> str:
    """A row of the table."""
    name, settings = CASES[number]
    with contextlib.ExitStack() as others:
        if load == "busy":
            others.enter_context(busy())
        calibrate.cache_clear()
        estimated = estimate(open_image(CONTENT).size, settings, features).seconds
        begin = (lambda: others.enter_context(busy())) if load == "midway" else (lambda: None)
        wall, processor = clocks(settings, features, begin)
    since = FIRST - 1 + (settings.iterations // 2 if load == "midway" else 0)
    said = (*factors(wall, settings, since), *factors(processor, settings, since))
    cells = " | ".join(f"{value:.2f}" for value in (*said, estimated / wall[-1]))
    run = f"{name}, {settings.size} px, {settings.iterations} iterations"
    return f"| {number + 1} | {run} | {load} | {wall[-1]:.0f} | {processor[-1]:.0f} | {cells} |"


def rows(numbers: Sequence[int], loads: Sequence[str]) -> Iterator[str]:
    """The table, row by row."""
    features = load_features("compact")
    yield HEAD
    yield "|" + "---|" * HEAD.count(" | ") + "---|"
    for number in numbers:
        for load in loads:
            yield row(number, load, features)


def main() -> None:
    """Paint the cases and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("cases", type=int, nargs="*", help=f"1 to {len(CASES)}; all when none")
    parser.add_argument("--load", choices=LOADS, nargs="+", default=LOADS)
    options = parser.parse_args()
    for line in rows([n - 1 for n in options.cases] or range(len(CASES)), options.load):
        print(line, flush=True)


if __name__ == "__main__":
    main()
