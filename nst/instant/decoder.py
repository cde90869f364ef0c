"""The decoder: what closed-form displacements of activations come to in pixels.

A picture is to have a style's activations. `nst.instant.transport` says by how much each activation
is to change; this network, trained by `training.decoder`, says which change of the pixels that is.
It is what a step of gradient descent would find by going back through the feature network, learned
and without the way back: a step that goes far at once. From the deepest layer up, each resolution
adds what its layer asks for (as in the decoders of Huang & Belongie 2017 and Li et al. 2017, which
see one layer alone).

It has no normalisation: what it makes of a place depends on what is near, so that a large picture
can be painted in tiles.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nst.instant.transformer import GRAINS, noise
from nst.instant.transport import LAYERS, PIXELS, Seen

CHANNELS = (32, 64, 128, 128)
"""Of the activations at `LAYERS`, and of the content layer, which has as many as the third."""
WIDTHS = (8, 32, 64, 96)
"""Channels of the decoder at the resolutions of these layers."""
REACH = 128
"""Pixels beyond which nothing has an effect on a pixel of the result, feature network included."""
GAIN = 0.3
"""Of a residual block's branch, to begin with."""
CONTRAST = 0.1
"""What an untrained network's units come to in pixels."""


def convolution(
    channels: int, out: int, kernel: int = 3, *, stride: int = 1, bias: bool = True
) -> nn.Conv2d:
    """An untrained convolution with reflected borders."""
    made = nn.Conv2d(channels, out, kernel, stride, kernel // 2, bias=bias, padding_mode="reflect")
    nn.init.kaiming_normal_(made.weight, nonlinearity="relu")
    if made.bias is not None:
        nn.init.zeros_(made.bias)
    return made


class Block(nn.Module):
    """x + gain · f(x) with two convolutions (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = convolution(channels, channels)
        self.gain = nn.Parameter(torch.full((channels, 1, 1), GAIN))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape."""
        return x + self.gain * self.second(self.first(x).relu_())


class Decoder(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        whole, half, quarter, eighth = WIDTHS
        first, second, third, fourth = CHANNELS
        self.fourth = convolution(2 * fourth, eighth)
        self.at_eighth = nn.Sequential(Block(eighth), Block(eighth))
        self.to_quarter = convolution(eighth, quarter)
        self.third = convolution(third, quarter)
        self.content = convolution(third, quarter, 1)
        self.grain = convolution(len(GRAINS), quarter, 1)
        self.at_quarter = nn.Sequential(Block(quarter), Block(quarter))
        self.to_half = convolution(quarter, half)
        self.half_grain = nn.Parameter(torch.zeros(half, 1, 1))
        self.full_grain = nn.Parameter(torch.zeros(whole, 1, 1))
        self.second = convolution(second, half)
        # The largest of its inputs, of which a padded copy would be as large again: zeros will do.
        self.first_halved = nn.Conv2d(first, half, 3, 2, 1, bias=False)
        nn.init.kaiming_normal_(self.first_halved.weight, nonlinearity="relu")
        self.at_half = Block(half)
        self.to_whole = convolution(half, whole)
        self.first = convolution(first, whole, 1, bias=False)
        self.image = convolution(3, whole)
        self.last = convolution(whole, 3, 5)
        nn.init.zeros_(self.last.weight)

    def forward(
        self, seen: Seen, moves: Mapping[str, Tensor], held: Tensor, noise: Sequence[Tensor]
    ) -> Tensor:
        """Take one step towards a style.

        Args:
            seen: the picture (N, 3, H, W), and its activations.
            moves: from `Transport.displacements`.
            held: from `Transport.held`, of the same size as the third layer's.
            noise: from `grain`, or a part of it.

        Returns:
            The picture after it, (N, 3, H, W), RGB, of which some may lie outside [0, 1].
        """
        held, (coarse, medium, fine) = held.to(self.dtype), (n.to(self.dtype) for n in noise)
        first, second, third, fourth = (moves[layer].to(self.dtype) for layer in LAYERS)
        deepest = seen.activations[LAYERS[3]].to(self.dtype)
        x = self.fourth(torch.cat([fourth, deepest], 1)).relu_()
        x = self.to_quarter(_enlarged(self.at_eighth(x), third)).add_(self.third(third))
        x = x.add_(self.content(held)).add_(self.grain(coarse)).relu_()
        x = self.to_half(_enlarged(self.at_quarter(x), second)).add_(self.second(second))
        x = x.add_(self.first_halved(first)).add_(self.half_grain * medium)
        x = self.at_half(x.relu_())
        x = _enlarged(self.to_whole(x), first).add_(self.first(first))
        x = x.add_(self.image((2 * seen.image - 1).to(self.dtype)))
        x = x.add_(self.full_grain * fine).relu_()
        return seen.image + moves[PIXELS] + CONTRAST * self.last(x).float()

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the convolutions."""
        return self.last.weight.dtype

    def kernels(self) -> list[nn.Parameter]:
        """The convolutions' weights."""
        return [parameter for parameter in self.parameters() if parameter.ndim == 4]


def _enlarged(x: Tensor, like: Tensor) -> Tensor:
    """Activations at twice their size, cropped to that of others where these were an odd one."""
    height, width = like.shape[2:]
    return F.interpolate(x, scale_factor=2, mode="bilinear")[:, :, :height, :width]


def grain(size: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Noise for pictures of (height, width), the same for all, at three resolutions.

    Returns:
        (1, 3, h, w) with a quarter of the height and width, rounded up, of the grains of the
        styles by name; (1, 1, h, w) with half of them, and with all, of single pixels.
    """
    height, width = size
    coarse = noise((-(-height // 4), -(-width // 4)), generator)[None]
    medium = torch.randn(1, 1, -(-height // 2), -(-width // 2), generator=generator)
    return coarse, medium, torch.randn(1, 1, height, width, generator=generator)
