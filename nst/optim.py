"""The optimisers over one picture: a projected L-BFGS of our own, and Adam.

Both work inside the box [0, 1] *while* they optimise, so that the picture returned is the picture
optimised. Systems that clamp at the end lose up to two thirds of what they gained on dark and
saturated styles.

An optimiser holds the picture to evaluate next (`image`). The caller evaluates the loss and its
gradient there and hands both to `step`, which moves `image`: one evaluation per iteration.
"""

import math
from collections import deque
from typing import Protocol

import torch
from torch import Tensor

FIRST_STEP = 0.01
"""Root mean square, over the picture, of a step along the plain gradient."""
LONGEST_STEP = 0.05
"""Root mean square at which a step is cut off."""
HISTORY = 10
"""Pairs of steps and gradient changes that L-BFGS remembers: two pictures of memory each."""
LARGEST_RISE = 0.5
"""A step that raises the loss by more than this share of it is taken back."""
LEAST_CURVATURE = 1e-4
"""Pairs are remembered only if the cosine between step and gradient change exceeds this."""


class Optimizer(Protocol):
    """What `stylize` needs of an optimiser.

    Attributes:
        image: (1, 3, H, W) in [0, 1], the picture to evaluate next; a new tensor after each step.
    """

    image: Tensor

    def step(self, loss: float, gradient: Tensor) -> None:
        """Move `image`, given the loss and its gradient (1, 3, H, W) there."""


def _rms(x: Tensor) -> float:
    return float(x.norm()) / math.sqrt(x.numel())


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
      the next first step four times smaller, so that the run can neither explode nor stall.

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    def __init__(self, image: Tensor) -> None:
        self.image = image.detach()
        self._first_step = FIRST_STEP
        self._unit: float | None = None
        self._loss = math.inf
        self._accepted = self.image
        self._gradient: Tensor | None = None
        self._pairs: deque[tuple[Tensor, Tensor, float]] = deque(maxlen=HISTORY)  # s, y, 1 / y·s

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`; a zero gradient leaves the picture as it is."""
        if self._unit is None:
            self._unit = _rms(gradient)
        if self._unit == 0 or not math.isfinite(self._unit):
            self._unit = None
            return
        gradient = gradient / self._unit
        if self._is_worse(loss, gradient):
            self._pairs.clear()
            self._first_step /= 4
        else:
            self._remember(gradient)
            self._loss, self._accepted, self._gradient = loss, self.image, gradient
        self.image = (self._accepted + self._direction()).clamp_(0, 1)

    def _is_worse(self, loss: float, gradient: Tensor) -> bool:
        if self._gradient is None:
            return False
        rise = loss - self._loss
        return not (rise <= LARGEST_RISE * abs(self._loss) and bool(gradient.isfinite().all()))

    def _remember(self, gradient: Tensor) -> None:
        if self._gradient is None:
            return
        s, y = self.image - self._accepted, gradient - self._gradient
        curvature = float(torch.sum(s * y))
        if curvature > LEAST_CURVATURE * float(s.norm()) * float(y.norm()):
            self._pairs.append((s, y, 1 / curvature))

    def _direction(self) -> Tensor:
        """The step to take from the accepted picture, before projection (two-loop recursion)."""
        x, gradient = self._accepted, self._gradient
        stuck = ((x <= 0) & (gradient > 0)) | ((x >= 1) & (gradient < 0))
        free = gradient.masked_fill(stuck, 0)
        q = free
        coefficients = []
        for s, y, inverse in reversed(self._pairs):
            coefficients.append(inverse * torch.sum(s * q))
            q = q - coefficients[-1] * y
        if self._pairs:
            s, y, inverse = self._pairs[-1]
            q = q / (inverse * torch.sum(y * y))
        for (s, y, inverse), coefficient in zip(self._pairs, reversed(coefficients), strict=True):
            q = q + s * (coefficient - inverse * torch.sum(y * q))
        direction = -q.masked_fill(stuck, 0)
        if not self._pairs or float(torch.sum(direction * free)) >= 0:
            self._pairs.clear()
            size = _rms(free)
            return -free * (self._first_step / size if size > 0 else 0.0)
        return direction * min(1.0, LONGEST_STEP / max(_rms(direction), 1e-30))


class ProjectedAdam:
    """Adam (Kingma & Ba 2015) with the picture clamped to [0, 1] after every step.

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    LEARNING_RATE = 0.02
    BETAS = (0.9, 0.99)

    def __init__(self, image: Tensor) -> None:
        self.image = image.detach()
        self._moving = image.detach().clone()
        # eps = 0 would divide by zero where a pixel has no gradient; 1e-12 keeps Adam's
        # invariance to the scale of the loss down to losses of about 1e-6.
        self._adam = torch.optim.Adam(
            [self._moving], lr=self.LEARNING_RATE, betas=self.BETAS, eps=1e-12
        )

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`."""
        self._moving.grad = gradient
        self._adam.step()
        self._moving.clamp_(0, 1)
        self.image = self._moving.clone()
