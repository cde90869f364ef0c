"""The losses of Gatys et al. 2016 as pure functions of activations, for autograd.

Each loss is divided by the size of its own target (Cheng et al. 2021, "Style-Aware Normalized Loss
for Improving Neural Style Transfer"), where Gatys et al. divide by numbers of channels and pixels:
so a value of 1 means "as far from the target as nothing at all", for every layer, style, size and
network, and one style strength means the same everywhere."""

import torch
from torch import Tensor

from nst.features.metric import Metric
from nst.loss.moments import MomentsFunction

SMALLEST_TARGET = 1e-20
"""Floor for the squared size of a target, so that a black picture divides by something."""


def gram_matrix(features: Tensor, metric: Metric | None = None) -> Tensor:
    """Mean over the pixels of the outer product of the channels (Gatys et al. 2016, eq. 3).

    The paper sums over the pixels; the mean makes pictures of different sizes comparable.

    Args:
        features: (N, C, H, W).
        metric: where given, the Gram matrix of the mapped features A·f + b is returned.

    Returns:
        (N, C, C), or (N, C', C') in a metric; float32.
    """
    gram, mean = MomentsFunction.apply(features)
    return in_metric(gram, mean, metric)


def in_metric(gram: Tensor, mean: Tensor, metric: Metric | None) -> Tensor:
    """The Gram matrix of features A·f + b, given the moments of f: (N, C, C) -> (N, C', C').

    A·f + b is [A b] times f with a 1 below it.
    """
    if metric is None:
        return gram
    affine = metric.affine
    return affine @ bordered(gram, mean) @ affine.T


def bordered(gram: Tensor, mean: Tensor) -> Tensor:
    """The Gram matrix of features with a 1 below them, given their moments: (N, C + 1, C + 1)."""
    column, one = mean.unsqueeze(2), mean.new_ones(len(mean), 1, 1)
    return torch.cat([torch.cat([gram, column], 2), torch.cat([column.transpose(1, 2), one], 2)], 1)


def relative_distance(x: Tensor, target: Tensor) -> Tensor:
    """Squared distance of `x` to `target` over the squared size of `target`: (N,)."""
    distance = (x - target).square().flatten(1).sum(1)
    return distance / target.square().flatten(1).sum(1).clamp_min(SMALLEST_TARGET)


def content_loss(features: Tensor, target: Tensor, metric: Metric | None = None) -> Tensor:
    """How far activations are from those of the content picture (Gatys et al. 2016, eq. 1).

    A difference d has |A·d|² = trace(A·(d·dᵀ)·Aᵀ): a small product instead of C' channels of
    pixels.

    Args:
        features: (1, C, H, W).
        target: (1, C, H, W), the content picture's activations.
        metric: where given, both are compared after its map.

    Returns:
        A scalar: 0 for equal activations, 1 for vanished ones. Not resolution invariant.
    """
    gram, size = gram_matrix(features - target), content_size(target, metric)
    if metric is None:
        return gram.diagonal(dim1=1, dim2=2).sum() / size
    return torch.sum((metric.weight @ gram) * metric.weight) / size


def content_size(target: Tensor, metric: Metric | None = None) -> Tensor:
    """Mean over the pixels of the squared activations (1, C, H, W) in a metric: a scalar."""
    gram, mean = MomentsFunction.apply(target)
    return size_of(gram, mean, metric)


def size_of(gram: Tensor, mean: Tensor, metric: Metric | None) -> Tensor:
    """The same of activations with moments (1, C, C) and (1, C)."""
    traced = in_metric(gram, mean, metric).diagonal(dim1=1, dim2=2)
    return traced.sum().clamp_min(SMALLEST_TARGET)


def style_loss(gram: Tensor, target: Tensor) -> Tensor:
    """How far a Gram matrix is from the style picture's: E_l of Gatys et al. 2016, eq. 4.

    Args:
        gram: (1, C, C).
        target: (1, C, C), the style picture's.

    Returns:
        A scalar: 0 for equal matrices, 1 for a vanished one.
    """
    return relative_distance(gram, target).squeeze(0)
