"""Train the network of the instant styles:  python -m training.instant.learn --help

The perceptual losses of Johnson et al. 2016 (content at a deeper layer, style at four layers, total
variation) on the compact feature network, for all styles at once. Five things differ from the
paper. The style loss is the Wasserstein distance of `nst.loss.wasserstein`, as of Gram matrices
tinted photographs come, and it is taken at the picture's size and at half of it, as is the style.
The paintings of a group are compared as one: an even sky need not have all of a style. Each style's
loss is counted in parts of what it is for a photograph, so no style drowns the others. The moments
aimed at lie, for a part of the pictures, between the photograph's own and the style's: so the
network learns what a weaker style is, instead of being blended with the photograph afterwards. And
a photograph with a camera's noise is to be painted as without, for films.

Runs are deterministic given the seed and the machine, and go on where they stopped when started
again with the same --run folder.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from nst.features.loading import load_features
from nst.instant.named import load_instant
from nst.instant.names import INSTANT_FILE, NAMES
from nst.instant.transformer import Transformer
from nst.machine import allocator
from nst.machine.device import default_device
from nst.machine.precision import chosen_dtype
from nst.pictures.bounds import fit
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover, resize_image, to_image, to_tensor
from training.common import checkpoint
from training.common.course import stages
from training.common.crops import SUFFIXES, Crops, load_pictures
from training.common.optimisers import Optimisers, learning_rate
from training.instant.perception import COST, USUAL, Perception, blemishes

STYLE_WEIGHT = 20.0
"""Of the style loss, in parts of a photograph's, beside the content loss, in parts of `COST`."""
STYLE_SIDE = 512
"""Longest side of the style pictures, in pixels: the size of the strokes."""
SIDE, BATCH, GROUP = 192, 4, 2
"""Of the crops in pixels; how many make a step, and how many of them are of one style."""
STRONG, STRONGEST = 0.5, 0.25
"""Shares of the training pictures that are painted at the usual strength and at the greatest; the
others get any."""
NOISE, CALM_WEIGHT = 2 / 255, 0.01
"""Standard deviation of a camera's noise, and the weight of what it changes in a painting, as a
mean square in parts of what it changes in the photograph."""
BOLD = 0.35
"""Of the content loss, what is left at the greatest strength."""
KERNEL_RATE, ROW_RATE = 0.01, 5e-3
STEPS, ADDED_STEPS = 6500, 400
"""Of a run, if it is not told otherwise, for all styles and for one that is added."""
PHOTOGRAPH = "photograph"
"""The name of the first row."""


class Training:
    """A run's whole state: network, optimisers, randomness."""

    def __init__(
        self,
        network: Transformer,
        styles: dict[str, Tensor],
        photographs: list[Tensor],
        steps: int,
        *,
        rows_only: bool = False,
        cost: float = COST,
        seed: int = 0,
    ) -> None:
        """Prepare a run.

        Args:
            network: what learns; its convolutions too, unless `rows_only`.
            styles: the pictures (1, 3, H, W) of the styles that are learned, by their names.
            photographs: uint8 (3, H, W).
            steps: of the whole run; cost: in place of `COST`.
        """
        self.steps, self.step, self.cost = steps, 0, cost
        self.generator = torch.Generator().manual_seed(seed)
        self.crops = Crops(photographs, SIDE, self.generator)
        self.perception = Perception(load_features("compact"))
        self.device = self.perception.features.device
        self.network = network.to(self.device)
        self.learned = torch.tensor([network.styles.index(name) for name in styles])
        self.targets = self.perception.targets(
            {
                network.styles.index(name): picture.to(self.device)
                for name, picture in styles.items()
            },
            self.crops.plain(16).to(self.device),
            len(network.styles),
        )
        self.rows = [row for _, row in network.rows()]
        kernels = [] if rows_only else network.kernels()
        for kernel in network.kernels():
            kernel.requires_grad_(not rows_only)
        self.frozen = self._others() if rows_only else torch.zeros(0, dtype=torch.long)
        self.optimisers = Optimisers(kernels, self.rows, (KERNEL_RATE, ROW_RATE))

    def _others(self) -> Tensor:
        return torch.tensor([i for i in range(len(self.network.styles)) if i not in self.learned])

    def mixtures(self, count: int) -> Tensor:
        """Rows to paint pictures in: one style a group, some mixed with the photograph: (N, S)."""
        groups = count // GROUP
        drawn = torch.randint(len(self.learned), (groups,), generator=self.generator)
        draws = torch.rand(2, groups, generator=self.generator)
        strength = torch.where(draws[0] < STRONG + STRONGEST, 1.0, draws[1])
        strength = torch.where(draws[0] < STRONG, USUAL, strength)[:, None]
        mixture = strength * F.one_hot(self.learned[drawn], len(self.network.styles))
        mixture[:, :1] = 1 - strength
        return mixture.repeat_interleave(GROUP, 0)

    def losses(self, content: Tensor, mixture: Tensor) -> dict[str, Tensor]:
        """The terms of the loss, each a mean over pictures (N, 3, H, W)."""
        twin = torch.Generator().set_state(self.generator.get_state())
        painted = self.network(content, mixture, self.generator)
        with torch.no_grad():
            wanted = self.perception.content(content)
        moments, seen = self.perception.see(painted)
        groups = mixture[::GROUP]
        style = self.perception.style_loss(moments, content, groups, self.targets)
        style = style / (groups @ self.targets.starts)
        kept = self.perception.content_loss(seen, wanted)
        kept = kept * giving_way(1 - mixture[:, 0]) / self.cost
        balance = {"content": kept.mean(), "style": STYLE_WEIGHT * style.mean()}
        calm = self.calm(content[::GROUP], painted[::GROUP], groups, twin)
        return balance | blemishes(painted) | {"calm": CALM_WEIGHT * calm}

    def calm(
        self, content: Tensor, painted: Tensor, mixture: Tensor, twin: torch.Generator
    ) -> Tensor:
        """How much a camera's noise changes in paintings (G, 3, H, W), over what in photographs.

        Args:
            content: (G, 3, H, W), of which the paintings are.
            twin: as the generator was when they were painted.
        """
        noise = NOISE * torch.randn(content.shape, generator=self.generator).to(content)
        again = self.network(content + noise, mixture, twin)
        return (again - painted).square().mean() / noise.square().mean()

    def advance(self) -> dict[str, Tensor]:
        """Take one step and return its losses."""
        self.step += 1
        content, mixture = self.crops.plain(BATCH), self.mixtures(BATCH)
        losses = self.losses(content.to(self.device), mixture.to(self.device))
        self.network.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        for row in self.rows:
            row.grad[self.frozen] = 0  # AdamW leaves alone what never had a gradient
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimisers.step(learning_rate(self.step, self.steps))
        return {name: loss.detach() for name, loss in losses.items()}

    def _parts(self) -> dict[str, Any]:
        return {"network": self.network, "optimisers": self.optimisers}

    def save(self, path: Path) -> None:
        """Write everything that `load` needs, replacing the file at once."""
        checkpoint.write(path, self.step, self.generator, self._parts())

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        self.step = checkpoint.read(path, self.generator, self._parts())


def giving_way(strength: Tensor) -> Tensor:
    """The weight of the content loss at strengths 0 … 1 (N,): 1 up to the usual one, then less."""
    return 1 - (1 - BOLD) * ((strength - USUAL) / (1 - USUAL)).clamp_min(0)


def fresh(names: Iterable[str], seed: int) -> Transformer:
    """An untrained network for styles."""
    torch.manual_seed(seed)
    return Transformer((PHOTOGRAPH, *names), _precision())


def _precision() -> torch.dtype:
    return chosen_dtype(default_device())


def with_styles(network: Transformer, names: Iterable[str]) -> Transformer:
    """A network with more styles, whose rows begin as the mean of the others."""
    new = [name for name in names if name not in network.styles]
    larger = Transformer((*network.styles, *new), _precision())
    state = network.state_dict()
    for key, rows in network.rows():
        mean = rows[1:].mean(0, keepdim=True)
        state[key] = torch.cat([rows, mean.expand(len(new), *rows.shape[1:])])
    larger.load_state_dict(state)
    return larger


def export(network: Transformer, path: Path) -> None:
    """Write a network for `nst.instant.named.load_instant`, in half precision."""
    half = {k: v.detach().half().contiguous() for k, v in network.state_dict().items()}
    save_file(half, path, metadata={NAMES: json.dumps(network.styles)})


@torch.no_grad()
def sheet(network: Transformer, photographs: Sequence[Tensor]) -> Image.Image:
    """Photographs (1, 3, H, W) of one size above themselves in every style, a row a style."""
    rows = [torch.cat(list(photographs), 3)]
    for row in torch.eye(len(network.styles))[1:].to(network.gain.device):
        painted = [network(p.to(row.device), row[None]).cpu() for p in photographs]
        rows.append(torch.cat(painted, 3))
    return to_image(torch.cat(rows, 2).clamp(0, 1))


def train(training: Training, samples: Sequence[Tensor], run: Path, every: int) -> None:
    """Train to the end, with checkpoint, weights and sample sheet every `every` steps."""
    for step in stages(training, run / "checkpoint.pt", every):
        export(training.network, run / "instant.safetensors")
        if samples:
            sheet(training.network, samples).save(run / f"{step:06}.jpg", quality=90)


def load_picture(path: Path) -> Tensor:
    """A picture file as (1, 3, H, W) in [0, 1], its longest side at `STYLE_SIDE` pixels."""
    image = open_image(path)
    return to_tensor(resize_image(image, fit(*image.size, STYLE_SIDE)))


def load_styles(folder: Path) -> dict[str, Tensor]:
    """The style pictures of a folder by the files' names, in their order."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    return {path.stem: load_picture(path) for path in paths}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    learned = parser.add_mutually_exclusive_group(required=True)
    learned.add_argument("--styles", type=Path, help="folder of style pictures: train them all")
    learned.add_argument("--add-style", type=Path, help="a picture: train one more style")
    parser.add_argument("--rows-only", action="store_true", help="of --styles: no convolutions")
    parser.add_argument("--cost", type=float, default=COST, help=f"of content [{COST:g}]")
    parser.add_argument("--name", help="the added style's; the file's name if left out")
    parser.add_argument(
        "--base", type=Path, help="weights to begin with; those that ship for an added style"
    )
    parser.add_argument("--samples", type=Path, nargs="*", default=[], help="photographs to show")
    parser.add_argument("--run", type=Path, default=Path("training/runs/instant"))
    parser.add_argument("--steps", type=int, help=f"{STEPS}; {ADDED_STEPS} for an added style")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _training(options: argparse.Namespace) -> Training:
    photographs = load_pictures([options.photos])
    given = {"cost": options.cost, "seed": options.seed}
    if options.styles:
        styles = load_styles(options.styles)
        if options.base:
            network = with_styles(load_instant(dtype=_precision(), path=options.base), styles)
        else:
            network = fresh(styles, options.seed)
        steps, chosen = options.steps or STEPS, {"rows_only": options.rows_only, **given}
        return Training(network, styles, photographs, steps, **chosen)
    name = options.name or options.add_style.stem
    base = load_instant(dtype=torch.float32, path=options.base or INSTANT_FILE)
    network = with_styles(base, [name])
    styles = {name: load_picture(options.add_style)}
    steps = options.steps or ADDED_STEPS
    return Training(network, styles, photographs, steps, rows_only=True, **given)


def main() -> None:
    """Read the options, train, and leave instant.safetensors in the run's folder."""
    options = _options()
    options.run.mkdir(parents=True, exist_ok=True)
    training = _training(options)
    samples = [to_tensor(cover(open_image(path), (SIDE, SIDE))) for path in options.samples]
    with allocator.kept():
        train(training, samples, options.run, options.every)


if __name__ == "__main__":
    main()
