"""What more iterations buy: style left, content and edges against processor seconds:

    python -m benchmarks.quality.iterations CONTENTS STYLES [--counts 60 100 200] [--pairs 6]

The compact network paints the pairs of `benchmarks.quality.paintings` with the default settings but
for the iterations, all in one process, and the results are measured by what nothing optimises
(`benchmarks.quality.neutral`). Seconds are the process's own, so that other programs cost none.
"""

import argparse
from pathlib import Path
from statistics import mean

from benchmarks.common.pictures import find
from benchmarks.common.reference import load_reference
from benchmarks.quality.neutral import Measured, Yardstick
from benchmarks.quality.paintings import PAIRS, Pair, clock, ours
from nst import load_features
from nst.machine.device import default_device
from nst.pictures.reading import open_image
from nst.settings import SPECS

COUNTS = (60, int(SPECS["iterations"].default), 140, 200)
HEADER = """\
| iterations | style left | most | content | edges | seconds | of the last |
|---|---|---|---|---|---|---|"""


def measure(pairs: list[Pair], counts: list[int]) -> dict[int, list[tuple[Measured, float]]]:
    """By count, each pair's figures and seconds; the counts take turns on each pair."""
    network, compact = load_reference(default_device()), load_features("compact")
    found: dict[int, list[tuple[Measured, float]]] = {count: [] for count in counts}
    for pair in pairs:
        yardstick = Yardstick(network, *pair.tensors(network.device))
        for count in counts:
            started = clock()
            _, picture = ours(compact, pair, "wasserstein", count)
            seconds = clock() - started
            found[count].append((yardstick.measure(picture.to(network.device)), seconds))
    return found


def table(found: dict[int, list[tuple[Measured, float]]]) -> str:
    """Means over the pairs, as Markdown."""
    lines, longest = [HEADER], mean(seconds for _, seconds in list(found.values())[-1])
    for count, results in found.items():
        measured, seconds = [m for m, _ in results], mean(s for _, s in results)
        left = [m.style_left for m in measured]
        lines.append(
            f"| {count} | {mean(left):.3f} | {max(left):.3f} | "
            f"{mean(m.content for m in measured):.2f} | {mean(m.edges for m in measured):.2f} | "
            f"{seconds:.1f} | {seconds / longest:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print, or say what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="how many of them")
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    options = parser.parse_args()
    try:
        pairs = [
            Pair(
                open_image(find(options.contents, content)),
                open_image(find(options.styles, style)),
                options.size,
            )
            for content, style in PAIRS[: options.pairs]
        ]
        print(table(measure(pairs, options.counts)))
    except FileNotFoundError as missing:
        print(f"Skipped: {missing}")


if __name__ == "__main__":
    main()
