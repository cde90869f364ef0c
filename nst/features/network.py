"""Networks whose activations the losses compare, described by one table each."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nst.features.metric import Metric
from nst.features.trace import Trace

CONTENT_LAYERS = ("relu4_2", "relu3_3", "relu2_2", "relu1_2")
"""The content layer is the first of these that a network's weights reach."""
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


VGG19 = _vgg19()[:13]
"""VGG19's convolutions up to relu5_1, the deepest layer in use (configuration E of Simonyan &
Zisserman 2015)."""
COMPACT = (
    Convolution(32, "relu1_1"),
    Convolution(64, stride=2),
    Convolution(64, "relu2_1"),
    Convolution(128, stride=2),
    Convolution(128, "relu3_1"),
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
        version: eight hexadecimal digits that change with its weights.
        reason: why it was chosen, a sentence for people.
        content_layer: the layer whose activations the content loss compares.
        metrics: for each layer of the compact network, the map to VGG19's activations in which its
            own are compared, up to rotation; empty for VGG19 itself.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, name: str, table: Iterable[Convolution]) -> None:
        super().__init__()
        self.name = name
        self.version = ""
        self.reason = "asked for"
        self.table = tuple(table)
        self.content_layer = next(
            (layer for layer in CONTENT_LAYERS if layer in self.layers), "relu1_1"
        )
        self.metrics: dict[str, Metric] = {}
        self.convolutions = nn.ModuleList()
        channels = 3
        for row in self.table:
            self.convolutions.append(nn.Conv2d(channels, row.channels, 3, row.stride, padding=1))
            channels = row.channels
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)

    @property
    def layers(self) -> frozenset[str]:
        """The names that activations can be read by."""
        return frozenset(row.layer for row in self.table if row.layer)

    def first_reached(self, layers: Iterable[str]) -> str:
        """The first of `layers` that can be read, or the deepest that can if none of them."""
        mine = [row.layer for row in self.table if row.layer]
        return next((layer for layer in layers if layer in mine), mine[-1])

    def trace(self, image: Tensor, layers: Iterable[str]) -> Trace:
        """The activations of an image, and the way back from them: see `nst.features.trace`."""
        return Trace(self, image, layers)

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where images have to be."""
        return self.mean.device

    def normalised(self, image: Tensor) -> Tensor:
        """An image (N, 3, H, W), RGB in [0, 1], as the first convolution wants it."""
        x = ((image - self.mean) / self.std).to(self.dtype)
        return x.contiguous(memory_format=torch.channels_last)  # in one step it takes twice as long

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the convolutions."""
        return next(self.convolutions.parameters()).dtype

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the activations of `layers`, computing nothing above the deepest of them.

        Args:
            image: (N, 3, H, W), RGB in [0, 1], float32.
            layers: names out of `self.layers`.

        Returns:
            (N, C, h, w) for each layer, in the precision of the convolutions.
        """
        wanted = set(layers)
        activations: dict[str, Tensor] = {}
        x = self.normalised(image)
        for row, convolution in zip(self.table, self.convolutions, strict=True):
            x = F.max_pool2d(x, 2) if row.pool else x
            x = convolution(x).relu_()  # in place: autograd needs no more than the result
            if row.layer in wanted:
                activations[row.layer] = x
            if len(activations) == len(wanted):
                break
        return activations
