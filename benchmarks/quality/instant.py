"""How good instant paintings are, judged by VGG19: `benchmarks.quality.compact --instant`.

Each style is painted on some of the photographs: instantly, and by the optimiser guided by VGG19,
100 iterations from the same photograph. Both results are measured with VGG19 in float32: how much
of the optimiser's fall of the style loss (relu1_1, relu2_1, relu3_1) the instant painting reaches,
and its content loss (relu3_3) over the optimiser's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import torch

from benchmarks.common.pictures import load
from benchmarks.quality.compact import RECIPE, optimised
from nst import load_features
from nst.instant.names import instant_styles
from nst.instant.painting import load_instant, paint
from nst.loss.balance import PLAIN
from nst.loss.evaluated import Losses
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.pictures.reading import open_image
from nst.pictures.tensors import to_tensor
from nst.settings import InstantSettings

SIZE = 512
"""Longest side of photographs and styles, in pixels: that of the styles when they were learned."""
LEAST_SHARE, MOST_CONTENT = 0.75, 1.5
"""What is to be reached."""


@dataclass(frozen=True)
class Painting:
    """One style on one photograph, in VGG19's losses."""

    style: str
    content: str
    start: Losses  # of the photograph
    optimised: Losses
    instant: Losses

    @property
    def share(self) -> float:
        """Of the optimiser's fall of the style loss."""
        fall = self.start.style - self.optimised.style
        return (self.start.style - self.instant.style) / fall

    @property
    def content_ratio(self) -> float:
        """The content loss over the optimiser's."""
        return self.instant.content / self.optimised.content


def style_picture(name: str, folders: Sequence[Path]) -> Path:
    """The picture that a style was learned from: its name ends a file's, as in painter-name.jpg."""
    files = (path for folder in folders for path in sorted(folder.iterdir()))
    return next(path for path in files if path.stem.endswith(name))


def measure(contents: Path, folders: Sequence[Path], each: int) -> Iterator[Painting]:
    """Measure every style on `each` of the photographs, which take turns."""
    guide = load_features("vgg19")
    exact = load_features("vgg19", dtype=torch.float32)
    network = load_instant()
    photographs = cycle(sorted(contents.iterdir()))
    for name in instant_styles():
        style = load(style_picture(name, folders), SIZE).to(exact.device)
        for path in islice(photographs, each):
            content = load(path, SIZE).to(exact.device)
            objective = Objective(exact, content, everywhere(style), RECIPE, PLAIN)
            settings = InstantSettings(style=name, size=SIZE)
            painted = to_tensor(paint(open_image(path), settings, network=network))
            results = content, optimised(guide, content, style), painted.to(exact.device)
            losses = [objective.evaluate(image)[2] for image in results]
            yield Painting(name, path.stem, *losses)


HEADER = """
| style | content | style loss: start, optimiser, instant | share of the fall | content loss |
|---|---|---|---|---|"""


def print_table(paintings: Sequence[Painting]) -> None:
    """Print all measurements and whether they reach what is to be reached."""
    print(HEADER)
    for p in paintings:
        style = f"{p.start.style:.3f}, {p.optimised.style:.3f}, {p.instant.style:.3f}"
        content = f"{p.instant.content:.2f} ({p.content_ratio:.2f} × {p.optimised.content:.2f})"
        print(f"| {p.style} | {p.content} | {style} | {p.share:.3f} | {content} |")
    reached = [p.share >= LEAST_SHARE and p.content_ratio <= MOST_CONTENT for p in paintings]
    print(
        f"\nshare: least {min(p.share for p in paintings):.3f} ({LEAST_SHARE} to reach); content: "
        f"at most {max(p.content_ratio for p in paintings):.2f} times the optimiser's "
        f"({MOST_CONTENT} allowed); {sum(reached)} of {len(reached)} reach both"
    )
