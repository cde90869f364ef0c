"""The compact network while it learns, with its linear maps to VGG19's activations."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from nst.features.metric import Metric
from nst.features.network import COMPACT, Convolution, FeatureNetwork

TAUGHT = {
    "relu1_1": 64,
    "relu2_1": 128,
    "relu3_1": 256,
    "relu3_3": 256,
    "relu4_1": 512,
    "relu5_1": 512,
}
"""The layers that are taught, with VGG19's channels."""
GRAM_TAUGHT = ("relu1_1", "relu2_1", "relu3_1", "relu3_3")
"""The layers whose Gram matrices are taught too; 512 × 512 ones for each crop would double the time
of a step, and describe crops of 8 × 8 activations."""


def half_precision() -> torch.autocast:
    """Convolutions and products in bfloat16, which a processor with such units does much faster."""
    return torch.autocast("cpu", torch.bfloat16)


class Student(nn.Module):
    """The network, with one affine map per taught layer to VGG19's activations."""

    def __init__(self, table: Iterable[Convolution] = COMPACT) -> None:
        super().__init__()
        self.network = FeatureNetwork("compact", table)
        for convolution in self.network.convolutions:
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)
        widths = {row.layer: row.channels for row in self.network.table}
        self.maps = nn.ModuleDict({k: nn.Linear(widths[k], c) for k, c in TAUGHT.items()})

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """The network's own activations of `layers` for images (N, 3, H, W) in [0, 1]."""
        with half_precision():
            return self.network(image.contiguous(memory_format=torch.channels_last), layers)

    def metrics(self) -> dict[str, Metric]:
        """The maps of the layers whose Gram matrices are taught, without gradients."""
        linears = {layer: self.maps[layer] for layer in GRAM_TAUGHT}
        return {k: Metric(m.weight.detach(), m.bias.detach()) for k, m in linears.items()}
