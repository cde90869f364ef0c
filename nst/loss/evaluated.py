"""What an optimiser is given: something to evaluate a picture by, and the parts of the loss."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

Measure = Callable[[Tensor], tuple[Tensor, Tensor]]
"""An evaluation without a wait for a GPU: an image (1, 3, H, W) -> the loss followed by its parts,
(4,), and its gradient, a new tensor (1, 3, H, W). It does the same operations at each call."""


@dataclass(frozen=True)
class Losses:
    """The parts of the loss, before they are weighted."""

    content: float
    style: float
    total_variation: float


Evaluation = tuple[float, Tensor, Losses]
"""The loss of an image, its gradient (1, 3, H, W), and the parts of the loss."""


class Evaluated(Protocol):
    """What an optimiser runs on; see `nst.loss.objective.Objective`."""

    def evaluate(self, image: Tensor) -> Evaluation: ...  # noqa: D102

    def picture(self, image: Tensor) -> Tensor: ...  # noqa: D102

    def in_parts(self, image: Tensor) -> Generator[float, None, Evaluation]:
        """As `evaluate`; yields what share is done, above 0 and below 1, where it may be left."""
        yield from ()
        return self.evaluate(image)


def whole(parts: Generator[float, None, Evaluation]) -> Evaluation:
    """What an evaluation in parts comes to."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            return end.value


def measure_of(objective: Evaluated) -> Measure | None:
    """What evaluates without a wait for a GPU, if an objective has it as `measure`."""
    return getattr(objective, "measure", None)


class Seen(Evaluated):
    """An objective on what is seen of an image, which is another picture of the same size.

    Args:
        objective: evaluates what is seen.
    """

    def __init__(self, objective: Evaluated) -> None:
        self.objective = objective

    def seen(self, image: Tensor) -> Tensor:
        """What is seen of an optimised image (1, 3, H, W)."""
        raise NotImplementedError

    def back(self, gradient: Tensor) -> Tensor:
        """The gradient of the image, given that of what is seen, which may be overwritten."""
        raise NotImplementedError

    def picture(self, image: Tensor) -> Tensor:
        """As the objective's, of what is seen."""
        return self.objective.picture(self.seen(image))

    def evaluate(self, image: Tensor) -> Evaluation:
        """As the objective's, of what is seen."""
        return whole(self.in_parts(image))

    def in_parts(self, image: Tensor) -> Generator[float, None, Evaluation]:
        """As the objective's, of what is seen."""
        loss, gradient, losses = yield from self.objective.in_parts(self.seen(image))
        return loss, self.back(gradient), losses

    @property
    def measure(self) -> Measure | None:
        """The same without a wait for a GPU, if the objective has it."""
        inner = measure_of(self.objective)
        if inner is None:
            return None

        def measure(image: Tensor) -> tuple[Tensor, Tensor]:
            numbers, gradient = inner(self.seen(image))
            return numbers, self.back(gradient)

        return measure


class AmongGreys(Seen):
    """An objective on the mean of a picture's channels, which is what is seen of it.

    So a grey photograph in a grey style is optimised among grey pictures: grey in, grey out.
    """

    def seen(self, image: Tensor) -> Tensor:
        """The mean over the channels of (1, 3, H, W), in each of them."""
        return image.mean(1, keepdim=True).repeat(1, 3, 1, 1)

    def back(self, gradient: Tensor) -> Tensor:
        """The same mean: what each channel adds to all."""
        return self.seen(gradient)
