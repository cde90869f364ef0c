"""Frozen feature networks: image -> {"relu1_1": Tensor, ...}, with normalisation inside.

Two networks, one class. `vgg19` is torchvision's VGG19 (Simonyan & Zisserman 2015) up to the
deepest convolution that somebody asks for; `compact` is a small VGG-shaped network that was
distilled from it (see `training/`) and ships with the project. The compact network's features are
compared in VGG19's own metric: a linear map A with a bias b takes them to VGG19's, and a Gram
matrix is bilinear, so that A·G·Aᵀ costs nothing at image resolution.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional as F

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Convolution:
    """A 3×3 convolution with ReLU; `pool` halves the resolution before it, `stride` inside it.

    Attributes:
        channels: how many it computes.
        layer: the name that its ReLU is read by, if it is.
    """

    channels: int
    layer: str | None = None
    pool: bool = False
    stride: int = 1


def _vgg19() -> tuple[Convolution, ...]:
    blocks = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
    return tuple(
        Convolution(channels, f"relu{block}_{i}", pool=block > 1 and i == 1)
        for block, (channels, count) in enumerate(blocks, start=1)
        for i in range(1, count + 1)
    )


VGG19 = _vgg19()
"""VGG19's sixteen convolutions, configuration E of Simonyan & Zisserman 2015."""

COMPACT = (
    Convolution(32, "relu1_1"),
    Convolution(64, stride=2),
    Convolution(64),
    Convolution(64, "relu2_1"),
    Convolution(128, stride=2),
    Convolution(128, "relu3_1"),
    Convolution(128),
    Convolution(128, "relu3_3"),
    Convolution(128, "relu4_1", stride=2),
    Convolution(128),
    Convolution(128, "relu5_1", stride=2),
)
"""The compact network, its layers named for the VGG19 activations that they stand in for. Strided
convolutions take the place of VGG19's convolutions at full resolution followed by pooling, which
are most of its time."""


class FeatureNetwork(nn.Module):
    """A stack of 3×3 convolutions with ReLUs whose activations are read by name.

    Attributes:
        name: what to call it in front of people, "vgg19" or "compact".
        content_layer: the layer whose activations the content loss compares.
        metrics: for each layer the (C', C + 1) matrix [A b] that takes the activations, with a
            constant 1 as one more channel, to the activations of VGG19; empty for VGG19 itself.
    """

    def __init__(self, name: str, table: Iterable[Convolution], *, content_layer: str) -> None:
        super().__init__()
        self.name = name
        self.table = tuple(table)
        self.content_layer = content_layer
        self.convolutions = nn.ModuleList()
        channels = 3
        for row in self.table:
            self.convolutions.append(
                nn.Conv2d(channels, row.channels, 3, stride=row.stride, padding=1)
            )
            channels = row.channels
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)
        self.metrics: Mapping[str, Tensor] = MappingProxyType({})

    @property
    def layers(self) -> frozenset[str]:
        """The names that activations can be read by."""
        return frozenset(row.layer for row in self.table if row.layer)

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where images have to be."""
        return self.mean.device

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the activations of `layers`, computing nothing above the deepest of them.

        Args:
            image: (N, 3, H, W), RGB in [0, 1].
            layers: names such as "relu3_1".
        """
        wanted = set(layers)
        activations: dict[str, Tensor] = {}
        x = (image - self.mean) / self.std
        for row, convolution in zip(self.table, self.convolutions, strict=True):
            x = F.max_pool2d(x, 2) if row.pool else x
            x = F.relu(convolution(x))
            if row.layer in wanted:
                activations[row.layer] = x
            if len(activations) == len(wanted):
                break
        return activations
