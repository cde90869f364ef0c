"""What is left of the photograph in a painting's clothes, by a measure that nothing optimises.

Style is the sliced Wasserstein distance (Heitz et al. 2021) between the activations of a result and
of the painting, as a share of the photograph's own; content the squared distance to the
photograph's relu3_3, relative to its size; edges the correlation of what a Sobel filter finds in
result and photograph at a quarter of the resolution. The network is `benchmarks.common.reference`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import mean

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.common.reference import Reference
from nst.settings import STYLE_LAYERS

MEASURED = STYLE_LAYERS[:4]
"""The layers whose mean is "style left"; relu5_1, the least certain, is told apart."""
PROJECTIONS, QUANTILES = 64, 1024
BATCH = 8
"""Projections that are sorted at once."""


@dataclass(frozen=True)
class Measured:
    """One result's figures.

    Attributes:
        left: by layer, the share of the photograph's distance to the painting that is left.
        content: 0 for the photograph itself, about 1 for an unrelated picture.
        edges: -1 … 1, 1 for the photograph's own drawing.
    """

    left: Mapping[str, float]
    content: float
    edges: float

    @cached_property
    def style_left(self) -> float:
        """Mean over relu1_1 … relu4_1."""
        return mean(self.left[layer] for layer in MEASURED)


class Yardstick:
    """The measure for one photograph and one painting.

    Args:
        content: (1, 3, H, W) in [0, 1].
        style: (1, 3, H', W') in [0, 1], at the size at which it is a result's style.
    """

    @torch.no_grad()
    def __init__(self, network: Reference, content: Tensor, style: Tensor) -> None:
        self._network, self._size = network, content.shape[2:]
        activations = network(content, {*STYLE_LAYERS, "relu3_3"})
        self._relu3_3, self._edges = activations["relu3_3"], _edges(content)
        self._painting = {k: _quantiles(x) for k, x in network(style, STYLE_LAYERS).items()}
        self._own = self._distances(activations)

    @torch.no_grad()
    def measure(self, image: Tensor) -> Measured:
        """The figures of a result (1, 3, H, W) of the photograph's size."""
        activations = self._network(image, {*STYLE_LAYERS, "relu3_3"})
        distances = self._distances(activations)
        away = (activations["relu3_3"] - self._relu3_3).square().sum()
        edges = torch.corrcoef(torch.stack([_edges(image), self._edges]))[0, 1]
        return Measured(
            {layer: distances[layer] / self._own[layer] for layer in STYLE_LAYERS},
            float(away / self._relu3_3.square().sum()),
            float(edges),
        )

    def _distances(self, activations: Mapping[str, Tensor]) -> dict[str, float]:
        return {
            layer: float((_quantiles(activations[layer]) - self._painting[layer]).square().mean())
            for layer in STYLE_LAYERS
        }


def projected(activations: Tensor) -> Tensor:
    """Activations (1, C, H, W) along fixed directions: (PROJECTIONS, H · W)."""
    pixels = activations[0].flatten(1)
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(PROJECTIONS, len(pixels), generator=generator)
    return F.normalize(directions, dim=1).to(pixels) @ pixels


def quantiles(rows: Tensor) -> Tensor:
    """Of rows (PROJECTIONS, N): (PROJECTIONS, QUANTILES)."""
    places = torch.linspace(0, rows.shape[1] - 1, QUANTILES, device=rows.device).round().long()
    return torch.cat([batch.sort(1).values[:, places] for batch in rows.split(BATCH)])


def _quantiles(activations: Tensor) -> Tensor:
    return quantiles(projected(activations))


def _edges(image: Tensor) -> Tensor:
    """Sobel magnitudes of the luminance at a quarter of the resolution, in one row."""
    weights = image.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    grey = F.avg_pool2d((image * weights).sum(1, keepdim=True), 4)
    across = image.new_tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    kernels = torch.stack([across, across.T]).unsqueeze(1)
    return F.conv2d(grey, kernels).square().sum(1).sqrt().flatten()
