"""What an optimiser is, and those that there are, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from torch import Tensor

from nst.optim.adam import ProjectedAdam
from nst.optim.lbfgs import ProjectedLBFGS
from nst.optim.resident import ResidentLBFGS


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


def _lbfgs(image: Tensor) -> Optimizer:
    """The same L-BFGS, as it suits the device of the picture (1, 3, H, W) that it starts from."""
    return ResidentLBFGS(image) if image.is_cuda else ProjectedLBFGS(image)


OPTIMIZERS: Mapping[str, Callable[[Tensor], Optimizer]] = MappingProxyType(
    {"lbfgs": _lbfgs, "adam": ProjectedAdam}
)
"""By their names in `Settings.optimizer`."""
