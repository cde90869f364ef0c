"""L-BFGS within [0, 1], for one evaluation of loss and gradient a step."""

import math

import torch
from torch import Tensor

from nst.optim.halved import history_of
from nst.optim.history import SQUARES_FLOOR, SQUARES_MEMORY

FIRST_STEP = 0.003
"""Root mean square, over the picture, of a step along the plain gradient."""
LONGEST_STEP = 0.05
"""Root mean square at which the boldest step is cut off, shy ones in proportion."""
TINY = 1e-30
"""Floor for the size of a gradient that is divided by."""
LARGEST_RISE = 0.5
"""A step that raises the loss by more than this share of it is taken back."""
BOLDNESS, BOLDEST, BOLDER, SHIER = 0.5, 0.75, 0.03, 0.5
"""Where boldness starts and ends, what each fall of the loss adds, what a rise multiplies it by."""


def rms(x: Tensor) -> Tensor:
    """The root mean square of a tensor, a scalar."""
    return x.norm() / math.sqrt(x.numel())


class ProjectedLBFGS:
    """L-BFGS (Liu & Nocedal 1989) with projection onto the box and without a line search.

    It differs from the textbook where pictures need it:
    * one evaluation per iteration: steps have length 1, the first one a fixed size;
    * everything is relative: gradients are measured in units of the first one, the curvature test
      is an angle, so that multiplying the loss by a constant does not change the trajectory;
    * steps are projected onto [0, 1] and the pair remembers the real displacement; pixels that sit
      at a bound with the gradient pushing outwards are left out of the direction (as in the
      projected Newton method of Bertsekas 1982);
    * a step that raises the loss by half or makes it NaN is taken back, with the memory cleared and
      the next first step four times smaller, so that the run can neither explode nor stall;
    * the recursion starts from a diagonal instead of the identity: the root of the pixels' squared
      gradients, as Adam has them, which carries dark and flat pictures over their slow start;
    * its length is between the short and the long step of Barzilai & Borwein (1988), where the
      textbook takes the short one. Their geometric mean gets a fifth further on hard pairs and
      overshoots on others: so each fall of the loss makes the optimiser a little bolder, each rise
      much less so, and the longest step follows (a trust radius).

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    def __init__(self, image: Tensor) -> None:
        self.image = image.detach()
        self._first_step = FIRST_STEP
        self._boldness = BOLDNESS
        self._unit: float | None = None
        self._loss = math.inf
        self._accepted = self.image
        self._gradient: Tensor | None = None
        self._squares: Tensor | None = None
        self._memory = history_of(self.image)

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`; a zero gradient leaves the picture as it is."""
        if self._unit is None:
            self._unit = float(rms(gradient))
        if self._unit == 0 or not math.isfinite(self._unit):
            self._unit = None
            return
        gradient = gradient / self._unit
        falls = loss <= self._loss
        self._boldness = min(BOLDEST, self._boldness + BOLDER) if falls else self._boldness * SHIER
        if self._is_worse(loss):
            self.retreat()
        else:
            self._accept(loss, gradient)
            self._move()

    def retreat(self) -> None:
        """See `Optimizer.retreat`; the memory is cleared, and the next step four times smaller."""
        self._memory.clear()
        self._first_step /= 4
        if self._gradient is not None:
            self._move()

    def _move(self) -> None:
        self.image = self._direction().add_(self._accepted).clamp_(0, 1)

    def _is_worse(self, loss: float) -> bool:
        if self._gradient is None:
            return False
        return not loss - self._loss <= LARGEST_RISE * abs(self._loss)  # nor is a NaN better

    def _accept(self, loss: float, gradient: Tensor) -> None:
        if self._gradient is None or self._squares is None:
            self._squares = gradient.square()
        else:
            self._memory.add((self.image, self._accepted), (gradient, self._gradient))
            self._squares.mul_(SQUARES_MEMORY)
            self._squares.addcmul_(gradient, gradient, value=1 - SQUARES_MEMORY)
        self._loss, self._accepted, self._gradient = loss, self.image, gradient

    def _direction(self) -> Tensor:
        """The step to take from the accepted picture, before projection: a new tensor."""
        x, gradient, squares = self._accepted, self._gradient, self._squares
        assert gradient is not None and squares is not None
        # 0 where the gradient pushes out of the box, or is 0; a product is quicker than a mask.
        moves = (x - gradient).clamp_(0, 1)
        moves.ne_(x)
        free = gradient * moves
        diagonal = squares + SQUARES_FLOOR * squares.mean()
        diagonal.rsqrt_()
        direction = self._memory.direction(free, diagonal, self._boldness)
        # No number below is read: that would be a wait for the GPU.
        if direction is None:
            direction = diagonal.mul_(free)
            return direction.mul_(-self._first_step / rms(direction).clamp_min_(TINY))
        direction.mul_(moves)
        longest = LONGEST_STEP * self._boldness / BOLDEST
        shorter = (longest / rms(direction)).clamp_max_(1)
        # Where rounding has it lead up, it is turned round.
        return direction.mul_(-torch.sign(direction.flatten() @ gradient.flatten()) * shorter)
