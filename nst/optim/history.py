"""What L-BFGS remembers of the steps that it took, and the direction that follows from it."""

import math

import numpy as np
import torch
from torch import Tensor

HISTORY = 10
"""Pairs of steps and gradient changes that L-BFGS remembers: two pictures of memory each."""
LEAST_CURVATURE = 1e-4
"""Pairs are remembered only if the cosine between step and gradient change exceeds this."""
SQUARES_MEMORY, SQUARES_FLOOR = 0.7, 0.01
"""Of the moving mean of squared gradients whose root steps are divided by, and what is added to it,
in units of its mean over the picture."""


class History:
    """The last steps s and gradient changes y, and the inverse Hessian that they stand for.

    The vectors are rows of two matrices. The two-loop recursion needs hardly more of them than
    their inner products (Chen, Wang & Zhou 2014, "Large-scale L-BFGS using MapReduce"), so that
    its loops run on coefficients and all vectors are read at once, five times for both of a pair.

    Args:
        image: (1, 3, H, W), of the shape of the vectors to come.
        dtype: in which they are kept; the image's when None.
    """

    def __init__(self, image: Tensor, dtype: torch.dtype | None = None) -> None:
        self._s = image.new_empty(HISTORY, image.numel(), dtype=dtype)
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
        return self._judged(np.array(torch.cat(numbers).tolist()))

    def _judged(self, numbers: np.ndarray) -> np.ndarray:
        """Keep the latest pair, if it curves.

        Args:
            numbers: the inner products of each s with the gradient, those of each s with the latest
                y, and the squares of the latest s and y.

        Returns:
            The first of them.
        """
        n, k = self._filled, self._slots[-1]
        along, changes, (steps, changed) = np.split(numbers, [n, 2 * n])
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
