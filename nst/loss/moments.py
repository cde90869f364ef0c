"""Moments of activations: the Gram matrix and the mean, and the way back from them."""

import math

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.nn import functional as F

MOST_CHUNKS, FEWEST_CHUNKS = 32, 4
"""Parts of a picture whose Gram matrices are added in float32; where there would be fewer, the
activations are few, and multiplied in float32 as a whole."""
SQUARE = 16
"""Side in pixels of the squares that are summed up first for a mean."""


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Means over the pixels of the channels' products and of the channels.

    Args:
        features: (N, C, H, W).

    Returns:
        The Gram matrix (N, C, C) and the mean (N, C), float32 (float64 of float64).
    """
    return mean_products(features), channel_means(features)


def channel_means(features: Tensor, root: Tensor | None = None) -> Tensor:
    """Means over the pixels of activations (N, C, H, W): (N, C), float32 (float64 of float64).

    Args:
        features: (N, C, H, W).
        root: (N, 1, H, W), the roots of the pixels' weights, of mean square 1, that `features` are
            multiplied by already (`nst.loss.regions.root_guide`); None where all count the same.
    """
    if root is not None:
        features = features * root.to(features)
    if features.is_cuda:
        return features.mean((2, 3), dtype=_exact(features))
    # Over squares first: `mean` takes three times as long on a processor.
    sums = F.avg_pool2d(features, SQUARE, ceil_mode=True, divisor_override=1)
    return sums.to(_exact(features)).sum((2, 3)) / features[0, 0].numel()


def mean_products(features: Tensor) -> Tensor:
    """The Gram matrix of activations (N, C, H, W): (N, C, C), float32 (float64 of float64).

    The sums over the pixels are made in chunks whose results are added in float32: of bfloat16
    activations, this is as good as a float32 copy of them (a relative error of 2e-4) and far
    quicker, and long thin products keep all cores busy.
    """
    n, c, h, w = features.shape
    chunks = _chunks(features)
    products = _products(chunks.transpose(1, 2), chunks)
    return products.view(n, -1, c, c).sum(1) / (h * w)


def _products(a: Tensor, b: Tensor) -> Tensor:
    """Matrix products in float32, which on a GPU are never rounded to less."""
    if a.is_cuda and a.dtype in (torch.bfloat16, torch.float16):
        return torch.bmm(a, b, out_dtype=torch.float32)
    return torch.bmm(a, b).to(_exact(a))


def _chunks(features: Tensor) -> Tensor:
    """Activations (N, C, H, W) -> (N · count, H · W / count, C)."""
    n, c, h, w = features.shape
    count = math.gcd(h * w, MOST_CHUNKS)
    while count > 1 and h * w < 2 * c * count:
        count //= 2  # results that are as large as what they are made from are slow to add
    if count < FEWEST_CHUNKS:
        features, count = features.to(_exact(features)), 1
    return _pixels(features).reshape(n * count, -1, c)


def _exact(features: Tensor) -> torch.dtype:
    return torch.promote_types(features.dtype, torch.float32)


def pull_back(features: Tensor, gram: Tensor, onto: Tensor | None = None) -> Tensor:
    """The gradient of activations, given that of their Gram matrix.

    With S the sum of the Gram matrix's gradient and its transpose, it is F·S / P for the P pixels'
    features F: one product, where autograd makes transposed copies of F.

    Args:
        features: (N, C, H, W).
        gram: (N, C, C), the gradient of the Gram matrix.
        onto: a gradient (N, C, H, W) that is overwritten with the sum, or None for zero.

    Returns:
        (N, C, H, W) in the features' precision.
    """
    flat, size = _pixels(features), features.shape[2:]
    symmetric = ((gram + gram.transpose(1, 2)) / flat.shape[1]).to(flat.dtype)
    total = torch.bmm(flat, symmetric) if onto is None else _pixels(onto).baddbmm_(flat, symmetric)
    return total.unflatten(1, size).permute(0, 3, 1, 2)


def _pixels(features: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, H·W, C), a view when channels_last."""
    return features.permute(0, 2, 3, 1).flatten(1, 2)


class MomentsFunction(torch.autograd.Function):
    """`moments` and `pull_back` for autograd."""

    @staticmethod
    def forward(ctx: BackwardCFunction, features: Tensor) -> tuple[Tensor, Tensor]:
        """As `moments`."""
        ctx.save_for_backward(features)
        return moments(features)

    @staticmethod
    def backward(ctx: BackwardCFunction, gram: Tensor, mean: Tensor) -> Tensor:
        """As `pull_back`, of both."""
        (features,) = ctx.saved_tensors
        pixels = features.shape[2] * features.shape[3]
        return pull_back(features, gram) + (mean / pixels).to(features)[..., None, None]
