"""What L-BFGS remembers, in fixed slots on a GPU, without a number that the processor reads.

`nst.optim.history` has the same mathematics for a processor, which may look at each pair and solve
two small triangular systems by itself: that is less work. Here slots that are not in use are masked
and the systems are solved by products, so that a CUDA graph can hold it all.
"""

import torch
from torch import Tensor

from nst.optim.history import HISTORY, LEAST_CURVATURE

BLOCKS = (1, 2, 4, 8)
"""Sides of the blocks that `_inverse` joins in pairs, until one has all of `HISTORY`."""


class Ring:
    """The last steps s and gradient changes y, as `nst.optim.history.History` has them.

    Args:
        image: (1, 3, H, W), of the shape of the vectors to come.

    Attributes:
        count: how many pairs are remembered, a scalar on the device.
    """

    def __init__(self, image: Tensor) -> None:
        self._pairs = image.new_zeros(2 * HISTORY, image.numel())  # all s, then all y
        self._next = torch.zeros(1, dtype=torch.int64, device=image.device)  # slot to write to
        self.count = torch.zeros_like(self._next)[0]
        # By slots, of each s with each y as new or newer.
        self._products = torch.zeros(HISTORY, HISTORY, dtype=torch.float64, device=image.device)
        self._identity = torch.eye(HISTORY, dtype=torch.float64, device=image.device)
        self._rows, self._ages, self._masks = _tables(image.device)

    @property
    def state(self) -> tuple[Tensor, ...]:
        """What tells two rings apart, but for the pairs themselves.

        `direction` may be repeated from the same state: it reads no slot that it may overwrite.
        """
        return self._products, self._next, self.count

    def direction(
        self, vectors: Tensor, diagonal: Tensor, boldness: Tensor, keeps: Tensor
    ) -> Tensor:
        """Remember a pair if it curves; minus the inverse Hessian times the gradient, (N,).

        Args:
            vectors: (3, N), a step, its gradient change, and the gradient.
            diagonal: (N,), the inverse Hessian to start from, up to a factor; the Hessian's inverse
                itself where nothing is remembered.
            boldness: a scalar, 0 for the short, 1 for the long step of Barzilai & Borwein.
            keeps: a scalar, false to forget all pairs.
        """
        along = self._added(vectors, keeps)
        s, y = self._pairs[:HISTORY], self._pairs[HISTORY:]
        tables = (self._rows, self._ages, self._masks)
        rows, ages, masks = (table.index_select(0, self._next)[0] for table in tables)
        used = ages < self.count
        both = masks[0] * used * used[:, None] > 0
        upper = torch.where(both, self._products, self._identity)
        inverse, curvatures = _inverse(upper, masks[1:]), upper.diagonal()
        # See `History._loops` for the two systems, and for the sign of q.
        alphas = inverse @ torch.where(used, along, 0)
        q = torch.addmv(vectors[2], y.T, alphas.to(s), beta=-1)
        curvature = curvatures.index_select(0, rows[2:3])[0]
        q.mul_(diagonal).mul_(self._length(rows[2:], curvature, diagonal, boldness))
        rest = torch.where(used, curvatures * alphas + (y @ q).double(), 0)
        return q.addmv_(s.T, (inverse.T @ rest).to(s), alpha=-1)

    def _added(self, vectors: Tensor, keeps: Tensor) -> Tensor:
        """Write a pair down and judge it; the inner products of each s with the gradient."""
        rows = self._rows.index_select(0, self._next)[0, :2]
        self._pairs.index_copy_(0, rows, vectors[:2])
        products = (self._pairs @ vectors.T).double()  # all at once
        self._products.index_copy_(1, self._next, products[:HISTORY, 1:2])
        own = products.index_select(0, rows)
        curves = own[0, 1] > LEAST_CURVATURE * (own[0, 0] * own[1, 1]).sqrt()
        self.count.copy_((self.count.clamp_max(HISTORY - 1) + curves) * keeps)
        self._next.add_(curves).remainder_(HISTORY)
        return products[:HISTORY, 2]

    def _length(
        self, latest: Tensor, curvature: Tensor, diagonal: Tensor, boldness: Tensor
    ) -> Tensor:
        """The diagonal's factor, between the latest pair's short and long step: a scalar.

        Args:
            latest: the rows of that pair, (2,).
            curvature: along it, a scalar.
        """
        s, y = self._pairs.index_select(0, latest).square_()
        short = curvature / (y @ diagonal)
        long = (s @ diagonal.reciprocal()) / curvature
        return torch.where(self.count > 0, short ** (1 - boldness) * long**boldness, 1)


def _tables(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """What follows from which slot is written to next.

    Returns:
        For each such slot the rows of its pair and of the latest one, (`HISTORY`, 4); the ages of
        all slots, 0 for the latest, (`HISTORY`, `HISTORY`); and masks over pairs of slots,
        (`HISTORY`, 1 + blocks, `HISTORY`, `HISTORY`): whether the first is as old or older, and
        which entries `_inverse` works on, block by block.
    """
    slots = torch.arange(HISTORY, device=device)
    latest = (slots - 1) % HISTORY
    rows = torch.stack([slots, slots + HISTORY, latest, latest + HISTORY], 1)
    ages = (latest[:, None] - slots) % HISTORY
    order = HISTORY - 1 - ages
    first, second = order[:, :, None], order[:, None, :]
    masks = [first <= second]
    for side in BLOCKS:
        a, b = first // side, second // side
        masks.append((a % 2 == 0) & (b == a + 1))
    return rows, ages, torch.stack(masks, 1).double()


def _inverse(upper: Tensor, masks: Tensor) -> Tensor:
    """The inverse of a matrix that is triangular in the order of age, (`HISTORY`, `HISTORY`).

    Blocks on the diagonal are joined in pairs: of [[A, B], [0, C]] the inverse has -A⁻¹·B·C⁻¹ in
    the corner, where B is.
    """
    inverse = torch.diag(upper.diagonal().reciprocal())
    for corners in upper * masks:
        inverse = torch.addmm(inverse, inverse @ corners, inverse, alpha=-1)
    return inverse
