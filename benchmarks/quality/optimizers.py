"""L-BFGS against Adam on thirty pairs, ordinary and extreme, with the compact network:

    python -m benchmarks.quality.optimizers CONTENTS STYLES

Twenty pairs are photographs with paintings, ten are flat, black, white, tiny or equal pictures.
For each pair the loss at the start and after 100 iterations of either optimiser is printed.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from torch import Tensor

from nst import Settings, load_features
from nst.loss.balance import PLAIN
from nst.loss.evaluated import Losses
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.optim.descent import optimise
from nst.optim.optimizer import OPTIMIZERS
from nst.pictures.bounds import fit
from nst.pictures.reading import open_image
from nst.pictures.tensors import resize_image, to_tensor

SIZE, ITERATIONS = 160, 100
Pair = tuple[str, Image.Image, Image.Image]


def _pairs(contents: list[Image.Image], styles: list[Image.Image]) -> Iterator[Pair]:
    for i in range(0, 60, 3):
        yield f"ordinary {i // 3}", contents[i % len(contents)], styles[i % len(styles)]
    flat, black, white = (Image.new("RGB", (64, 48), c) for c in ("#806040", "black", "white"))
    tiny = contents[0].resize((10, 8))
    yield "flat content", flat, styles[0]
    yield "flat style", contents[0], flat
    yield "black content", black, styles[1]
    yield "black style", contents[1 % len(contents)], black
    yield "tiny content", tiny, styles[2]
    yield "tiny style", contents[2], tiny
    yield "equal photographs", contents[3], contents[3]
    yield "equal paintings", styles[4], styles[4]
    yield "white content", white, styles[5]
    yield "black content, white style", black, white


def _tensor(image: Image.Image) -> Tensor:
    return to_tensor(resize_image(image, fit(*image.size, SIZE)))


def _total(objective: Objective, losses: Losses) -> float:
    return objective.balance(losses.content, losses.style).loss


def main() -> None:
    """Run all pairs and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of at least four photographs")
    parser.add_argument("styles", type=Path, help="folder of at least six paintings")
    options = parser.parse_args()
    folders = (options.contents, options.styles)
    pictures = [[open_image(p) for p in sorted(folder.glob("*.jpg"))] for folder in folders]
    features = load_features("compact")
    print("| pair | start | L-BFGS | Adam | L-BFGS over Adam |\n|---|---|---|---|---|")
    for name, *pair in _pairs(*pictures):
        content, style = (_tensor(image).to(features.device) for image in pair)
        objective = Objective(features, content, everywhere(style), Settings(tv_weight=0), PLAIN)
        ends = []
        for optimizer in ("lbfgs", "adam"):
            steps = list(optimise(objective, OPTIMIZERS[optimizer](content), ITERATIONS))
            ends.append(_total(objective, steps[-1][0]))
        start = _total(objective, steps[0][0])
        ratio = ends[0] / max(ends[1], 1e-9)
        print(f"| {name} | {start:.3f} | {ends[0]:.4f} | {ends[1]:.4f} | {ratio:.3f} |", flush=True)


if __name__ == "__main__":
    main()
