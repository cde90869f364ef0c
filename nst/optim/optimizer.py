"""What an optimiser is, and those that there are, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from torch import Tensor

from nst.optim.adam import ProjectedAdam
from nst.optim.lbfgs import ProjectedLBFGS


class Optimizer(Protocol):
    """What `stylize` needs of an optimiser.

    Attributes:
        image: (1, 3, H, W) in [0, 1], the picture to evaluate next; a new tensor after each step.
    """

    image: Tensor

    def step(self, loss: float, gradient: Tensor) -> None:
        """Move `image`, given the loss and its gradient (1, 3, H, W) there.

        Where the loss is finite, so is the gradient.
        """

    def retreat(self) -> None:
        """Go back to the last picture that `step` was given a loss of, and on with smaller steps.

        For a picture whose loss or gradient is no number: `step` cannot be given it.
        """


OPTIMIZERS: Mapping[str, Callable[[Tensor], Optimizer]] = MappingProxyType(
    {"lbfgs": ProjectedLBFGS, "adam": ProjectedAdam}
)
"""By their names in `Settings.optimizer`."""
