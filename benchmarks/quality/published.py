"""The published recipe to compare with: that of crowsonkb/style-transfer-pytorch, written anew.

Adam from the photograph over scales that grow by √2, the 2-Wasserstein distance of Gaussians as
style loss, and the moving average of what Adam passes through as the result. What differs comes
from the network, `benchmarks.common.reference`: relu4_1 stands in for relu4_2 in the content loss,
the first layer pads with zeros and not with the border's pixels, and each layer is divided by its
mean over the painting, because the recipe's weights are made for torchvision's activations, of
order 1, and the reference has the much larger ones of the original VGG19.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from benchmarks.common.pictures import sized
from benchmarks.common.reference import Reference
from nst.loss.wasserstein import inverse_root_by_products
from nst.settings import STYLE_LAYERS

LEARNING_RATE, BETAS = 0.02, (0.9, 0.99)
FIRST_SCALE, FIRST_ITERATIONS, ITERATIONS = 128, 1000, 500
CONTENT_LAYER, CONTENT_WEIGHT, TV_WEIGHT = "relu4_1", 0.015, 2.0
STYLE_WEIGHTS = {
    layer: weight / 341 for layer, weight in zip(STYLE_LAYERS, (256, 64, 16, 4, 1), strict=True)
}
RIDGE = 1e-4
"""Variance that is added to every channel."""
DECAY = 0.99
"""Of the moving average."""


def published(
    network: Reference, content: Image.Image, style: Image.Image, size: int, share: float = 1.0
) -> Iterator[tuple[int, Tensor]]:
    """Paint by the recipe, yielding the iteration, from 1, and the average (1, 3, H, W) so far.

    Args:
        size: longest side of the result, in pixels.
        share: of the recipe's iterations, at each scale the same.
    """
    iteration, average, optimizer = 0, None, None
    for scale in scales(size):
        photograph, painting = (sized(x, scale).to(network.device) for x in (content, style))
        loss = PublishedLoss(network, photograph, painting)
        start = average.value if average else photograph
        image = F.interpolate(start, photograph.shape[2:], mode="bicubic").clamp(0, 1)
        average, optimizer = Average(image), adam(image.requires_grad_(), optimizer)
        for _ in range(max(1, round(share * (ITERATIONS if iteration else FIRST_ITERATIONS)))):
            optimizer.zero_grad()
            loss(image).backward()
            optimizer.step()
            image.data.clamp_(0, 1)
            average.add(image.detach())
            iteration += 1
            yield iteration, average.value


def scales(end: int) -> list[int]:
    """The longest sides up to `end`, √2 apart, from `FIRST_SCALE` or a bit more on."""
    sides = []
    while (side := round(end / 2 ** (len(sides) / 2))) >= min(FIRST_SCALE, end):
        sides.append(side)
    return sides[::-1]


def adam(image: Tensor, before: torch.optim.Adam | None = None) -> torch.optim.Adam:
    """Adam for an image (1, 3, H, W), with the resized moments of the scale before."""
    optimizer = torch.optim.Adam([image], lr=LEARNING_RATE, betas=BETAS)
    if before:
        (old,) = before.state.values()
        shape = image.shape[2:]
        optimizer.state[image] = {
            "step": old["step"],
            "exp_avg": F.interpolate(old["exp_avg"], shape, mode="bicubic"),
            "exp_avg_sq": F.interpolate(old["exp_avg_sq"], shape, mode="bilinear").clamp_min(0),
        }
    return optimizer


class Average:
    """The exponential moving average of images (1, 3, H, W), without bias to zero."""

    def __init__(self, first: Tensor) -> None:
        self._sum, self._missing = torch.zeros_like(first), 1.0
        self.add(first)

    def add(self, image: Tensor) -> None:
        """Take in one more."""
        self._sum = torch.lerp(self._sum, image, 1 - DECAY)
        self._missing *= DECAY

    @property
    def value(self) -> Tensor:
        """The average, (1, 3, H, W)."""
        return self._sum / (1 - self._missing)


class PublishedLoss:
    """The recipe's loss at one scale.

    Args:
        content: (1, 3, H, W) in [0, 1].
        style: (1, 3, H', W') in [0, 1].
    """

    @torch.no_grad()
    def __init__(self, network: Reference, content: Tensor, style: Tensor) -> None:
        self._network = network
        activations = network(style, STYLE_WEIGHTS)
        self._means = {k: x.mean().clamp_min(1e-6) for k, x in activations.items()}
        self._gaussians = {k: Gaussian.of(x / self._means[k]) for k, x in activations.items()}
        photograph = network(content, [CONTENT_LAYER])[CONTENT_LAYER]
        self._content = photograph / self._means[CONTENT_LAYER]

    def __call__(self, image: Tensor) -> Tensor:
        """The loss of an image (1, 3, H, W), a scalar."""
        activations = self._network(image, STYLE_WEIGHTS)
        activations = {k: activations[k] / mean for k, mean in self._means.items()}
        content = F.mse_loss(activations[CONTENT_LAYER], self._content)
        parts = [CONTENT_WEIGHT * content, TV_WEIGHT * total_variation(image)]
        for layer, weight in STYLE_WEIGHTS.items():
            parts.append(weight * self._gaussians[layer].distance(activations[layer]))
        return torch.stack(parts).sum()


@dataclass(frozen=True)
class Gaussian:
    """The mean (C,) of activations, their covariance (C, C) with the ridge, and its root (C, C)."""

    mean: Tensor
    covariance: Tensor
    root: Tensor

    @classmethod
    def of(cls, activations: Tensor) -> "Gaussian":
        """That of activations (1, C, H, W)."""
        mean, covariance = _moments(activations)
        values, vectors = torch.linalg.eigh(covariance.double())
        root = vectors * values.clamp_min(0).sqrt() @ vectors.mT
        return cls(mean, covariance, root.to(covariance))

    def distance(self, activations: Tensor) -> Tensor:
        """The squared 2-Wasserstein distance of activations (1, C, H, W), per channel, a scalar.

        The root of R·C·R is its product with Z, its inverse root, for which there is a product of
        matrices with nothing to wait for. The trace of a root has the gradient Z / 2; that of the
        product with a Z that is held fixed is Z, of which half is taken.
        """
        mean, covariance = _moments(activations)
        between = self.root @ covariance @ self.root
        between = (between + between.mT) / 2
        inverse = inverse_root_by_products(between.detach()[None])[0]
        trace = (inverse * between).sum()
        trace = (trace + trace.detach()) / 2
        spread = (covariance + self.covariance).trace() - 2 * trace
        return (mean - self.mean).square().mean() + spread / len(mean)


def _moments(activations: Tensor) -> tuple[Tensor, Tensor]:
    """The mean (C,) of activations (1, C, H, W) and their covariance (C, C) with the ridge."""
    flat = activations.flatten(2)[0]
    mean = flat.mean(1)
    covariance = flat @ flat.T / flat.shape[1] - mean.outer(mean)
    return mean, covariance + RIDGE * torch.eye(len(mean), device=mean.device, dtype=mean.dtype)


def total_variation(image: Tensor) -> Tensor:
    """Squared differences of neighbours in an image (1, 3, H, W), their mean over its numbers."""
    pairs = image.diff(dim=2), image.diff(dim=3)
    return torch.stack([x.square().sum() for x in pairs]).sum() / image.numel()
