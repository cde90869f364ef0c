"""What an optimiser is given: something to evaluate a picture by, and the parts of the loss."""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Losses:
    """The parts of the loss, before they are weighted."""

    content: float
    style: float
    total_variation: float


class Evaluated(Protocol):
    """What an optimiser runs on; see `nst.loss.objective.Objective`."""

    def evaluate(self, image: Tensor) -> tuple[float, Tensor, Losses]: ...  # noqa: D102

    def picture(self, image: Tensor) -> Tensor: ...  # noqa: D102
