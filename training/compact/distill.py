"""Distil the compact feature network from VGG19:  python -m training.compact.distill --help

The student learns to predict VGG19's activations through one affine map per layer, and their Gram
matrices through the same map, on photographs, paintings and on pictures that its own features are
bending from one to the other. Runs are deterministic given the seed and the machine, and go on
where they stopped when started again with the same --run folder.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from nst.features.metric import Metric
from nst.features.vgg19 import load_vgg19
from nst.loss.gatys import gram_matrix, relative_distance
from training.common import checkpoint
from training.common.crops import Crops, load_pictures
from training.common.optimisers import Optimisers, learning_rate
from training.compact.student import GRAM_TAUGHT, TAUGHT, Student, half_precision
from training.compact.stylised import StylisedPool
from training.compact.teachers import Teachers, load_compressed_teacher

LAYER_WEIGHTS = {
    "relu1_1": 0.5,
    "relu2_1": 1.5,
    "relu3_1": 3.0,
    "relu3_3": 3.0,
    "relu4_1": 0.3,
    "relu5_1": 0.15,
}
GRAM_WEIGHT = 2.0
SIDE = 128
FRESH, STYLISED, POOL = 5, 3, 24
"""Pictures of a batch: augmented crops, and some of the pool of half-stylised ones."""
ROWS = 16384
"""Pixels of a batch, drawn at random, at which a layer's activations are compared."""
KERNEL_RATE, MAP_RATE, MAP_DECAY = 0.01, 2e-3, 1e-4


@dataclass(frozen=True)
class Scale:
    """A layer's size, by which its losses are made comparable to the other layers'."""

    unit: float  # root mean square of the teacher's activations
    variance: float  # their variance over pixels, in squared units


class Distillation:
    """A training run's whole state: student, optimisers, pool, randomness."""

    def __init__(self, teachers: Teachers, pictures: list[Tensor], seed: int) -> None:
        torch.manual_seed(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.teachers = teachers
        self.student = Student()
        self.crops = Crops(pictures, SIDE, self.generator)
        self.pool = StylisedPool(self.crops, POOL)
        kernels = [c.weight for c in self.student.network.convolutions]
        known = {id(kernel) for kernel in kernels}
        rest = [p for p in self.student.parameters() if id(p) not in known]
        self.optimisers = Optimisers(kernels, rest, (KERNEL_RATE, MAP_RATE), MAP_DECAY)
        self.step = 0
        self.scales = self._measure_scales()

    def _measure_scales(self) -> dict[str, Scale]:
        targets = self._teach(self.crops.augmented(32))
        scales = {}
        for layer, target in targets.items():
            mean = target.float().mean((0, 2, 3))
            unit = float(target.float().square().mean().sqrt())
            variance = float((target.float() - mean.view(1, -1, 1, 1)).square().mean()) / unit**2
            scales[layer] = Scale(unit, variance)
            self.student.maps[layer].bias.data.copy_(mean / unit)
        return scales

    def _teach(self, images: Tensor) -> dict[str, Tensor]:
        with half_precision():
            return self.teachers(images.contiguous(memory_format=torch.channels_last), TAUGHT)

    def losses(self, images: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
        """For each layer: unexplained share of the variance, relative error of Gram matrices."""
        targets = self._teach(images)
        activations = self.student(images, TAUGHT)
        return {layer: self._loss(layer, activations[layer], targets[layer]) for layer in TAUGHT}

    def _loss(self, layer: str, x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        linear, scale = self.student.maps[layer], self.scales[layer]
        gram_loss = torch.zeros(())
        if layer in GRAM_TAUGHT:
            gram = gram_matrix(x, Metric(linear.weight, linear.bias))
            gram_loss = relative_distance(gram, gram_matrix(target) / scale.unit**2).mean()
        rows, target_rows = (f.permute(0, 2, 3, 1).flatten(0, 2) for f in (x, target))
        if len(rows) > ROWS:
            chosen = torch.randint(len(rows), (ROWS,), generator=self.generator)
            rows, target_rows = rows[chosen], target_rows[chosen]
        with half_precision():
            predicted = linear(rows)
        error = (predicted.float() - target_rows.float() / scale.unit).square().mean()
        return error / scale.variance, gram_loss

    def advance(self, steps: int) -> dict[str, tuple[Tensor, Tensor]]:
        """Take one of `steps` training steps and return its losses."""
        self.step += 1
        stylised = self.pool.advance(self.student, STYLISED)
        fresh = self.crops.gridded(self.crops.augmented(FRESH))
        losses = self.losses(torch.cat([fresh, stylised]))
        self.student.zero_grad()
        total = torch.stack(
            [LAYER_WEIGHTS[k] * (error + GRAM_WEIGHT * gram) for k, (error, gram) in losses.items()]
        ).sum()
        total.backward()
        nn.utils.clip_grad_norm_(self.student.parameters(), 1.0)
        self.optimisers.step(learning_rate(self.step, steps))
        return {k: (error.detach(), gram.detach()) for k, (error, gram) in losses.items()}

    def _parts(self) -> dict[str, Any]:
        return {"student": self.student, "optimisers": self.optimisers, "pool": self.pool}

    def save(self, path: Path) -> None:
        """Write everything that `load` needs, replacing the file at once."""
        checkpoint.write(path, self.step, self.generator, self._parts())

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        self.step = checkpoint.read(path, self.generator, self._parts())

    def export(self, path: Path) -> None:
        """Write the network and its maps, in VGG19's units, as half precision safetensors."""
        weights = dict(self.student.network.state_dict())
        for layer, linear in self.student.maps.items():
            weights[f"metrics.{layer}.weight"] = linear.weight * self.scales[layer].unit
            weights[f"metrics.{layer}.bias"] = linear.bias * self.scales[layer].unit
        half = {key: value.detach().half().contiguous() for key, value in weights.items()}
        save_file(half, path)


def _line(losses: dict[str, tuple[Tensor, Tensor]]) -> str:
    return "  ".join(f"{k} {float(e):.4f}/{float(g):.5f}" for k, (e, g) in losses.items())


def train(distillation: Distillation, held_out: Tensor, options: argparse.Namespace) -> None:
    """Train to `options.steps`, with a checkpoint and an export every `options.every` steps."""
    kept = options.run / "checkpoint.pt"
    if kept.exists():
        distillation.load(kept)
    started, first = time.monotonic(), distillation.step
    while distillation.step < options.steps:
        distillation.advance(options.steps)
        if distillation.step % options.every and distillation.step != options.steps:
            continue
        with torch.no_grad():
            losses = distillation.losses(held_out)
        seconds = (time.monotonic() - started) / (distillation.step - first)
        print(f"{distillation.step}  {seconds:.3f} s/step  {_line(losses)}", flush=True)
        distillation.save(kept)
        distillation.export(options.run / "compact.safetensors")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--exact", type=Path, required=True, help="VGG19, whole or its first layers"
    )
    parser.add_argument("--compressed", type=Path, help="the 16x compressed VGG19, for the rest")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--paintings", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--held-out", type=Path, required=True, help="folder of test pictures")
    parser.add_argument("--leave-out", nargs="*", default=[], help="stems not to train on")
    parser.add_argument("--run", type=Path, default=Path("training/runs/compact"))
    parser.add_argument("--steps", type=int, default=15_000)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Read the options, train, and leave compact.safetensors in the run's folder."""
    options = _options()
    options.run.mkdir(parents=True, exist_ok=True)
    compressed = load_compressed_teacher(options.compressed) if options.compressed else None
    teachers = Teachers(load_vgg19(options.exact), compressed)
    photos = load_pictures([options.photos], options.leave_out)
    paintings = load_pictures([options.paintings], options.leave_out)
    # Few paintings stand for as much as many photographs do.
    pictures = photos + paintings * max(1, len(photos) // (3 * len(paintings)))
    distillation = Distillation(teachers, pictures, options.seed)
    crops = Crops(load_pictures([options.held_out]), SIDE, torch.Generator().manual_seed(1))
    train(distillation, torch.cat([crops.plain(12), crops.augmented(12)]), options)


if __name__ == "__main__":
    main()
