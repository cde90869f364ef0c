"""The losses of Gatys et al. 2016 as pure functions over activations and pictures.

Each loss is divided by the size of its own target (Cheng et al. 2021, "Style-Aware Normalized Loss
for Improving Neural Style Transfer"), where Gatys et al. divide by numbers of channels and pixels:
so a value of 1 means "as far from the target as nothing at all", for every layer, style, size and
network, and one style strength means the same everywhere.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F

SMALLEST_TARGET = 1e-20
"""Floor for the squared size of a target, so that a black picture divides by something."""
MOST_CHUNKS, FEWEST_CHUNKS = 32, 4
"""Parts of a picture whose Gram matrices are added in float32; where there would be fewer, the
activations are few, and multiplied in float32 as a whole."""
SQUARE = 16
"""Side in pixels of the squares that are summed up first for a mean."""


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
            multiplied by already (`nst.regions.root_guide`); None where all pixels count the same.
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


class _Moments(torch.autograd.Function):
    """`moments` and `pull_back` for autograd."""

    @staticmethod
    def forward(ctx: FunctionCtx, features: Tensor) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(features)
        return moments(features)

    @staticmethod
    def backward(ctx: FunctionCtx, gram: Tensor, mean: Tensor) -> Tensor:
        (features,) = ctx.saved_tensors
        pixels = features.shape[2] * features.shape[3]
        return pull_back(features, gram) + (mean / pixels).to(features)[..., None, None]


def gram_matrix(features: Tensor, metric: Metric | None = None) -> Tensor:
    """Mean over the pixels of the outer product of the channels (Gatys et al. 2016, eq. 3).

    The paper sums over the pixels; the mean makes pictures of different sizes comparable.

    Args:
        features: (N, C, H, W).
        metric: where given, the Gram matrix of the mapped features A·f + b is returned.

    Returns:
        (N, C, C), or (N, C', C') in a metric; float32.
    """
    return in_metric(*_Moments.apply(features), metric)


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
    return gram_matrix(target, metric).diagonal(dim1=1, dim2=2).sum().clamp_min(SMALLEST_TARGET)


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
    across, down = image.diff(dim=3), image.diff(dim=2)
    return across.square().mean() + down.square().mean()


def add_total_variation(gradient: Tensor, image: Tensor, weight: float) -> Tensor:
    """Add the gradient of `weight` times the total variation to `gradient`, in place.

    Autograd goes over the picture four times as often.

    Args:
        gradient: (1, 3, H, W).
        image: (1, 3, H, W).

    Returns:
        The total variation loss itself, a scalar.
    """
    loss = image.new_zeros(())
    for axis in (2, 3):
        change = image.diff(dim=axis)
        flat, count = change.flatten(), change.shape[axis]
        loss += flat @ flat / flat.numel()
        scale = 2 * weight / flat.numel()
        if weight:
            gradient.narrow(axis, 1, count).add_(change, alpha=scale)
            gradient.narrow(axis, 0, count).sub_(change, alpha=scale)
    return loss
