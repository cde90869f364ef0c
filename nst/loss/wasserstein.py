"""The Wasserstein style loss: the distance between the Gaussians of two pictures' activations.

A Gram matrix of activations that are never negative is mostly the outer product of their means: a
loss of Gram matrices is nearly satisfied by mean colours and contrasts, and hardly pays for the
strokes, which are in the covariance. The Wasserstein distance weighs means and all directions of
the covariance by what it takes to move the one distribution into the other (Mroueh 2019,
"Wasserstein Style Transfer"; Risser et al. 2017 on what Gram matrices leave free).

The distance of N(m, C) to N(t, T) is |m - t|² + tr C + tr T - 2 tr (R·C·R)^½ with R = T^½ (Olkin &
Pukelsheim 1982), here divided by tr T: 1 is as far as the style's own spread. Its gradient with
respect to C is I - R·(R·C·R)^-½·R, the optimal map less the identity.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from nst.features.metric import Metric
from nst.loss.moments import SQUARE, channel_means
from nst.loss.statistic import Compared

RIDGE = 1e-3
"""Variance that is added to every direction of both pictures, as a share of the style's mean
variance: what neither has is no direction to compare in."""
NOISE = 1e-4
"""The same as a share of the style's mean square: what rounding leaves of a covariance that is a
difference of larger numbers."""
SMALLEST_VARIANCE = 1e-8
"""Floor for the ridge: a black picture has neither."""
FEW_PIXELS = 16 * SQUARE**2
"""Of a layer, whose means are not taken from sums that are rounded to bfloat16."""
PRODUCTS = 12
"""Iterations of `inverse_root_by_products`."""
LEAST = 1e-3
"""Root of the smallest eigenvalue, in parts of the norm, that they are to get right. With less they
would be right for smaller ones in exact arithmetic, and break down in float32."""
LIFT = 2e-7
"""What is added to the eigenvalues, in parts of the norm, so that rounding leaves none below 0."""


def inverse_root_by_products(matrix: Tensor) -> Tensor:
    """The inverse of the root of a symmetric matrix (1, C, C), by products alone: (1, C, C).

    The coupled Newton-Schulz iteration (Higham 2008, eq. 6.35), scaled by what is known of the
    eigenvalues, so that it takes half of the steps (Chen & Chow 2014, "A Stable Scaling of
    Newton-Schulz for Improving the Sign Function Computation of a Hermitian Matrix"). Directions
    of less than about 1e-7 of the norm are taken for that.
    """
    identity = torch.eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
    norm = matrix.norm()
    root, inverse, low = matrix / norm + LIFT * identity, identity[None], LEAST
    for _ in range(PRODUCTS):
        scale = (3 / (1 + low + low * low)) ** 0.5
        low = scale * low * (3 - (scale * low) ** 2) / 2
        step = 1.5 * scale * identity - scale**3 / 2 * (inverse @ root)
        root, inverse = root @ step, step @ inverse
    return inverse * norm.rsqrt()


@dataclass(frozen=True)
class Wasserstein:
    """A style picture's Gaussian N(t, T), with a ridge as on every picture's that is compared.

    All but the mean are float64 on a processor, where it takes a few per cent of an iteration; on
    a GPU they are float32, and roots are made by products, so that nothing waits for the processor.

    Attributes:
        mean: (1, C), of the activations.
        form: (C, C), AᵀA of the metric's A, by which covariances and differences of means are
            measured.
        root: (1, C, C), R·A.
        covariance: (1, C, C), T in the metric.
        ridge: a scalar.
        spread: tr T, a scalar.
    """

    efforts: ClassVar = (0.0, 21.0, 42.0, 66.0, 100.0)
    content_layers: ClassVar = (
        ("relu4_2", "relu4_1", "relu3_3", "relu2_2", "relu1_2"),
        ("relu3_3", "relu2_2", "relu1_2"),
    )
    needs_mean: ClassVar = True

    mean: Tensor
    form: Tensor
    root: Tensor
    covariance: Tensor
    ridge: Tensor
    spread: Tensor

    @classmethod
    def of(cls, gram: Tensor, mean: Tensor, metric: Metric | None) -> "Wasserstein":
        """The Gaussian of a style's moments, compared in a metric."""
        precision = gram.dtype if gram.is_cuda else torch.float64
        gram, mean = gram.double(), mean.double()
        if metric is None:
            affine = torch.eye(gram.shape[-1]).to(gram)
        else:
            # Rotated to C channels. No difference of means and no covariance has the bias.
            affine = torch.linalg.qr(metric.weight.double(), mode="r").R
        values, vectors = torch.linalg.eigh(affine @ covariance_of(gram, mean) @ affine.T)
        values = values.clamp_min(0)
        square = (mean @ affine.T).square().mean()
        ridge = (RIDGE * values.mean() + NOISE * square).clamp_min(SMALLEST_VARIANCE)
        values = (values + ridge).unsqueeze(-2)
        root = vectors * values.sqrt() @ vectors.mT @ affine
        covariance = vectors * values @ vectors.mT
        parts = mean, affine.T @ affine, root, covariance, ridge, values.sum()
        return cls(*(part.to(precision) for part in parts))

    @staticmethod
    def mean_of(features: Tensor, root: Tensor | None = None) -> Tensor:
        """As `nst.loss.moments.channel_means`, exactly where few pixels hide no rounding."""
        if features[0, 0].numel() <= FEW_PIXELS:
            features = features.to(torch.promote_types(features.dtype, torch.float32))
        return channel_means(features, root)

    def compare(self, gram: Tensor, mean: Tensor | None) -> Compared:
        """The loss of moments: see the module's docstring."""
        assert mean is not None
        given, gram, mean = gram.dtype, gram.to(self.form), mean.to(self.form)
        covariance, away = covariance_of(gram, mean), mean - self.mean
        between = self.root @ covariance @ self.root.mT + self.ridge * self.covariance
        shared, inverse = self._shared(between)
        moved = away @ self.form
        own = (covariance * self.form).sum() + self.ridge * between.shape[-1]
        loss = (moved * away).sum() + own + self.spread - shared
        by_gram = self.form - self.root.mT @ inverse @ self.root
        # Of C = G - m·mᵀ, which has the mean twice.
        by_mean = 2 * (moved - (by_gram @ mean.unsqueeze(2)).squeeze(2))
        return Compared(*((part / self.spread).to(given) for part in (loss, by_gram, by_mean)))

    def _shared(self, between: Tensor) -> tuple[Tensor, Tensor]:
        """2 tr W^½ and W^-½ (1, C, C) of W = R·C·R.

        With Z in the place of W^-½, products give 2 tr Z·W + tr T - tr Z·W·Z·T, in which most of
        the error of Z cancels: it makes the distance the trace of (I - K)·C·(I - K) for the map
        K = R·Z·R, which is never negative.
        """
        if not between.is_cuda:
            values, vectors = torch.linalg.eigh(between)
            roots = values.clamp_min(self.ridge.square()).sqrt()  # rounding may leave some below 0
            return 2 * roots.sum(), vectors / roots.unsqueeze(-2) @ vectors.mT
        inverse = inverse_root_by_products(between)
        turned = inverse @ between
        mapped = ((turned @ inverse) * self.covariance).sum()
        overlap = turned.diagonal(dim1=1, dim2=2).sum()
        return 2 * overlap + self.spread - mapped, inverse


def covariance_of(gram: Tensor, mean: Tensor) -> Tensor:
    """The covariance (1, C, C) of activations with moments (1, C, C) and (1, C)."""
    return gram - mean.unsqueeze(2) * mean.unsqueeze(1)
