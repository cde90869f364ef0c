"""Whose pictures are paintings: ours, the textbook's and the published recipe's, side by side:

    python -m benchmarks.quality.compact CONTENTS STYLES --paintings [PAIRS] [--pictures FOLDER]

All run on the same network in one process (`benchmarks.common.reference`), on six pairs, and are
measured by what none of them optimises (`benchmarks.quality.neutral`). The published recipe
(`benchmarks.quality.published`) sets the time: the others have as many seconds (see `clock`) as it
takes with all, a third and a tenth of its iterations (`--shares`). Below them is what ships: the
compact network, the defaults.
"""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

import torch
from PIL import Image, ImageOps
from torch import Tensor

from benchmarks.common.pictures import find, sized
from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import MEASURED, Measured, Yardstick
from benchmarks.quality.published import published
from nst import Settings, load_features, stylize
from nst.features.network import FeatureNetwork
from nst.loss.gatys import content_loss, gram_matrix, style_loss
from nst.machine.device import default_device
from nst.pictures.reading import open_image
from nst.pictures.tensors import to_image, to_tensor
from nst.settings import SPECS, STYLE_LAYERS, STYLE_LOSSES

PAIRS = (
    ("tubingen", "van-gogh-starry-night"),
    ("kodak-04", "matisse-woman-with-a-hat"),
    ("kodak-23", "van-gogh-olive-trees"),
    ("kodak-19", "monet-water-lilies"),
    ("kinkaku-ji", "van-gogh-wheat-field"),
    ("kodak-15", "kandinsky-in-grey"),
)
SHARES = (1.0, 1 / 3, 0.1)
"""Of the published recipe's iterations; their times are everybody's."""
TEXTBOOK_WEIGHT, TEXTBOOK_SCALE = 20.0, 100.0
"""Of the style in the textbook's loss, and a factor with which torch's L-BFGS does not stall."""
TRIAL = 10
"""Iterations that tell how many fit into a time."""
TILE = 384
SHIPS = "default"
"""The label of the runs that have no time given."""
HEADER = """\
| method | time | seconds | iterations | relu1_1 | relu2_1 | relu3_1 | relu4_1 | style left | \
most | relu5_1 | content | edges |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Run:
    """What one method made of one pair.

    Attributes:
        time: which share of the published recipe's it had, or `SHIPS`.
    """

    method: str
    time: str
    seconds: float
    iterations: int
    picture: Tensor
    measured: Measured


@dataclass(frozen=True)
class Pair:
    """A photograph and a painting, at `size`."""

    content: Image.Image
    style: Image.Image
    size: int

    def tensors(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Both as (1, 3, H, W)."""
        return tuple(sized(x, self.size).to(device) for x in (self.content, self.style))


def clock() -> float:
    """Seconds: of this process on all processors, so that other programs cost no method its turn,
    or of the wall where a GPU computes.
    """
    return time.perf_counter() if torch.cuda.is_available() else time.process_time()


def _published(network: Reference, pair: Pair, share: float) -> tuple[int, Tensor]:
    *_, last = published(network, pair.content, pair.style, pair.size, share)
    return last


def ours(
    network: FeatureNetwork | Reference, pair: Pair, style_loss: str, iterations: int
) -> tuple[int, Tensor]:
    """Our picture after so many iterations, with the default settings."""
    settings = Settings(size=pair.size, iterations=iterations, style_loss=style_loss)
    *_, step = stylize(pair.content, pair.style, settings, features=network)
    return step.iteration, to_tensor(step.image.convert("RGB")).to(network.device)


def _fitting(network: Reference, pair: Pair, style_loss: str, seconds: float) -> int:
    """How many of our iterations fit into a time, by a few of them, which are slow to begin."""
    for _ in range(2):
        started = clock()
        ours(network, pair, style_loss, 4 * TRIAL)
        each = (clock() - started) / (4 * TRIAL)
    return max(TRIAL, min(round(seconds / each), SPECS["iterations"].maximum))


def textbook(network: Reference, pair: Pair, seconds: float) -> tuple[int, Tensor]:
    """Gatys et al. 2016 with torch's L-BFGS from the photograph, at full size, for a time."""
    content, style = pair.tensors(network.device)
    with torch.no_grad():
        target = network(content, ["relu3_3"])["relu3_3"]
        grams = {k: gram_matrix(x) for k, x in network(style, STYLE_LAYERS).items()}
    image = content.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([image], max_iter=1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        activations = network(image, {*STYLE_LAYERS, "relu3_3"})
        styles = [style_loss(gram_matrix(activations[k]), grams[k]) for k in STYLE_LAYERS]
        own = content_loss(activations["relu3_3"], target)
        loss = TEXTBOOK_SCALE * (own + TEXTBOOK_WEIGHT * torch.stack(styles).mean())
        loss.backward()
        return loss

    started, iteration = clock(), 0
    while clock() - started < seconds:
        optimizer.step(closure)
        iteration += 1
    return iteration, image.detach().clamp(0, 1)


def runs(
    network: Reference, compact: FeatureNetwork, pair: Pair, shares: Sequence[float]
) -> Iterator[Run]:
    """All methods on a pair, one after the other."""
    yardstick = Yardstick(network, *pair.tensors(network.device))

    def run(method: str, label: str, paint: Callable[[], tuple[int, Tensor]]) -> Run:
        started = clock()
        iterations, picture = paint()
        seconds = clock() - started
        return Run(method, label, seconds, iterations, picture, yardstick.measure(picture))

    for share in shares:
        label = f"{share:.2g}×"
        paced = run("published", label, partial(_published, network, pair, share))
        yield paced
        yield run("textbook", label, partial(textbook, network, pair, paced.seconds))
        for name in STYLE_LOSSES:
            count = _fitting(network, pair, name, paced.seconds)
            yield run(f"ours, {name}", label, partial(ours, network, pair, name, count))
    default = SPECS["iterations"].default
    for name in STYLE_LOSSES:
        yield run(f"ours, {name}, compact", SHIPS, partial(ours, compact, pair, name, default))


def table(results: list[list[Run]]) -> str:
    """Means over the pairs, as Markdown; "most" is the worst pair's style left."""
    lines = [HEADER]
    for same in zip(*results, strict=True):
        left = [mean(r.measured.left[layer] for r in same) for layer in STYLE_LAYERS]
        whole = [r.measured.style_left for r in same]
        numbers = [*left[: len(MEASURED)], mean(whole), max(whole), left[-1]]
        ends = mean(r.measured.content for r in same), mean(r.measured.edges for r in same)
        lines.append(
            f"| {same[0].method} | {same[0].time} | {mean(r.seconds for r in same):.1f} | "
            f"{mean(r.iterations for r in same):.0f} | "
            + " | ".join(f"{x:.3f}" for x in numbers)
            + f" | {ends[0]:.2f} | {ends[1]:.2f} |"
        )
    return "\n".join(lines)


def sheet(pairs: list[Pair], results: list[list[Run]], label: str) -> Image.Image:
    """The photographs, the paintings, and what the methods made of them in a time, or ship."""
    rows = [
        [pair.content, pair.style, *(to_image(x.picture) for x in row if x.time in (label, SHIPS))]
        for pair, row in zip(pairs, results, strict=True)
    ]
    heights = [round(TILE * row[0].height / row[0].width) for row in rows]
    whole = Image.new("RGB", (TILE * len(rows[0]), sum(heights)), "white")
    tops = itertools.accumulate([0, *heights])
    for row, top, height in zip(rows, tops, heights, strict=False):
        for i, picture in enumerate(row):
            fitted = ImageOps.pad(picture.convert("RGB"), (TILE, height), color="white")
            whole.paste(fitted, (i * TILE, top))
    return whole


def report(
    contents: Path,
    styles: Path,
    pictures: Path | None = None,
    count: int = 6,
    size: int = 512,
    shares: Sequence[float] = SHARES,
) -> None:
    """Run everything, print the table after every pair, and draw a sheet for each time.

    Args:
        contents, styles: folders that have the pictures of `PAIRS`.
        pictures: a folder for the table and the sheets.
        count: how many of the pairs.
        shares: of the published recipe's iterations, whose times the others have.

    Raises:
        FileNotFoundError: the weights to measure with or a picture are missing.
    """
    network, compact = load_reference(default_device()), load_features("compact")
    pairs = [
        Pair(open_image(find(contents, content)), open_image(find(styles, style)), size)
        for content, style in PAIRS[:count]
    ]
    results: list[list[Run]] = []
    for pair in pairs:
        results.append(list(runs(network, compact, pair, shares)))
        print(f"{len(results)} of {len(pairs)} pairs\n\n{table(results)}\n", flush=True)
        if pictures:
            _keep(pairs[: len(results)], results, pictures)


def _keep(pairs: list[Pair], results: list[list[Run]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "paintings.md").write_text(table(results) + "\n")
    for label in dict.fromkeys(run.time for run in results[0] if run.time != SHIPS):
        sheet(pairs, results, label).save(folder / f"paintings-{label[:-1]}.jpg", quality=85)
