"""How good pictures are that the compact network guides, judged by VGG19:

    NST_VGG19_WEIGHTS=vgg19.safetensors python -m benchmarks.quality.compact CONTENTS STYLES
        [--paintings]

Each pair of pictures is optimised twice, with VGG19 in float32 and with the compact network as it
ships, from the content picture, for the same number of iterations. Both results are measured with
the first: the loss L that VGG19's run minimises (relu3_3 content loss + 20 times the mean Gram loss
of relu1_1, relu2_1 and relu3_1, each relative to its target), and, because nobody optimised it, the
sliced Wasserstein distance between result and style of VGG19's activations.
With --paintings our results and others' are measured by what none of them optimises: see
`benchmarks.quality.paintings`.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from benchmarks.common.pictures import find, load
from nst import Settings, load_features
from nst.features.network import FeatureNetwork
from nst.loss.balance import PLAIN
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.optim.descent import optimise
from nst.optim.lbfgs import ProjectedLBFGS
from nst.pictures.tensors import to_image

PAIRS = (
    ("tubingen", "van-gogh-starry-night"),
    ("tubingen", "turner-shipwreck"),
    ("kinkaku-ji", "sakai-hoitsu-flowers"),
    ("kodak-04", "matisse-woman-with-a-hat"),
    ("kodak-15", "kandinsky-in-grey"),
    ("kodak-19", "monet-water-lilies"),
    ("kodak-19", "van-gogh-wheat-field"),
    ("kodak-23", "mondrian"),
    ("kodak-23", "gauguin-tahiti"),
    ("kinkaku-ji", "van-gogh-olive-trees"),
)
NEVER_TRAINED_ON = {
    "van-gogh-starry-night",
    "turner-shipwreck",
    "matisse-woman-with-a-hat",
    "mondrian",
}
"""Paintings that the compact network did not see in training; it saw none of the photographs."""

# No layer is deeper than VGG19's first three blocks, whose exact weights were at hand, and no total
# variation is added.
RECIPE = Settings(style_loss="gram", tv_weight=0, relu4_1_weight=0, relu5_1_weight=0)
SIZE, ITERATIONS = 384, 100
DIRECTIONS = 128


@dataclass(frozen=True)
class Row:
    """One pair's measurements; L is the exact loss."""

    content: str
    style: str
    start: float  # L of the content picture
    vgg19: float  # L after VGG19's run
    compact: float  # L after the compact network's run
    wasserstein_start: float
    wasserstein_vgg19: float
    wasserstein_compact: float

    @property
    def reduction(self) -> float:
        """Share of the loss's fall under VGG19 that the compact network reaches."""
        return (self.start - self.compact) / (self.start - self.vgg19)

    @property
    def ratio(self) -> float:
        """The compact network's final loss over VGG19's."""
        return self.compact / self.vgg19


def optimised(network: FeatureNetwork, content: Tensor, style: Tensor) -> Tensor:
    """The picture (1, 3, H, W) that a network leads to from the content picture."""
    objective = Objective(network, content, everywhere(style), RECIPE, PLAIN)
    *_, (_, best) = optimise(objective, ProjectedLBFGS(content), ITERATIONS)
    return best


@torch.no_grad()
def sliced_wasserstein(network: FeatureNetwork, image: Tensor, style: Tensor) -> float:
    """Mean over layers and random directions of the distance between sorted projections.

    Heitz et al. 2021, "A Sliced Wasserstein Loss for Neural Texture Synthesis"; quantiles instead
    of all pixels, because the pictures differ in size, relative to the style's own spread.
    """
    layers = list(RECIPE.layer_weights)[:3]
    quantiles = torch.linspace(0, 1, 256)
    distances = []
    for x, y in zip(network(image, layers).values(), network(style, layers).values(), strict=True):
        generator = torch.Generator().manual_seed(0)
        directions = torch.randn(x.shape[1], DIRECTIONS, generator=generator)
        directions /= directions.norm(dim=0)
        a, b = (
            torch.quantile((f[0].flatten(1).T[::7] @ directions), quantiles, dim=0) for f in (x, y)
        )
        distances.append((a - b).square().mean() / (b - b.mean(0)).square().mean())
    return float(torch.stack(distances).mean())


def measure(contents: Path, styles: Path, pictures: Path | None) -> Iterator[Row]:
    """Measure the pairs one after the other, leaving the pictures side by side in a folder."""
    exact = load_features("vgg19", dtype=torch.float32)
    compact = load_features("compact")
    for content_name, style_name in PAIRS:
        content = load(find(contents, content_name), SIZE).to(exact.device)
        style = load(find(styles, style_name), SIZE).to(exact.device)
        objective = Objective(exact, content, everywhere(style), RECIPE, PLAIN)
        results = [content, *(optimised(n, content, style) for n in (exact, compact))]
        losses = [objective.evaluate(image)[0] for image in results]
        distances = [sliced_wasserstein(exact, image, style) for image in results]
        if pictures:
            _side_by_side(results[1:], pictures / f"{content_name}-{style_name}.png")
        yield Row(content_name, style_name, *losses, *distances)


def _side_by_side(tensors: list[Tensor], path: Path) -> None:
    images = [to_image(tensor) for tensor in tensors]
    sheet = Image.new("RGB", (sum(image.width for image in images), images[0].height))
    for i, image in enumerate(images):
        sheet.paste(image, (i * image.width, 0))
    sheet.save(path)


HEADER = """
| content | style | L start | L vgg19 | L compact | reduction | ratio | SWD start, vgg19, compact |
|---|---|---|---|---|---|---|---|"""


def _print_table(rows: list[Row]) -> None:
    print(HEADER)
    for row in rows:
        style = row.style + ("" if row.style in NEVER_TRAINED_ON else " *")
        losses = f"{row.start:.2f} | {row.vgg19:.3f} | {row.compact:.3f}"
        distances = (row.wasserstein_start, row.wasserstein_vgg19, row.wasserstein_compact)
        print(
            f"| {row.content} | {style} | {losses} | {row.reduction:.3f} | {row.ratio:.2f} | "
            f"{', '.join(f'{d:.3f}' for d in distances)} |"
        )
    reductions = [row.reduction for row in rows]
    ratio = math.exp(sum(math.log(row.ratio) for row in rows) / len(rows))
    print(
        f"\nreduction: mean {sum(reductions) / len(rows):.3f}, least {min(reductions):.3f}; "
        f"ratio: geometric mean {ratio:.2f}   (* painting seen in training)"
    )


def _measure_paintings(options: argparse.Namespace) -> None:
    from benchmarks.quality import paintings  # which nothing else here needs

    folders = options.contents, options.styles
    try:
        shares = options.shares or paintings.SHARES
        paintings.report(*folders, options.pictures, options.paintings, options.size, shares)
    except FileNotFoundError as missing:
        print(f"Skipped: {missing}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    parser.add_argument("--pictures", type=Path, help="folder for the results side by side")
    parser.add_argument(
        "--paintings",
        type=int,
        nargs="?",
        const=6,
        metavar="PAIRS",
        help="compare with other methods, on so many pairs [6]",
    )
    parser.add_argument("--size", type=int, default=512, help="longest side with --paintings [512]")
    parser.add_argument(
        "--shares",
        type=float,
        nargs="+",
        help="shares of the published recipe's iterations with --paintings [1 1/3 1/10]",
    )
    parser.add_argument("--json", type=Path, help="file for the measurements")
    return parser.parse_args()


def main() -> None:
    """Measure all pairs and print the table."""
    options = _options()
    if options.paintings:
        _measure_paintings(options)
        return
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    rows = []
    for row in measure(options.contents, options.styles, options.pictures):
        rows.append(row)
        print(f"{row.content} {row.style} {row.reduction:.3f} {row.ratio:.2f}", file=sys.stderr)
    _print_table(rows)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
