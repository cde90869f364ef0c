"""The networks that the compact one learns from: image -> {"relu1_1": Tensor, ...}.

`ExactTeacher` is VGG19 itself, as far as its weight file reaches. `CompressedTeacher` is the 16×
compressed VGG19 of Wang et al. 2020 ("Collaborative Distillation for Ultra-Resolution Universal
Style Transfer"), which stands in for relu4_1 and relu5_1 where the full VGG19 is not at hand.
"""

from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from nst.features.network import FeatureNetwork


class CompressedTeacher(nn.Module):
    """The 16× compressed VGG19, giving approximations of activation-normalised VGG19 layers."""

    WIDTHS = ((16, 16), (32, 32), (64, 64, 64, 64), (128, 128, 128, 128), (128,))

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.weights = nn.ParameterDict(
            {key.replace(".", "_"): nn.Parameter(value, False) for key, value in weights.items()}
        )

    def _convolve(self, x: Tensor, name: str) -> Tensor:
        weight = self.weights[f"{name}_weight"]
        if weight.shape[-1] == 3:
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, weight, self.weights[f"{name}_bias"])

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return `layers` (reluB_1 only) of an image (N, 3, H, W), RGB in [0, 1]."""
        wanted = set(layers)
        activations: dict[str, Tensor] = {}
        x = self._convolve(image, "conv0")
        for block, widths in enumerate(self.WIDTHS, start=1):
            x = F.max_pool2d(x, 2) if block > 1 else x
            for i in range(1, len(widths) + 1):
                x = F.relu(self._convolve(x, f"conv{block}{i}"))
                if i == 1 and f"relu{block}_1" in wanted:
                    auxiliary = self._convolve(x, f"conv{block}1_aux")
                    activations[f"relu{block}_1"] = F.relu(auxiliary)
        return activations


def load_compressed_teacher(path: Path) -> CompressedTeacher:
    """Load the compressed network from its safetensors file."""
    return CompressedTeacher(load_file(path)).eval()


class Teachers(nn.Module):
    """Exact activations where the exact teacher reaches, the compressed teacher's for the rest."""

    def __init__(self, exact: FeatureNetwork, compressed: CompressedTeacher | None) -> None:
        super().__init__()
        self.exact = exact
        self.compressed = compressed

    @torch.no_grad()
    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the target activations of `layers` for an image (N, 3, H, W) in [0, 1]."""
        reached = self.exact.layers
        layers = list(layers)
        activations = self.exact(image, [layer for layer in layers if layer in reached])
        rest = [layer for layer in layers if layer not in reached]
        if rest and self.compressed is None:
            raise ValueError(f"No teacher gives {', '.join(rest)}.")
        return activations | (self.compressed(image, rest) if rest else {})
