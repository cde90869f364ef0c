"""The optimisers over one picture: a projected L-BFGS of our own, and Adam.

Both work inside the box [0, 1] *while* they optimise, so that the picture returned is the picture
optimised. Systems that clamp at the end lose up to two thirds of what they gained on dark and
saturated styles.

An optimiser holds the picture to evaluate next (`image`). The caller evaluates the loss and its
gradient there and hands both to `step`, which moves `image`: one evaluation per iteration.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

FIRST_STEP = 0.003
"""Root mean square, over the picture, of a step along the plain gradient."""
LONGEST_STEP = 0.05
"""Root mean square at which the boldest step is cut off, shy ones in proportion."""
HISTORY = 10
"""Pairs of steps and gradient changes that L-BFGS remembers: two pictures of memory each."""
TINY = 1e-30
"""Floor for the size of a gradient that is divided by."""
LARGEST_RISE = 0.5
"""A step that raises the loss by more than this share of it is taken back."""
LEAST_CURVATURE = 1e-4
"""Pairs are remembered only if the cosine between step and gradient change exceeds this."""
BOLDNESS, BOLDEST, BOLDER, SHIER = 0.5, 0.75, 0.03, 0.5
"""Where boldness starts and ends, what each fall of the loss adds, what a rise multiplies it by."""
SQUARES_MEMORY, SQUARES_POWER, SQUARES_FLOOR = 0.7, 0.35, 0.01
"""The moving mean of squared gradients, the power of it that steps are divided by (Adam's would be
0.5), and what is added to it, in units of its mean over the picture."""


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


def _rms(x: Tensor) -> Tensor:
    """The root mean square, a scalar."""
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
    * the recursion starts from a diagonal instead of the identity: a root of the pixels' squared
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
        self._memory = _Memory(self.image)

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`; a zero gradient leaves the picture as it is."""
        if self._unit is None:
            self._unit = float(_rms(gradient))
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
        if self._gradient is None:
            self._squares = gradient.square()
        else:
            self._memory.add((self.image, self._accepted), (gradient, self._gradient))
            self._squares.mul_(SQUARES_MEMORY)
            self._squares.addcmul_(gradient, gradient, value=1 - SQUARES_MEMORY)
        self._loss, self._accepted, self._gradient = loss, self.image, gradient

    def _direction(self) -> Tensor:
        """The step to take from the accepted picture, before projection: a new tensor."""
        x, gradient = self._accepted, self._gradient
        # 0 where the gradient pushes out of the box, or is 0; a product is quicker than a mask.
        moves = (x - gradient).clamp_(0, 1)
        moves.ne_(x)
        free = gradient * moves
        diagonal = self._squares + SQUARES_FLOOR * self._squares.mean()
        diagonal.log_().mul_(-SQUARES_POWER).exp_()  # a power, in a third of the time
        direction = self._memory.direction(free, diagonal, self._boldness)
        # No number below is read: that would be a wait for the GPU.
        if direction is None:
            direction = diagonal.mul_(free)
            return direction.mul_(-self._first_step / _rms(direction).clamp_min_(TINY))
        direction.mul_(moves)
        longest = LONGEST_STEP * self._boldness / BOLDEST
        shorter = (longest / _rms(direction)).clamp_max_(1)
        # Where rounding has it lead up, it is turned round.
        return direction.mul_(-torch.sign(direction.flatten() @ gradient.flatten()) * shorter)


class _Memory:
    """The last steps s and gradient changes y, and the inverse Hessian that they stand for.

    The vectors are rows of two matrices. The two-loop recursion needs hardly more of them than
    their inner products (Chen, Wang & Zhou 2014, "Large-scale L-BFGS using MapReduce"), so that
    its loops run on coefficients and all vectors are read at once, five times for both of a pair.

    Args:
        image: (1, 3, H, W), of the shape of the vectors to come.
    """

    def __init__(self, image: Tensor) -> None:
        self._s = image.new_empty(HISTORY, image.numel())
        self._y = torch.empty_like(self._s)
        self._products = np.zeros((HISTORY, HISTORY))  # of each s with each y as new or newer
        self._slots: list[int] = []  # in use, oldest first; the last one may not be judged yet
        self._filled = 0  # slots that ever held something

    def clear(self) -> None:
        """Forget all pairs."""
        self._slots, self._filled = [], 0

    def add(self, images: tuple[Tensor, Tensor], gradients: tuple[Tensor, Tensor]) -> None:
        """Write down a step and its gradient change in the place of the oldest.

        The next `direction`, which has to come before another pair, judges them.

        Args:
            images: after and before the step.
            gradients: likewise.
        """
        kept = self._slots[1 - HISTORY :]
        slot = next(k for k in range(HISTORY) if k not in kept)
        self._slots = [*kept, slot]
        self._filled = max(self._filled, slot + 1)
        for rows, (after, before) in ((self._s, images), (self._y, gradients)):
            torch.sub(after, before, out=rows[slot].view_as(after))

    def direction(self, gradient: Tensor, diagonal: Tensor, boldness: float) -> Tensor | None:
        """Minus the inverse Hessian times the gradient (Nocedal & Wright 2006, algorithm 7.4).

        Args:
            gradient: in the picture's shape; overwritten with the result, if there is one.
            diagonal: the inverse Hessian to start from, up to a factor; the same shape.
            boldness: 0 for the short, 1 for the long step of Barzilai & Borwein.

        Returns:
            The direction in the picture's shape, or None where nothing is remembered.
        """
        along = self._products_with(gradient.flatten())
        if not self._slots:
            return None
        s, y = self._s[: self._filled], self._y[: self._filled]
        flat, diagonal = gradient.flatten(), diagonal.flatten()
        loops = torch.from_numpy(self._loops(along)).to(s)
        alphas, ends, back = loops[0], loops[1], loops[2:]
        # Minus the textbook's q, and so are the inner products with it.
        q = flat.addmv_(y.T, alphas, beta=-1)
        q.mul_(diagonal).mul_(self._length(diagonal, boldness))
        return q.addmv_(s.T, torch.addmv(ends, back, y @ q)).view_as(gradient)

    def _products_with(self, gradient: Tensor) -> np.ndarray:
        """The inner products of each s with the gradient.

        What was added last is judged by the way, in the same wait for a GPU: it is forgotten again
        unless the curvature along it is positive.
        """
        if not self._slots:
            return np.zeros(0)
        n, k = self._filled, self._slots[-1]
        s, y = self._s[k], self._y[k]
        numbers = [self._s[:n] @ gradient, self._s[:n] @ y, torch.stack([s @ s, y @ y])]
        along, changes, (steps, changed) = np.split(torch.cat(numbers).tolist(), [n, 2 * n])
        self._products[:n, k] = changes
        if not changes[k] > LEAST_CURVATURE * math.sqrt(steps * changed):  # or it is a NaN
            self._slots.pop()
        return along

    def _loops(self, along: np.ndarray) -> np.ndarray:
        """Both loops of the recursion, which are triangular systems, as far as they can be solved.

        With U the products of the steps s with the gradient changes y that are as new or newer, the
        first loop solves U·α = s·g, and the second one Uᵀ·w = α diag(U) - y·r for what to add of
        each s to r.

        Args:
            along: the inner products of each s with the gradient g.

        Returns:
            As rows α, then minus w where y·r is 0, then the change of that with y·(-r); zero for
            what is not in use: (2 + filled, filled).
        """
        used = np.array(self._slots)
        upper = np.triu(self._products[np.ix_(used, used)])
        inverse = np.linalg.inv(upper)
        alphas = inverse @ along[used]
        rows = np.zeros((2 + self._filled, self._filled))
        rows[0, used] = alphas
        rows[1, used] = -inverse.T @ (upper.diagonal() * alphas)
        rows[np.ix_(2 + used, used)] = -inverse.T
        return rows

    def _length(self, diagonal: Tensor, boldness: float) -> Tensor:
        """The diagonal's factor, between the latest pair's short and long step: a scalar."""
        k = self._slots[-1]
        s, y, curvature = self._s[k], self._y[k], float(self._products[k, k])
        short = curvature / (y @ (y * diagonal))
        long = (s @ (s / diagonal)) / curvature
        return short ** (1 - boldness) * long**boldness


class ProjectedAdam:
    """Adam (Kingma & Ba 2015) with the picture clamped to [0, 1] after every step.

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    LEARNING_RATE = 0.02
    BETAS = (0.9, 0.99)

    def __init__(self, image: Tensor) -> None:
        self.image = self._accepted = image.detach()
        self._learning_rate = self.LEARNING_RATE
        self._start()

    def _start(self) -> None:
        self._moving = self.image.clone()
        # eps = 0 would divide by zero where a pixel has no gradient; 1e-12 keeps Adam's
        # invariance to the scale of the loss down to losses of about 1e-6.
        self._adam = torch.optim.Adam(
            [self._moving], lr=self._learning_rate, betas=self.BETAS, eps=1e-12
        )

    def retreat(self) -> None:
        """See `Optimizer.retreat`; moments are forgotten, and the learning rate is quartered."""
        self._learning_rate /= 4
        self.image = self._accepted
        self._start()

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`."""
        self._accepted = self.image
        self._moving.grad = gradient
        self._adam.step()
        self._moving.clamp_(0, 1)
        self.image = self._moving.clone()


OPTIMIZERS: Mapping[str, Callable[[Tensor], Optimizer]] = MappingProxyType(
    {"lbfgs": ProjectedLBFGS, "adam": ProjectedAdam}
)
"""By their names in `Settings.optimizer`."""
