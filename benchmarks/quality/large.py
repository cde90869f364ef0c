"""Whether a large result is the same painting: style left at screen size, and up to its own:

    python -m nst CONTENT STYLE -o 512.png --size 512
    python -m nst CONTENT STYLE -o 4096.png --size 4096
    python -m benchmarks.quality.large CONTENT STYLE 512.png 4096.png

The measure is `benchmarks.quality.neutral`'s. At screen size, result, photograph and painting are
all at 512 pixels; then all are at twice that, and so on, up to the result's own size, to which
photograph and painting are enlarged as the run had them. Large pictures are seen in crops of 512
pixels on a grid, and the quantiles are those of all crops' pixels together. What the files of
photograph and painting have no pixels for is blurred in both: there the figures tell how near a
result is to the enlarged painting, not to a finer scan of it.
"""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean

import torch
from PIL import Image
from torch import Tensor

from benchmarks.common.pictures import sized
from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import MEASURED, Yardstick, projected, quantiles
from nst.machine.device import default_device
from nst.pictures.reading import open_image
from nst.settings import STYLE_LAYERS

SCREEN = 512
"""Longest side on a screen, and the side of crops, in pixels."""
SAMPLE = 2**14
"""Pixels of each crop's layers that are sorted, at most, if there are several."""
HEADER = f"| result | seen at, px | {' | '.join(STYLE_LAYERS)} | style left | content | edges |"


def crops(picture: Tensor) -> Iterator[Tensor]:
    """A grid of crops that cover a picture (1, 3, H, W): its corners are not its middle."""
    for top in _starts(picture.shape[2]):
        for left in _starts(picture.shape[3]):
            yield picture[:, :, top : top + SCREEN, left : left + SCREEN]


def _starts(length: int) -> list[int]:
    room, count = max(0, length - SCREEN), -(-length // SCREEN)
    return [round(i * room / max(1, count - 1)) for i in range(count)]


@torch.no_grad()
def seen(network: Reference, picture: Tensor) -> dict[str, Tensor]:
    """By layer, the quantiles of all crops of a picture (1, 3, H, W) together."""
    found: dict[str, list[Tensor]] = {layer: [] for layer in STYLE_LAYERS}
    for crop in crops(picture):
        for layer, activations in network(crop.to(network.device), STYLE_LAYERS).items():
            pixels = activations[0, 0].numel()
            found[layer].append(projected(activations)[:, :: max(1, pixels // SAMPLE)])
    return {layer: quantiles(torch.cat(parts, 1)) for layer, parts in found.items()}


def left(network: Reference, result: Tensor, content: Tensor, style: Tensor) -> Mapping[str, float]:
    """By layer, the share of the photograph's distance to the painting that a result has left."""
    picture, photograph, painting = (seen(network, each) for each in (result, content, style))
    return {
        k: float(
            (picture[k] - painting[k]).square().mean()
            / (photograph[k] - painting[k]).square().mean()
        )
        for k in STYLE_LAYERS
    }


def rows(network: Reference, content: Image.Image, style: Image.Image, path: Path) -> Iterator[str]:
    """A result's rows of the table, one for each size that it is seen at."""
    with Image.open(path) as image:
        longest = max(image.size)
    result = open_image(path, size=longest)
    on_screen = [sized(each, SCREEN).to(network.device) for each in (content, style, result)]
    measured = Yardstick(network, *on_screen[:2]).measure(on_screen[2])
    ends = f"{measured.content:.2f} | {measured.edges:.2f} |"
    yield f"| {path.name} | {SCREEN} | {_figures(measured.left)} | {ends}"
    size = SCREEN
    while size < longest:
        size = min(2 * size, longest)
        own = left(network, *(sized(each, size) for each in (result, content, style)))
        yield f"| {path.name} | {size} | {_figures(own)} | | |"


def _figures(of_layers: Mapping[str, float]) -> str:
    numbers = [*of_layers.values(), mean(of_layers[layer] for layer in MEASURED)]
    return " | ".join(f"{number:.3f}" for number in numbers)


def main() -> None:
    """Measure and print, or say what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("results", type=Path, nargs="+", help="of these two, at any sizes")
    options = parser.parse_args()
    try:
        network = load_reference(default_device())
    except FileNotFoundError as missing:
        print(f"Skipped: {missing}")
        return
    print(HEADER, "|---" * (len(STYLE_LAYERS) + 5) + "|", sep="\n")
    for path in options.results:
        pictures = open_image(options.content), open_image(options.style)
        for row in rows(network, *pictures, path):
            print(row, flush=True)


if __name__ == "__main__":
    main()
