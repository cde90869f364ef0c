"""A forward pass of a feature network whose gradient with respect to the picture is written out.

Autograd would do the same. But what the losses ask of an activation F (P pixels, C channels) is a
gradient of the form F·S with a small S, and autograd writes that product down before it adds it to
what comes from the next layer; it also keeps its own copies. Here the product is accumulated onto
the gradient in place: an iteration of the compact network takes two thirds of the time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from nst.features import FeatureNetwork
from nst.losses import pull_back


@dataclass(frozen=True)
class Source:
    """Where a gradient enters: those of the moments (see `nst.losses.moments`) of `features`.

    Attributes:
        features: (1, C, H, W), an activation, or its difference to another.
        gram: (1, C, C), the gradient of its Gram matrix.
        mean: (1, C), the gradient of its mean, or None for zero.
    """

    features: Tensor
    gram: Tensor
    mean: Tensor | None = None


@dataclass(frozen=True)
class _Layer:
    """What one convolution with its ReLU leaves behind for the way back."""

    convolution: torch.nn.Conv2d
    name: str | None
    before_pool: Tensor | None
    inputs: Tensor
    outputs: Tensor


class Trace:
    """The activations of an image, and the way back from them. Good for one `gradient`.

    Args:
        image: (1, 3, H, W), RGB in [0, 1], float32.
        layers: names out of `network.layers`; nothing above the deepest is computed.
    """

    @torch.no_grad()
    def __init__(self, network: FeatureNetwork, image: Tensor, layers: Iterable[str]) -> None:
        self.activations: dict[str, Tensor] = {}
        self._std = network.std
        self._layers: list[_Layer] = []
        wanted = set(layers)
        x = network.normalised(image)
        for row, convolution in zip(network.table, network.convolutions, strict=True):
            before_pool = x if row.pool else None
            inputs = F.max_pool2d(x, 2) if row.pool else x
            x = convolution(inputs).relu_()
            self._layers.append(_Layer(convolution, row.layer, before_pool, inputs, x))
            if row.layer in wanted:
                self.activations[row.layer] = x
            if len(self.activations) == len(wanted):
                break

    @torch.no_grad()
    def gradient(self, sources: Mapping[str, Iterable[Source]]) -> Tensor:
        """The gradient of the image, (1, 3, H, W), float32, of what `sources` say of its layers."""
        gradient: Tensor | None = None
        while self._layers:
            layer = self._layers.pop()  # frees its activations as the way back goes
            for source in sources.get(layer.name, ()):
                gradient = pull_back(source.features, source.gram, source.mean, gradient)
            if gradient is not None:
                gradient = _through(layer, gradient)
        return (gradient.float() / self._std).contiguous()


def _through(layer: _Layer, gradient: Tensor) -> Tensor:
    """The gradient of a layer's outputs -> that of what it was computed from.

    These are the operations that autograd itself calls.
    """
    convolution, aten = layer.convolution, torch.ops.aten
    aten.threshold_backward.grad_input(gradient, layer.outputs, 0, grad_input=gradient)  # in place
    gradient, _, _ = aten.convolution_backward(
        gradient,
        layer.inputs,
        convolution.weight,
        bias_sizes=None,
        stride=convolution.stride,
        padding=convolution.padding,
        dilation=convolution.dilation,
        transposed=False,
        output_padding=[0, 0],
        groups=1,
        output_mask=[True, False, False],
    )
    if layer.before_pool is None:
        return gradient
    # The places of the maxima are found again: keeping them takes eight bytes each.
    _, places = F.max_pool2d(layer.before_pool, 2, return_indices=True)
    return aten.max_pool2d_with_indices_backward(
        gradient, layer.before_pool, [2, 2], [2, 2], [0, 0], [1, 1], False, places
    )
