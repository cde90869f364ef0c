"""The optimisers over one picture: a projected L-BFGS of our own, and Adam.

Both work inside the box [0, 1] *while* they optimise, so that the picture returned is the picture
optimised. Systems that clamp at the end lose up to two thirds of what they gained on dark and
saturated styles.

An optimiser holds the picture to evaluate next (`image`). The caller evaluates the loss and its
gradient there and hands both to `step`, which moves `image`: one evaluation per iteration.
"""

import math
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

FIRST_STEP = 0.003
"""Root mean square, over the picture, of a step along the plain gradient."""
LONGEST_STEP = 0.05
"""Root mean square at which the boldest step is cut off, shy ones in proportion."""
HISTORY = 20
"""Pairs of steps and gradient changes that L-BFGS remembers: two pictures of memory each."""
LARGEST_RISE = 0.5
"""A step that raises the loss by more than this share of it is taken back."""
LEAST_CURVATURE = 1e-4
"""Pairs are remembered only if the cosine between step and gradient change exceeds this."""
BOLDNESS, BOLDEST, BOLDER, SHIER = 0.5, 0.75, 0.03, 0.5
"""Where boldness starts and ends, what each fall of the loss adds, what a rise multiplies it by."""


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
      the next first step four times smaller, so that the run can neither explode nor stall;
    * the recursion starts from a step length between the short and the long one of Barzilai &
      Borwein (1988), where the textbook takes the short one. Their geometric mean gets a fifth
      further on hard pairs and overshoots on others: so each fall of the loss makes the optimiser
      a little bolder, each rise much less so, and the longest step follows (a trust radius).

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
        self._memory = _Memory(self.image)

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`; a zero gradient leaves the picture as it is."""
        if self._unit is None:
            self._unit = _rms(gradient)
        if self._unit == 0 or not math.isfinite(self._unit):
            self._unit = None
            return
        gradient = gradient / self._unit
        falls = loss <= self._loss
        self._boldness = min(BOLDEST, self._boldness + BOLDER) if falls else self._boldness * SHIER
        if self._is_worse(loss, gradient):
            self._memory.clear()
            self._first_step /= 4
        else:
            if self._gradient is not None:
                self._memory.add(self.image - self._accepted, gradient - self._gradient)
            self._loss, self._accepted, self._gradient = loss, self.image, gradient
        self.image = self._direction().add_(self._accepted).clamp_(0, 1)

    def _is_worse(self, loss: float, gradient: Tensor) -> bool:
        if self._gradient is None:
            return False
        rise = loss - self._loss
        # One NaN or infinity is enough to make the sum one.
        return not (rise <= LARGEST_RISE * abs(self._loss) and math.isfinite(gradient.sum()))

    def _direction(self) -> Tensor:
        """The step to take from the accepted picture, before projection: a new tensor."""
        x, gradient = self._accepted, self._gradient
        stuck = ((x <= 0) & (gradient > 0)) | ((x >= 1) & (gradient < 0))
        free = gradient.masked_fill(stuck, 0)
        direction = self._memory.direction(free, self._boldness)
        if direction is None:
            self._memory.clear()
            size = _rms(free)
            return free * (-self._first_step / size if size > 0 else 0.0)
        direction.masked_fill_(stuck, 0)
        size = direction.norm() / math.sqrt(direction.numel())  # not read: no wait for the GPU
        longest = LONGEST_STEP * self._boldness / BOLDEST
        return direction.mul_((longest / size).clamp_max(1))


class _Memory:
    """The last steps s and gradient changes y, and the inverse Hessian that they stand for.

    The vectors are rows of one matrix. The two-loop recursion needs no more of them than their
    inner products (Chen, Wang & Zhou 2014, "Large-scale L-BFGS using MapReduce"), so that it runs
    on coefficients, and the vectors are read four times a step instead of ten.

    Args:
        image: (1, 3, H, W), of the shape of the vectors to come.
    """

    def __init__(self, image: Tensor) -> None:
        # One slot more than pairs: a pair is written before it is known whether it is kept.
        # Rows 2k and 2k + 1 hold the s and y of slot k.
        self._rows = image.new_empty(2 * HISTORY + 2, image.numel())
        self._products = np.zeros((2 * HISTORY + 2, 2 * HISTORY + 2))
        self._slots: list[int] = []  # in use, oldest first
        self._filled = 0  # slots that ever held something

    def clear(self) -> None:
        """Forget all pairs."""
        self._slots, self._filled = [], 0

    def add(self, s: Tensor, y: Tensor) -> None:
        """Remember a step and its gradient change, if the curvature along it is positive."""
        slot = next(k for k in range(HISTORY + 1) if k not in self._slots)
        self._filled = max(self._filled, slot + 1)
        rows, pair = self._rows[: 2 * self._filled], slice(2 * slot, 2 * slot + 2)
        rows[2 * slot], rows[2 * slot + 1] = s.flatten(), y.flatten()
        products = torch.stack([rows @ rows[2 * slot], rows @ rows[2 * slot + 1]]).cpu().numpy()
        self._products[pair, : len(rows)] = products
        self._products[: len(rows), pair] = products.T
        (ss, sy), (_, yy) = self._products[pair, pair]
        if sy > LEAST_CURVATURE * math.sqrt(ss * yy):
            self._slots = [*self._slots, slot][-HISTORY:]

    def direction(self, gradient: Tensor, boldness: float) -> Tensor | None:
        """Minus the inverse Hessian times the gradient, in its shape, or None if that rises."""
        if not self._slots:
            return None
        rows, flat = self._rows[: 2 * self._filled], gradient.flatten()
        *along, square = torch.cat([rows @ flat, (flat @ flat).view(1)]).tolist()
        coefficients, share = self._recursion(np.array(along), boldness)
        if coefficients @ along + share * square <= 0:
            return None
        combined = torch.from_numpy(-coefficients).to(rows) @ rows
        return combined.view_as(gradient).sub_(gradient, alpha=share)

    def _recursion(self, along: np.ndarray, boldness: float) -> tuple[np.ndarray, float]:
        """The two loops (Nocedal & Wright 2006, algorithm 7.4), on coefficients.

        Args:
            along: inner products of the rows with the gradient.

        Returns:
            The coefficients of the rows and of the gradient whose sum is the inverse Hessian
            times the gradient.
        """
        products = self._products[: len(along), : len(along)]
        q, share, alphas = np.zeros(len(along)), 1.0, {}
        for slot in reversed(self._slots):
            s, y = 2 * slot, 2 * slot + 1
            alphas[slot] = (products[s] @ q + along[s]) / products[s, y]
            q[y] -= alphas[slot]
        s, y = 2 * self._slots[-1], 2 * self._slots[-1] + 1
        short, long = products[s, y] / products[y, y], products[s, s] / products[s, y]
        share = short ** (1 - boldness) * long**boldness
        q *= share
        for slot in self._slots:
            s, y = 2 * slot, 2 * slot + 1
            q[s] += alphas[slot] - (products[y] @ q + share * along[y]) / products[s, y]
        return q, share


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
