"""Train the decoder of `nst.instant.decoder`:  python -m training.decoder.learn --help

It learns to take one step: from a photograph, or from what a step before has made of it, at the
size of the strokes or at half of that, towards a style as closed-form displacements see it. The
losses are those of the instant styles (`training.instant`): how far the painting is from the
photograph's content and from the style by the Wasserstein distance, at two sizes, two crops
compared as one picture.

Runs are deterministic given the seed and the machine, and go on where they stopped when started
again with the same --run folder.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from nst.features.loading import load_features
from nst.instant.arbitrary import USUAL, Arbitrary, load_arbitrary
from nst.instant.decoder import Decoder, grain
from nst.instant.transport import LAYERS, Transport
from nst.machine import allocator
from nst.pictures.prepared import prepare
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover, enlarged, to_image
from training.common import checkpoint
from training.common.course import stages
from training.common.crops import SUFFIXES, load_pictures
from training.common.optimisers import Optimisers, learning_rate
from training.decoder.scenes import GROUP, Scene, Scenes, of_groups
from training.instant.learn import load_picture
from training.instant.perception import COST, HALVINGS, Perception, blemishes, distances

STYLE_WEIGHT = 20.0
"""Of the style loss, in parts of the photograph's, beside the content loss in parts of `COST`."""
AGAIN, FROM_COARSE = 0.5, 0.5
"""How often a step begins with what a step before has made, and how often that was a coarse one."""
KERNEL_RATE, REST_RATE = 0.006, 2e-3
STEPS = 6000
SHOWN = 384
"""Side of the samples in pixels."""


class Training:
    """A run's whole state: network, optimisers, randomness."""

    def __init__(
        self,
        decoder: Decoder,
        styles: Sequence[Tensor],
        photographs: Sequence[Tensor],
        steps: int,
        seed: int = 0,
    ) -> None:
        """Prepare a run.

        Args:
            decoder: what learns.
            styles: pictures (1, 3, H, W) in [0, 1].
            photographs: uint8 (3, H, W).
            steps: of the whole run.
        """
        self.steps, self.step = steps, 0
        self.generator = torch.Generator().manual_seed(seed)
        self.perception = Perception(load_features("compact"))
        self.transport = Transport(self.perception.features)
        self.decoder = decoder.to(self.transport.features.device)
        self.scenes = Scenes(photographs, styles, self.transport, self.generator)
        kernels = self.decoder.kernels()
        rest = [p for p in self.decoder.parameters() if p.ndim != 4]
        self.optimisers = Optimisers(kernels, rest, (KERNEL_RATE, REST_RATE))

    def losses(self, scene: Scene) -> dict[str, Tensor]:
        """The terms of the loss of a step, each a mean over pictures or groups."""
        painted = self._stepped(self._begun(scene), scene)
        moments, seen = self.perception.see(painted)
        kept = self.perception.content_loss(seen, scene.contents)
        aims = [
            {(h, k): aim[k] for h, aim in zip(HALVINGS, of_group, strict=True) for k in LAYERS}
            for of_group in scene.aims
        ]
        style = distances(moments, aims) / scene.starts
        balance = {
            "content": kept.mean() / COST,
            "style": STYLE_WEIGHT * style.mean(),
        }
        return balance | blemishes(painted)

    @torch.no_grad()
    def _begun(self, scene: Scene) -> Tensor:
        """What the step begins with: the photographs, or what a step has made of them."""
        draws = torch.rand(2, generator=self.generator)
        whole, half = scene.photographs
        if draws[0] >= AGAIN:
            return whole
        if draws[1] >= FROM_COARSE:
            return self._stepped(whole, scene).clamp_(0, 1)
        return enlarged(half, self._stepped(half, scene, 1).clamp_(0, 1), whole)

    def _stepped(self, image: Tensor, scene: Scene, halvings: int = 0) -> Tensor:
        """The decoder's step from pictures (N, 3, H, W)."""
        with torch.no_grad():
            seen = self.transport.see(image)
            own = of_groups(self.transport.moments(seen), len(scene.aims))
            moved = [
                self.transport.displacements(seen[i * GROUP : (i + 1) * GROUP], m, aim[halvings])
                for i, (m, aim) in enumerate(zip(own, scene.aims, strict=True))
            ]
            moves = {k: torch.cat([of_group[k] for of_group in moved]) for k in moved[0]}
            held = self.transport.held(seen, scene.contents[halvings])
            noise = [n.to(image.device) for n in grain(image.shape[2:], self.generator)]
        return self.decoder(seen, moves, held, noise)

    def advance(self) -> dict[str, Tensor]:
        """Take one step and return its losses."""
        self.step += 1
        losses = self.losses(self.scenes.draw())
        self.decoder.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.optimisers.step(learning_rate(self.step, self.steps))
        return {name: loss.detach() for name, loss in losses.items()}

    def _parts(self) -> dict[str, Any]:
        return {"decoder": self.decoder, "optimisers": self.optimisers}

    def save(self, path: Path) -> None:
        """Write everything that `load` needs, replacing the file at once."""
        checkpoint.write(path, self.step, self.generator, self._parts())

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        self.step = checkpoint.read(path, self.generator, self._parts())


def export(decoder: Decoder, path: Path) -> None:
    """Write a decoder for `nst.instant.arbitrary.load_arbitrary`, in half precision."""
    half = {k: v.detach().half().contiguous() for k, v in decoder.state_dict().items()}
    save_file(half, path)


def sheet(
    network: Arbitrary, photographs: Sequence[Image.Image], styles: Sequence[Image.Image]
) -> Image.Image:
    """Photographs in the manner of styles, a row a photograph."""
    rows = [
        torch.cat([network.painted(square, style, (SHOWN, SHOWN), USUAL) for style in styles], 3)
        for square in (cover(photograph, (SHOWN, SHOWN)) for photograph in photographs)
    ]
    return to_image(torch.cat(rows, 2))


def train(
    training: Training, run: Path, every: int, samples: Sequence[Sequence[Image.Image]]
) -> None:
    """Train to the end, with checkpoint, weights and a sheet of samples every `every` steps."""
    weights = run / "decoder.safetensors"
    for step in stages(training, run / "checkpoint.pt", every):
        export(training.decoder, weights)
        if all(samples):
            network = load_arbitrary(path=weights)
            sheet(network, *samples).save(run / f"{step:06}.jpg", quality=90)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    parser.add_argument(
        "--styles", type=Path, nargs="+", required=True, help="folders of style pictures"
    )
    parser.add_argument("--base", type=Path, help="weights to begin with")
    parser.add_argument("--samples", type=Path, nargs="*", default=[], help="photographs to show")
    parser.add_argument(
        "--in-style", type=Path, nargs="*", default=[], help="paintings to show them in"
    )
    parser.add_argument("--run", type=Path, default=Path("training/runs/decoder"))
    parser.add_argument("--steps", type=int, default=STEPS, help=f"[{STEPS}]")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Read the options, train, and leave decoder.safetensors in the run's folder."""
    options = _options()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    decoder = Decoder()
    if options.base:
        weights = load_file(options.base)
        decoder.load_state_dict({k: v.float() for k, v in weights.items()})
    paths = [path for folder in options.styles for path in sorted(folder.iterdir())]
    styles = [load_picture(path) for path in paths if path.suffix.lower() in SUFFIXES]
    photographs = load_pictures([options.photos])
    samples = [
        [prepare(open_image(path), "sample") for path in paths]
        for paths in (options.samples, options.in_style)
    ]
    training = Training(decoder, styles, photographs, options.steps, options.seed)
    with allocator.kept():
        train(training, options.run, options.every, samples)


if __name__ == "__main__":
    main()
