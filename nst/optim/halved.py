"""What L-BFGS remembers of a large picture: the same in half of the memory.

Steps and gradient changes are kept in bfloat16 and multiplied in float32, in chunks. The pairs that
are remembered are rounded ones then, and what follows from them is exact: the inner products are of
the rounded vectors, too.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from nst.optim.history import History

HALVED_PIXELS = 2048**2
"""Pictures of more pixels are remembered in half precision: 20 vectors of them are gigabytes."""
CHUNK = 2**18
"""Elements of each vector that are in float32 at a time: 20 of them are 20 MB."""


def is_large(pixels: int) -> bool:
    """Whether a picture of so many pixels is remembered in half precision."""
    return pixels > HALVED_PIXELS


def history_of(image: Tensor) -> History:
    """The memory for pictures like one (1, 3, H, W)."""
    large = is_large(image[0, 0].numel())
    return HalvedHistory(image, torch.bfloat16) if large else History(image)


class HalvedHistory(History):
    """As `History`, with vectors that take fewer bytes than what is multiplied with them."""

    def direction(self, gradient: Tensor, diagonal: Tensor, boldness: float) -> Tensor | None:
        """See `History.direction`."""
        along = self._products_with(gradient.flatten())
        if not self._slots:
            return None
        flat, diagonal = gradient.flatten(), diagonal.flatten()
        loops = torch.from_numpy(self._loops(along)).to(flat)
        alphas, ends, back = loops[0], loops[1], loops[2:]
        diagonal.mul_(self._length(diagonal, boldness))
        turned = torch.zeros_like(ends)
        for part in self._chunks(flat):
            y, q = self._y[: self._filled, part].to(flat.dtype), flat[part]
            q.addmv_(y.T, alphas, beta=-1).mul_(diagonal[part])
            turned += y @ q
        weights = torch.addmv(ends, back, turned)
        for part in self._chunks(flat):
            flat[part].addmv_(self._s[: self._filled, part].to(flat.dtype).T, weights)
        return flat.view_as(gradient)

    def _products_with(self, gradient: Tensor) -> np.ndarray:
        """See `History._products_with`."""
        if not self._slots:
            return np.zeros(0)
        n, k = self._filled, self._slots[-1]
        sums = gradient.new_zeros(2 * n + 2, dtype=torch.float64)
        for part in self._chunks(gradient):
            s, y = self._s[:n, part].to(gradient.dtype), self._y[k, part].to(gradient.dtype)
            numbers = [s @ gradient[part], s @ y, torch.stack([s[k] @ s[k], y @ y])]
            sums += torch.cat(numbers)
        return self._judged(sums.cpu().numpy())

    def _length(self, diagonal: Tensor, boldness: float) -> Tensor:
        """See `History._length`."""
        k = self._slots[-1]
        curvature = float(self._products[k, k])
        sums = diagonal.new_zeros(2, dtype=torch.float64)
        for part in self._chunks(diagonal):
            s, y, d = self._s[k, part].to(diagonal), self._y[k, part].to(diagonal), diagonal[part]
            sums += torch.stack([y @ (y * d), s @ (s / d)])
        changed, steps = sums.to(diagonal.dtype)
        return (curvature / changed) ** (1 - boldness) * (steps / curvature) ** boldness

    def _chunks(self, vector: Tensor) -> Iterator[slice]:
        for start in range(0, len(vector), CHUNK):
            yield slice(start, start + CHUNK)
