"""The nearest there is to VGG19 where only its first blocks are at hand; for measuring alone.

    NST_VGG19_WEIGHTS=vgg19-conv1-3.safetensors NST_COMPRESSED_WEIGHTS=compressed.safetensors

relu1_1 to relu3_4 are the exact VGG19's. relu4_1 and relu5_1 are approximations by the compressed
VGG19 of Wang et al. 2020 ("Collaborative Distillation for Ultra-Resolution Universal Style
Transfer", MIT licence), which has a trunk of its own. `nst.stylize` takes this network like any
other: it gives activations and takes their gradients back, by autograd.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from nst.features.loading import load_features
from nst.features.network import VGG19
from nst.features.trace import Source

COMPRESSED_VARIABLE = "NST_COMPRESSED_WEIGHTS"
"""Environment variable that names the compressed VGG19's weights."""
BESIDE = Path(__file__).parents[3] / "shared" / "reference"
"""Where both files are in a development checkout."""
BLOCKS = (2, 2, 4, 4, 1)
"""The compressed network's convolutions, block by block."""


def weights_at(variable: str, name: str) -> Path | None:
    """A file of weights: named by the environment, or beside a development checkout."""
    path = Path(os.environ.get(variable) or BESIDE / name)
    return path if path.is_file() else None


def load_reference(device: torch.device | str) -> "Reference":
    """Load the network.

    Raises:
        FileNotFoundError: one of the files is missing; says which and where it is looked for.
    """
    exact = weights_at("NST_VGG19_WEIGHTS", "vgg19-conv1-3.safetensors")
    compressed = weights_at(COMPRESSED_VARIABLE, "vgg19-compressed-16x.safetensors")
    if exact is None or compressed is None:
        raise FileNotFoundError(
            "There are no weights of VGG19 to measure with: name files of them in "
            f"NST_VGG19_WEIGHTS and {COMPRESSED_VARIABLE}."
        )
    return Reference(exact, compressed, torch.device(device))


class Reference:
    """See the module's docstring; what `nst.stylize` asks of a `FeatureNetwork`, and no more."""

    name, version, reason, dtype = "reference", "", "to measure with", torch.float32
    content_layer = "relu3_3"

    def __init__(self, exact: Path, compressed: Path, device: torch.device) -> None:
        os.environ["NST_VGG19_WEIGHTS"] = str(exact)
        self._exact = load_features("vgg19", device, torch.float32)
        self._deep = {k: v.to(device) for k, v in load_file(compressed).items()}
        self.device, self.table = device, VGG19
        self.metrics: dict[str, object] = {}
        self.layers = frozenset({*self._exact.layers, "relu4_1", "relu5_1"})

    def first_reached(self, layers: Iterable[str]) -> str:
        """See `FeatureNetwork.first_reached`."""
        return next(layer for layer in layers if layer in self.layers)

    def __call__(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `FeatureNetwork.forward`."""
        wanted = set(layers)
        activations = {}
        if exact := wanted & self._exact.layers:
            activations = self._exact(image, exact)
        if wanted - exact:
            activations |= self._compressed(image, wanted - exact)
        return activations

    def _compressed(self, image: Tensor, wanted: set[str]) -> dict[str, Tensor]:
        x, activations = self._convolved(image, "conv0"), {}
        for block, count in enumerate(BLOCKS, start=1):
            x = F.max_pool2d(x, 2) if block > 1 else x
            for i in range(1, count + 1):
                padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
                x = self._convolved(padded, f"conv{block}{i}").relu()
                if f"relu{block}_{i}" in wanted:
                    aux = self._convolved(x, f"conv{block}{i}_aux").relu()
                    activations[f"relu{block}_{i}"] = aux
        return activations

    def _convolved(self, x: Tensor, name: str) -> Tensor:
        return F.conv2d(x, self._deep[f"{name}.weight"], self._deep[f"{name}.bias"])

    def trace(self, image: Tensor, layers: Iterable[str]) -> "_AutogradTrace":
        """See `FeatureNetwork.trace`."""
        return _AutogradTrace(self, image, layers)


class _AutogradTrace:
    """As `nst.features.trace.Trace`, with autograd for the way back."""

    def __init__(self, network: Reference, image: Tensor, layers: Iterable[str]) -> None:
        with torch.enable_grad():
            self._image = image.detach().requires_grad_()
            self._outputs = network(self._image, layers)
        self.activations = {k: x.detach() for k, x in self._outputs.items()}

    def gradient(self, sources: Mapping[str, Sequence[Source]]) -> Tensor:
        """The gradient of the image, (1, 3, H, W)."""
        asked = {k: mine for k, mine in sources.items() if mine}
        gradients = []
        for layer, mine in asked.items():
            total = torch.zeros_like(self.activations[layer])
            for source in mine:
                total = source.pull_back(total)
                if source.mean is not None and source.root is None:
                    total = total + source.of_mean()[..., None, None]
            gradients.append(total)
        outputs = [self._outputs[layer] for layer in asked]
        (gradient,) = torch.autograd.grad(outputs, self._image, gradients)
        return gradient
