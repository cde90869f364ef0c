"""In what metric activations are compared: one network's, mapped to another's."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Metric:
    """An affine map from one network's activations to another's, in which they are compared.

    Attributes:
        weight: (C', C), the A of x -> A·x + b.
        bias: (C',), the b.
    """

    weight: Tensor
    bias: Tensor

    @property
    def affine(self) -> Tensor:
        """[A b], (C', C + 1): the map of activations with a 1 below them."""
        return torch.column_stack([self.weight, self.bias])

    def rotated(self) -> "Metric":
        """The map to at most C + 1 channels in which everything is as far apart as in this one.

        Distances do not change under rotations of C'. With [A b] = Q·R, the rotation by Qᵀ leaves
        R, whose rows beyond C + 1 are zero.
        """
        triangular = torch.linalg.qr(self.affine.double(), mode="r").R.to(self.weight)
        return Metric(triangular[:, :-1].contiguous(), triangular[:, -1].contiguous())
