"""The losses of Gatys et al. 2016 as pure functions over activations and pictures.

Each loss is divided by the size of its own target (Cheng et al. 2021, "Style-Aware Normalized Loss
for Improving Neural Style Transfer"), where Gatys et al. divide by numbers of channels and pixels:
so a value of 1 means "as far from the target as nothing at all", for every layer, style, size and
network, and one style strength means the same everywhere.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

SMALLEST_TARGET = 1e-20
"""Floor for the squared size of a target, so that a black picture divides by something."""


@dataclass(frozen=True)
class Metric:
    """An affine map from one network's activations to another's, in which they are compared.

    Attributes:
        weight: (C', C), the A of x -> A·x + b.
        bias: (C',), the b.
    """

    weight: Tensor
    bias: Tensor


def gram_matrix(features: Tensor, metric: Metric | None = None) -> Tensor:
    """Mean over the pixels of the outer product of the channels (Gatys et al. 2016, eq. 3).

    The paper sums over the pixels; the mean makes pictures of different sizes comparable.

    Args:
        features: (N, C, H, W).
        metric: where given, the Gram matrix of the mapped features A·f + b is returned. It is
            computed from the unmapped one, because (A·f + b)(A·f + b)ᵀ averages to
            A·G·Aᵀ + A·μ·bᵀ + b·(A·μ)ᵀ + b·bᵀ with the mean features μ.

    Returns:
        (N, C, C), or (N, C', C') in a metric; float32.
    """
    flat = features.permute(0, 2, 3, 1).flatten(1, 2)  # (N, H·W, C), a view when channels_last
    pixels = flat.shape[1]
    gram = (flat.transpose(1, 2) @ flat).float() / pixels
    if metric is None:
        return gram
    mean = metric.weight @ flat.mean(1).float().unsqueeze(2)  # (N, C', 1)
    cross = mean @ metric.bias.view(1, 1, -1)
    mapped = metric.weight @ gram @ metric.weight.T
    return mapped + cross + cross.transpose(1, 2) + torch.outer(metric.bias, metric.bias)


def relative_distance(x: Tensor, target: Tensor) -> Tensor:
    """Squared distance of `x` to `target` over the squared size of `target`: (N,)."""
    distance = (x - target).square().flatten(1).sum(1)
    return distance / target.square().flatten(1).sum(1).clamp_min(SMALLEST_TARGET)


def content_loss(features: Tensor, target: Tensor, metric: Metric | None = None) -> Tensor:
    """How far activations are from those of the content picture (Gatys et al. 2016, eq. 1).

    Args:
        features: (1, C, H, W).
        target: (1, C, H, W), the content picture's activations.
        metric: where given, both are compared after its map.

    Returns:
        A scalar: 0 for equal activations, 1 for vanished ones. Not resolution invariant.
    """
    if metric is None:
        return relative_distance(features.float(), target.float()).squeeze(0)
    # |A·d|² = trace(A·(d·dᵀ)·Aᵀ): a Gram matrix of the difference instead of C' channels of pixels.
    difference = gram_matrix(features - target)
    distance = torch.sum((metric.weight @ difference) * metric.weight)
    size = gram_matrix(target, metric).diagonal(dim1=1, dim2=2).sum()
    return distance / size.clamp_min(SMALLEST_TARGET)


def style_loss(gram: Tensor, target: Tensor) -> Tensor:
    """How far a Gram matrix is from the style picture's: E_l of Gatys et al. 2016, eq. 4.

    Args:
        gram: (1, C, C).
        target: (1, C, C), the style picture's.

    Returns:
        A scalar: 0 for equal matrices, 1 for a vanished one.
    """
    return relative_distance(gram, target).squeeze(0)


def total_variation_loss(image: Tensor) -> Tensor:
    """Mean squared difference between neighbouring pixels, across plus down.

    Gatys et al. 2016 have no such term; it was added by Mahendran & Vedaldi 2015 (with an exponent)
    and Johnson et al. 2016 against high-frequency noise. Squares keep it smooth for L-BFGS.

    Args:
        image: (1, 3, H, W) with H and W of at least 2.

    Returns:
        A scalar: 0 for a flat picture, 2 for a checkerboard of 0 and 1.
    """
    across = (image[..., :, 1:] - image[..., :, :-1]).square().mean()
    down = (image[..., 1:, :] - image[..., :-1, :]).square().mean()
    return across + down
