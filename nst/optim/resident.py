"""L-BFGS within [0, 1] for a GPU, with all that it knows and decides in tensors there."""

import math

import torch
from torch import Tensor

from nst.optim.history import SQUARES_FLOOR, SQUARES_MEMORY
from nst.optim.lbfgs import (
    BOLDER,
    BOLDEST,
    BOLDNESS,
    FIRST_STEP,
    LARGEST_RISE,
    LONGEST_STEP,
    SHIER,
    TINY,
    rms,
)
from nst.optim.ring import Ring


class ResidentLBFGS:
    """The mathematics of `nst.optim.lbfgs.ProjectedLBFGS`, where each `if` is a mask.

    A step of that one takes 0.9 ms on a GPU, at every size: Python's time to launch it, with a wait
    in between. This one is no fewer operations, but a CUDA graph can hold them, together with the
    objective's evaluation. A processor, which need not launch anything, takes nearly three times as
    long for it (47 ms instead of 17 at 512 × 512): so there are both.

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    def __init__(self, image: Tensor) -> None:
        self.image = image.detach()
        self._accepted = self.image.clone()
        self._gradient = torch.zeros_like(self._accepted)
        self._squares = torch.zeros_like(self._accepted)
        self._memory = Ring(self._accepted)
        # Scalars. Before the first loss is accepted, it is infinite, and the unit is 0.
        starts = (math.inf, 0.0, FIRST_STEP, BOLDNESS)
        numbers = [image.new_full((), start, dtype=torch.float64) for start in starts]
        self._loss, self._unit, self._first_step, self._boldness = numbers

    @property
    def state(self) -> tuple[Tensor, ...]:
        """What `moved` changes, and what it has to start from to do the same again."""
        pictures = (self._accepted, self._gradient, self._squares)
        numbers = (self._loss, self._unit, self._first_step, self._boldness)
        return *pictures, *numbers, *self._memory.state

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`; a zero gradient leaves the picture as it is."""
        self.image = self.moved(self.image, self._loss.new_full((), loss), gradient)

    def retreat(self) -> None:
        """See `Optimizer.retreat`; the memory is cleared, and the next step four times smaller."""
        self.step(math.nan, torch.zeros_like(self._gradient))

    @torch.no_grad()
    def moved(self, image: Tensor, loss: Tensor, gradient: Tensor) -> Tensor:
        """The picture to evaluate next, a new tensor: a step, or a retreat from a loss that is NaN.

        Args:
            image: (1, 3, H, W), which was evaluated.
            loss: a scalar.
            gradient: (1, 3, H, W).
        """
        started = self._loss < math.inf
        bearable, accepts = self._judged(loss.double(), rms(gradient).double())
        # What is not accepted stays out of all that follows: nothing times a NaN is nothing.
        gradient = torch.where(accepts, gradient / self._unit, self._gradient)
        accepted = torch.where(accepts, image, self._accepted)
        vectors = image.new_empty(3, image.numel())
        torch.sub(accepted.flatten(), self._accepted.flatten(), out=vectors[0])
        torch.sub(gradient.flatten(), self._gradient.flatten(), out=vectors[1])
        self._accepted.copy_(accepted)
        self._gradient.copy_(gradient)
        share = accepts * (1 - SQUARES_MEMORY * started.double())
        self._squares.lerp_(gradient.square_(), share.to(gradient))
        moved = self._step(vectors, bearable).add_(accepted).clamp_(0, 1)
        return torch.where(self._loss < math.inf, moved, image)

    def _judged(self, loss: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
        """Take note of a loss, and of the size of its gradient.

        Returns:
            Whether the loss can be borne, without which the memory is cleared, and whether the
            picture is accepted.
        """
        unit = torch.where(self._unit > 0, self._unit, size)
        finite = loss.abs() < math.inf  # nor is a NaN less
        tried = finite & (unit > 0) & (unit < math.inf)
        bearable = finite & (loss - self._loss <= LARGEST_RISE * self._loss.abs())
        accepts = tried & bearable
        boldness = torch.where(
            loss <= self._loss,
            (self._boldness + BOLDER).clamp_max(BOLDEST),
            self._boldness * SHIER,
        )
        self._boldness.copy_(torch.where(tried, boldness, self._boldness))
        self._unit.copy_(torch.where(tried, unit, self._unit))
        self._first_step.mul_(torch.where(bearable, 1.0, 0.25))
        self._loss.copy_(torch.where(accepts, loss, self._loss))
        return bearable, accepts

    def _step(self, vectors: Tensor, bearable: Tensor) -> Tensor:
        """The step to take from the accepted picture, before projection: a new tensor.

        Args:
            vectors: (3, N), the last step, its gradient change, and what is overwritten.
            bearable: whether the memory is kept.
        """
        x, gradient = self._accepted, self._gradient
        # As in `ProjectedLBFGS`, which says why.
        moves = (x - gradient).clamp_(0, 1)
        moves.ne_(x)
        torch.mul(gradient.flatten(), moves.flatten(), out=vectors[2])
        diagonal = self._squares + SQUARES_FLOOR * self._squares.mean()
        diagonal.rsqrt_()
        direction = self._memory.direction(vectors, diagonal.flatten(), self._boldness, bearable)
        direction.mul_(moves.flatten())
        size, along = rms(direction), direction @ gradient.flatten()
        longest = LONGEST_STEP / BOLDEST * self._boldness
        later = -torch.sign(along) * (longest / size).clamp_max(1)
        first = self._first_step / size.clamp_min(TINY)
        return direction.mul_(torch.where(self._memory.count > 0, later, first)).view_as(x)
