"""What a style strength does, the same on every pair of pictures:

    python -m benchmarks.strength CONTENTS STYLES [--features compact vgg19] [--sizes 256 512]
        [--optimizers lbfgs adam]

For six pairs and five strengths: the style loss that is left, as a share of the photograph's own,
its variation across the pairs, and the content loss. `--pictures` keeps a grid of the results.
VGG19 is used up to relu3_4, so that a file of its first convolutions (NST_VGG19_WEIGHTS) serves.
"""

import argparse
import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, stdev

from PIL import Image

from benchmarks.quality import PAIRS, find
from nst import Settings, load_features, stylize
from nst.features import FeatureNetwork
from nst.images import open_image
from nst.settings import SPECS

STRENGTHS = (10, 30, 50, 70, 90)
COUNT = 6
DEEP = {"relu4_1_weight": 0, "relu5_1_weight": 0}
TILE = 256, 192
HEADER = """\
| features, px, optimiser | strength | style left | variation | content loss | of each pair |
|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class End:
    """How a run ended."""

    style_left: float
    content_loss: float
    image: Image.Image


def measure(features: FeatureNetwork, pair: list[Image.Image], settings: Settings) -> list[End]:
    """The ends of a pair's runs with `settings`, by strength."""
    if features.name == "vgg19":
        settings = replace(settings, **DEEP)
    untouched = replace(settings, style_strength=0, iterations=1)
    start = next(stylize(*pair, untouched, features=features)).style_loss
    ends = []
    for strength in STRENGTHS:
        run = replace(settings, style_strength=strength)
        *_, step = stylize(*pair, run, features=features)
        ends.append(End(step.style_loss / start, step.content_loss, step.image))
    return ends


def monotone(ends: list[End]) -> bool:
    """Whether each strength leaves less style loss and more content loss than the one before."""
    return all(
        a.style_left > b.style_left and a.content_loss < b.content_loss
        for a, b in itertools.pairwise(ends)
    )


def _print(label: str, pairs: list[list[End]]) -> None:
    for strength, ends in zip(STRENGTHS, zip(*pairs, strict=True), strict=True):
        left = [end.style_left for end in ends]
        each = ", ".join(f"{x:.4f}" for x in left)
        variation, content = stdev(left) / mean(left), mean(end.content_loss for end in ends)
        numbers = f"{mean(left):.4f} | {variation:.2f} | {content:.3f}"
        print(f"| {label} | {strength} | {numbers} | {each} |")
    count = sum(monotone(ends) for ends in pairs)
    print(f"| {label} | strictly monotone | {count} of {len(pairs)} pairs | | | |", flush=True)


def _grid(pairs: list[list[End]], path: Path) -> None:
    width, height = TILE
    sheet = Image.new("RGB", (width * len(STRENGTHS), height * len(pairs)), "white")
    for y, ends in enumerate(pairs):
        for x, end in enumerate(ends):
            picture = end.image.convert("RGB")
            picture.thumbnail(TILE)
            sheet.paste(picture, (x * width, y * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    parser.add_argument("--features", nargs="+", default=["compact"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[256, 512])
    parser.add_argument("--optimizers", nargs="+", default=[SPECS["optimizer"].default])
    parser.add_argument("--iterations", type=int, default=SPECS["iterations"].default)
    parser.add_argument("--pictures", type=Path, help="folder for the grids")
    options = parser.parse_args()
    print(HEADER, flush=True)
    runs = itertools.product(options.features, options.sizes, options.optimizers)
    for name, size, optimizer in runs:
        features = load_features(name)
        settings = Settings(size=size, iterations=options.iterations, optimizer=optimizer)
        pairs = []
        for content, style in PAIRS[:COUNT]:
            paths = find(options.contents, content), find(options.styles, style)
            pair = [open_image(path) for path in paths]
            pairs.append(measure(features, pair, settings))
        if options.pictures:
            _grid(pairs, options.pictures / f"strength-{name}-{size}-{optimizer}.png")
        _print(f"{name}, {size}, {optimizer}", pairs)


if __name__ == "__main__":
    main()
