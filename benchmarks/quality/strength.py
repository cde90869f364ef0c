"""What a style strength does, alike on every pair of pictures:

    python -m benchmarks.quality.strength CONTENTS STYLES [--losses wasserstein gram]
        [--features compact reference] [--sizes 256 512] [--optimizers lbfgs adam]

For six pairs and four strengths, by a measure that nothing optimises
(`benchmarks.quality.neutral`): the style that is left, as a share of the photograph's own, its
variation across the pairs, the content and the edges. `--pictures` keeps a grid of the results.
"""

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

from PIL import Image

from benchmarks.common.pictures import find
from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import Measured, Yardstick
from benchmarks.quality.paintings import PAIRS, Pair
from nst import Settings, load_features, stylize
from nst.features.network import FeatureNetwork
from nst.machine.device import default_device
from nst.pictures.reading import open_image
from nst.pictures.tensors import to_tensor
from nst.settings import SPECS, STYLE_LOSSES

STRENGTHS = (25, 50, 75, 100)
TILE = 256, 192
HEADER = """\
| loss, features, px, optimiser | strength | style left | variation | content | edges | \
of each pair |
|---|---|---|---|---|---|---|"""

End = tuple[Measured, Image.Image]
"""What a run left, and its picture."""


def measure(
    features: FeatureNetwork | Reference, network: Reference, pair: Pair, settings: Settings
) -> Iterator[End]:
    """The ends of a pair's runs with `settings`, by strength, measured with a network."""
    yardstick = Yardstick(network, *pair.tensors(network.device))
    for strength in STRENGTHS:
        run = replace(settings, style_strength=strength)
        *_, step = stylize(pair.content, pair.style, run, features=features)
        picture = to_tensor(step.image.convert("RGB")).to(network.device)
        yield yardstick.measure(picture), step.image


def monotone(ends: list[End]) -> bool:
    """Whether each strength leaves less style and fewer edges than the one before."""
    return all(
        a.style_left > b.style_left and a.edges > b.edges
        for (a, _), (b, _) in itertools.pairwise(ends)
    )


def _print(label: str, pairs: list[list[End]]) -> None:
    for strength, ends in zip(STRENGTHS, zip(*pairs, strict=True), strict=True):
        left = [measured.style_left for measured, _ in ends]
        content = mean(measured.content for measured, _ in ends)
        edges = mean(measured.edges for measured, _ in ends)
        numbers = f"{mean(left):.4f} | {stdev(left) / mean(left):.2f} | {content:.2f} | {edges:.2f}"
        print(f"| {label} | {strength} | {numbers} | {', '.join(f'{x:.3f}' for x in left)} |")
    count = sum(monotone(ends) for ends in pairs)
    print(f"| {label} | strictly monotone | {count} of {len(pairs)} | | | | |", flush=True)


def _grid(pairs: list[list[End]], path: Path) -> None:
    width, height = TILE
    sheet = Image.new("RGB", (width * len(STRENGTHS), height * len(pairs)), "white")
    for y, ends in enumerate(pairs):
        for x, (_, image) in enumerate(ends):
            picture = image.convert("RGB")
            picture.thumbnail(TILE)
            sheet.paste(picture, (x * width, y * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    parser.add_argument("--losses", nargs="+", default=list(STYLE_LOSSES))
    parser.add_argument("--features", nargs="+", default=["compact"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[256, 512])
    parser.add_argument("--optimizers", nargs="+", default=[SPECS["optimizer"].default])
    parser.add_argument("--pictures", type=Path, help="folder for the grids")
    return parser.parse_args()


def main() -> None:
    """Measure and print the table."""
    options = _options()
    try:
        network = load_reference(default_device())
    except FileNotFoundError as missing:
        print(f"Skipped: {missing}")
        return
    print(HEADER, flush=True)
    runs = itertools.product(options.losses, options.features, options.sizes, options.optimizers)
    for loss, name, size, optimizer in runs:
        features = network if name == "reference" else load_features(name)
        settings = Settings(size=size, optimizer=optimizer, style_loss=loss)
        pairs = []
        for content, style in PAIRS:
            paths = find(options.contents, content), find(options.styles, style)
            pair = Pair(*(open_image(path) for path in paths), size)
            pairs.append(list(measure(features, network, pair, settings)))
        label = f"{loss}, {name}, {size}, {optimizer}"
        if options.pictures:
            _grid(pairs, options.pictures / f"strength-{label.replace(', ', '-')}.png")
        _print(label, pairs)


if __name__ == "__main__":
    main()
