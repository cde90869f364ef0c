"""A forward pass of a feature network whose gradient with respect to the picture is written out.

Autograd would do the same. But what the losses ask of an activation F (P pixels, C channels) is a
gradient of the form F·S with a small S, and autograd writes that product down before it adds it to
what comes from the next layer; it also keeps its own copies. Here the product is accumulated onto
the gradient in place, and what is asked of its mean, which is the same at every pixel, is the bias
of the transposed convolution that brings the gradient from the next layer: an iteration of the
compact network takes two thirds of the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nst.loss.moments import pull_back

BAND_BYTES = 8 * 2**20
"""How much of an activation the way back through a pooling works on at a time."""


@dataclass(frozen=True)
class Source:
    """Where a gradient enters: those of the moments (see `nst.loss.moments.moments`) of `features`.

    Attributes:
        features: (1, C, H, W), an activation, or its difference to another.
        gram: (1, C, C), the gradient of its Gram matrix.
        mean: (1, C), the gradient of its mean, or None for zero.
        root: (1, 1, H, W) by which `features` are an activation multiplied, or None for 1.
        within: the rows and columns of an activation that `features` are, or None for all.
    """

    features: Tensor
    gram: Tensor
    mean: Tensor | None = None
    root: Tensor | None = None
    within: tuple[slice, slice] | None = None

    @property
    def everywhere(self) -> bool:
        """Whether the mean's part is the same at every pixel of the activation."""
        return self.root is None and self.within is None

    def times(self, factor: float | Tensor) -> "Source":
        """The same with its gradients multiplied."""
        mean = None if self.mean is None else factor * self.mean
        return replace(self, gram=factor * self.gram, mean=mean)

    def pull_back(self, onto: Tensor) -> Tensor:
        """The gradient of the activation added to `onto` (1, C, H, W), which is overwritten.

        The mean's part is left out if it is the same at every pixel.
        """
        if self.everywhere:
            return pull_back(self.features, self.gram, onto)
        root = onto.new_ones(()) if self.root is None else self.root.to(onto)
        own = pull_back(self.features, self.gram)
        if (mean := self.of_mean()) is not None:
            own.addcmul_(root, mean[..., None, None])
        part = onto if self.within is None else onto[:, :, *self.within]
        part.addcmul_(own, root)
        return onto

    def of_mean(self) -> Tensor | None:
        """The gradient of each pixel through the mean, (1, C), or None for zero."""
        if self.mean is None:
            return None
        return (self.mean / self.features[0, 0].numel()).to(self.features)


@dataclass(frozen=True)
class _Layer:
    """What one convolution with its ReLU leaves behind for the way back."""

    convolution: nn.Conv2d
    name: str  # "" if nothing reads it
    before_pool: Tensor | None
    places: Tensor | None  # of the pooling's maxima, where they are kept
    size: torch.Size  # of its inputs, (height, width)
    outputs: Tensor


class Row(Protocol):
    """What of a network's table is read here; see `nst.features.network.Convolution`."""

    @property
    def layer(self) -> str | None: ...  # noqa: D102

    @property
    def pool(self) -> bool: ...  # noqa: D102


class Network(Protocol):
    """What of a network is read here; see `nst.features.network.FeatureNetwork`."""

    std: Tensor
    convolutions: nn.ModuleList

    @property
    def table(self) -> Sequence[Row]: ...  # noqa: D102

    def normalised(self, image: Tensor) -> Tensor: ...  # noqa: D102


class Trace:
    """The activations of an image, and the way back from them. Good for one `gradient`.

    Args:
        image: (1, 3, H, W), RGB in [0, 1], float32.
        layers: names out of `network.layers`; nothing above the deepest is computed.
    """

    @torch.no_grad()
    def __init__(self, network: Network, image: Tensor, layers: Iterable[str]) -> None:
        self.activations: dict[str, Tensor] = {}
        self._std = network.std
        self._layers: list[_Layer] = []
        wanted = set(layers)
        x = network.normalised(image)
        for row, convolution in zip(network.table, network.convolutions, strict=True):
            before_pool = x if row.pool else None
            inputs, places = _pooled(x) if row.pool else (x, None)
            assert isinstance(convolution, nn.Conv2d)
            x = _convolved(inputs, convolution)
            name, size = row.layer or "", inputs.shape[2:]
            layer = _Layer(convolution, name, before_pool, places, size, x)
            self._layers.append(layer)
            if layer.name in wanted:
                self.activations[layer.name] = x
            if len(self.activations) == len(wanted):
                break

    @torch.no_grad()
    def gradient(self, sources: Mapping[str, Sequence[Source]]) -> Tensor:
        """The gradient of the image, (1, 3, H, W), float32, of what `sources` say of its layers."""
        deepest = self._layers[-1]
        gradient = torch.zeros_like(deepest.outputs)
        if (means := _of_means(sources.get(deepest.name, ()))) is not None:
            gradient += means.view(1, -1, 1, 1)
        while self._layers:
            layer = self._layers.pop()  # frees its activations as the way back goes
            for source in sources.get(layer.name, ()):
                gradient = source.pull_back(gradient)
            below = self._layers[-1].name if self._layers else ""
            gradient = _through(layer, gradient, _of_means(sources.get(below, ())))
        return torch.div(gradient, self._std, out=self._std.new_empty(gradient.shape))


def _convolved(inputs: Tensor, convolution: nn.Conv2d) -> Tensor:
    """A convolution and its ReLU, as one operation where there is one."""
    fused = inputs.dtype == torch.bfloat16 and inputs.device.type == "cpu"
    fused = fused and torch.backends.mkldnn.is_available()  # else there is nothing to ask
    if not fused or not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return convolution(inputs).relu_()
    return torch.ops.mkldnn._convolution_pointwise(
        inputs,
        convolution.weight,
        convolution.bias,
        convolution.padding,
        convolution.stride,
        convolution.dilation,
        1,
        "relu",
        [],
        "",
    )


def _pooled(x: Tensor) -> tuple[Tensor, Tensor | None]:
    """The maxima of squares of 2×2 pixels, and their places where they cost nothing."""
    if _keeps_places(x):
        return F.max_pool2d(x, 2, return_indices=True)
    return F.max_pool2d(x, 2), None


def _keeps_places(x: Tensor) -> bool:
    """Whether the way back through a pooling of x has the places of the maxima from the way there.

    A GPU writes them down in any case, and to find them again took it 0.3 ms of an iteration.
    """
    return x.is_cuda


def _of_means(sources: Sequence[Source]) -> Tensor | None:
    """What sources ask of each pixel of one layer through its mean: (C,), or None for nothing."""
    means = (source.of_mean() for source in sources if source.everywhere)
    same = [mean for mean in means if mean is not None]
    return torch.cat(same).sum(0) if same else None


def _through(layer: _Layer, gradient: Tensor, onto: Tensor | None) -> Tensor:
    """The gradient of a layer's outputs -> that of what it was computed from, plus `onto` (C,)."""
    convolution = layer.convolution
    # In place; this is what autograd calls.
    torch.ops.aten.threshold_backward.grad_input(gradient, layer.outputs, 0, grad_input=gradient)
    bias = None if layer.before_pool is not None else onto
    gradient = _transposed(gradient, convolution, bias, layer.size)
    if layer.before_pool is None:
        return gradient
    if layer.places is None:
        gradient = _unpooled(gradient, layer.before_pool)
    else:
        gradient = _to_places(gradient, layer.before_pool, layer.places)
    return gradient if onto is None else gradient.add_(onto.view(1, -1, 1, 1))


def _transposed(
    gradient: Tensor, convolution: nn.Conv2d, bias: Tensor | None, size: torch.Size
) -> Tensor:
    """The transposed convolution, to the (height, width) of what the convolution was made of.

    A strided one to an odd side takes a processor 1.3 to 2.9 times as long as one to the even side
    above it: there it goes to that, and the row or column too much is cut off.
    """
    assert not isinstance(convolution.padding, str)
    stride = convolution.stride[0]
    wanted = [(side - 1) % stride for side in size]
    added = [stride - 1] * 2 if gradient.device.type == "cpu" else wanted
    gradient = F.conv_transpose2d(
        gradient, convolution.weight, bias, convolution.stride, convolution.padding, added
    )
    if added == wanted:
        return gradient
    whole = gradient[:, :, : size[0], : size[1]]
    return whole.contiguous(memory_format=torch.channels_last)  # rows are cut off without a copy


def _unpooled(gradient: Tensor, before: Tensor) -> Tensor:
    """The gradient of what a 2×2 max pooling made -> that of what was before it.

    The places of the maxima are found again, band by band: all of them at once would take four
    times the memory of the activations.
    """
    result = torch.zeros_like(before)
    rows = max(2, BAND_BYTES // before[:, :, 0].nbytes // 2 * 2)
    for top in range(0, 2 * gradient.shape[2], rows):
        band, pooled = before[:, :, top : top + rows], gradient[:, :, top // 2 : (top + rows) // 2]
        _, places = F.max_pool2d(band, 2, return_indices=True)
        result[:, :, top : top + rows] = _to_places(pooled, band, places)
    return result


def _to_places(gradient: Tensor, before: Tensor, places: Tensor) -> Tensor:
    """The gradient of a 2×2 max pooling's maxima -> that of what was before it."""
    return torch.ops.aten.max_pool2d_with_indices_backward(
        gradient, before, [2, 2], [2, 2], [0, 0], [1, 1], False, places
    )
