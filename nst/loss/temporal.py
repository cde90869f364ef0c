"""The temporal loss: a frame of a clip holds on to the frame before, where that is seen again."""

from collections.abc import Generator
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import Tensor

from nst.loss.evaluated import Evaluated, Evaluation, Measure, measure_of, whole
from nst.pictures import color, tensors


def add_temporal(gradient: Tensor, image: Tensor, before: Tensor, seen: Tensor) -> Tensor:
    """Add the gradient of the temporal loss to `gradient`, in place.

    Ruder, Dosovitskiy & Brox 2016, "Artistic style transfer for videos", eq. 7: the mean over all
    values of c · (x - ω)², with ω the frame before, moved along.

    Args:
        gradient: (1, 3, H, W).
        image: (1, 3, H, W), x.
        before: (1, 3, H, W), ω.
        seen: (1, 1, H, W), c times the loss's weight.

    Returns:
        The weighted loss itself, a scalar.
    """
    difference = image - before
    pull = difference * seen
    gradient.add_(pull, alpha=2 / image.numel())
    return torch.sum(pull * difference) / image.numel()


class Steady(Evaluated):
    """An objective with the temporal loss added.

    Args:
        before: (1, 3, H, W) in [0, 1], the frame before as it was painted, moved along.
        seen: (1, 1, H, W), how much each pixel is to stay like that.
    """

    def __init__(self, objective: Evaluated, before: Tensor, seen: Tensor) -> None:
        self.objective, self.before, self.seen = objective, before, seen

    def picture(self, image: Tensor) -> Tensor:
        """As the objective's."""
        return self.objective.picture(image)

    def evaluate(self, image: Tensor) -> Evaluation:
        """As the objective's, with the temporal loss in the sum."""
        return whole(self.in_parts(image))

    @torch.no_grad()
    def in_parts(self, image: Tensor) -> Generator[float, None, Evaluation]:
        """As `evaluate`."""
        loss, gradient, losses = yield from self.objective.in_parts(image)
        return loss + float(self._added(gradient, image)), gradient, losses

    @property
    def measure(self) -> Measure | None:
        """The same without a wait for a GPU, if the objective has it."""
        inner = measure_of(self.objective)
        if inner is None:
            return None

        def measure(image: Tensor) -> tuple[Tensor, Tensor]:
            numbers, gradient = inner(image)
            added = self._added(gradient, image)
            return torch.cat([numbers[:1] + added, numbers[1:]]), gradient

        return measure

    def _added(self, gradient: Tensor, image: Tensor) -> Tensor:
        return add_temporal(gradient, image, self.before, self.seen)


@dataclass(frozen=True)
class Held:
    """What a frame holds on to.

    Attributes:
        before: RGB, the frame before as it was painted, moved along.
        seen: mode L, white where that is seen again; of the same size.
        weight: of the temporal loss.
    """

    before: Image.Image
    seen: Image.Image
    weight: float

    def coloured(self, choice: str) -> "Held":
        """The same in the colours that are optimised for a choice of `Settings.color`."""
        return replace(self, before=color.prepare(self.before, [], choice)[0])

    def steadied(self, objective: Evaluated, size: tuple[int, int], device: torch.device) -> Steady:
        """An objective at a size (width, height) that holds on to the frame before."""
        before = tensors.to_tensor(tensors.resize_image(self.before, size)).to(device)
        seen = tensors.to_guide(self.seen, size).to(device)
        return Steady(objective, before, self.weight * seen)
