"""The image transformation network: a photograph in, painted in one of its styles, in one pass.

Johnson, Alahi & Fei-Fei 2016, "Perceptual Losses for Real-Time Style Transfer and
Super-Resolution", with what was learned since: enlargement before a convolution instead of strided
transposed ones (Odena et al. 2016), reflected borders, and conditional instance normalisation
(Dumoulin et al. 2017, "A Learned Representation For Artistic Style"): all weights are shared, and a
style is a row of scales and shifts. Beside the paper's, there is a row for the photograph itself,
so that strength is a mixture with that row; a path from the photograph around the network, which
that row opens and a style mostly closes; and noise of several grains (Ulyanov et al. 2016, "Texture
Networks"), each style with its own amounts.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nst.instant.names import INSTANT

FULL, HALF, QUARTER = 16, 48, 96
"""Channels at the picture's resolution, at half and at a quarter of it."""
DOWN, RESIDUAL_BLOCKS, UP = 3, 5, 2
"""Stages on the way down to a quarter, blocks there, and stages on the way up."""
EPSILON = 1e-5
"""Added to variances, so that flat pictures divide by something."""
BAND_PIXELS = 2**16
"""Pixels of a convolution's result that are computed at once: larger pictures go in bands, which
bounds the memory of enlarged and padded copies (784 MB at 1024 pixels become 244)."""
GRAINS = (4, 8, 16)
"""Sizes in pixels of the grains of noise that styles can make strokes of where a photograph is
even: without it a network repeats one stroke there. On the way up there is noise of single pixels,
too, for what is finer: without that it weaves a lattice."""
FIRST_GRAIN = 0.3
"""Standard deviation of an untrained style's amounts of noise."""
SEED = 0
"""Of the noise, so that a photograph is painted the same every time."""


class Convolution(nn.Module):
    """A convolution with reflected borders, after an enlargement if `up`; computed in bands.

    The bands overlap by the kernel's reach, so that the result is that of the whole picture.
    """

    def __init__(
        self, channels: int, out: int, kernel: int = 3, *, stride: int = 1, up: int = 1
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out, channels, kernel, kernel))
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        self.stride, self.up = stride, up

    @property
    def reach(self) -> int:
        """Pixels that the kernel goes beyond its middle."""
        return self.weight.shape[-1] // 2

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, out, H', W') with H' = ⌈H·up / stride⌉."""
        height = -(-x.shape[2] * self.up // self.stride)
        width = -(-x.shape[3] * self.up // self.stride)
        rows = max(2, BAND_PIXELS // width // 2 * 2)
        if height <= rows:
            return self._band(x, 0, height)
        # Written to one whole result: joining bands would hold them twice.
        whole = x.new_empty((x.shape[0], len(self.weight), height, width))
        for top in range(0, height, rows):
            bottom = min(top + rows, height)
            whole[:, :, top:bottom] = self._band(x, top, bottom)
        return whole

    def _band(self, x: Tensor, top: int, bottom: int) -> Tensor:
        """The result's rows from `top` to `bottom`."""
        height = x.shape[2] * self.up
        first = top * self.stride - self.reach  # of the enlarged picture's rows that it needs
        last = (bottom - 1) * self.stride + self.reach + 1
        start, stop = max(0, first) // self.up, -(-min(last, height) // self.up)
        if self.up > 1:
            start, stop = max(0, start - 1), stop + 1  # of which rows beside them are made
        x = x[:, :, start:stop]
        if self.up > 1:
            x = F.interpolate(x, scale_factor=self.up, mode="bilinear")
        x = x[:, :, max(0, first) - start * self.up : min(last, height) - start * self.up]
        above, below = max(0, -first), max(0, last - height)
        x = F.pad(x, (self.reach, self.reach, above, below), mode="reflect")
        return F.conv2d(x, self.weight.to(x.dtype), stride=self.stride)


class ConditionalNorm(nn.Module):
    """Instance normalisation whose scale and shift are a mixture of the styles' (Dumoulin et al.).

    Attributes:
        scale: (S, C), one row a style.
        shift: (S, C).
    """

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(styles, channels))
        self.shift = nn.Parameter(torch.zeros(styles, channels))

    def forward(self, x: Tensor, mixture: Tensor) -> Tensor:
        """Normalise each channel of each picture (N, C, H, W); `mixture` is (N, S)."""
        scale, shift = ((mixture @ row).flatten() for row in (self.scale, self.shift))
        # As channels of one picture, the pictures can each have a scale and a shift of their own.
        channels = F.instance_norm(x.flatten(0, 1)[None], weight=scale, bias=shift, eps=EPSILON)
        return channels.view_as(x)


class Stage(nn.Module):
    """A convolution and its normalisation."""

    def __init__(
        self, styles: int, channels: int, out: int, kernel: int = 3, *, stride: int = 1, up: int = 1
    ) -> None:
        super().__init__()
        self.convolution = Convolution(channels, out, kernel, stride=stride, up=up)
        self.norm = ConditionalNorm(out, styles)

    def forward(self, x: Tensor, mixture: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, out, H', W')."""
        return self.norm(self.convolution(x), mixture)


class ResidualBlock(nn.Module):
    """x + f(x) with two stages, the second without ReLU (He et al. 2016; Gross & Wilber 2016)."""

    def __init__(self, styles: int, channels: int) -> None:
        super().__init__()
        self.first = Stage(styles, channels, channels)
        self.second = Stage(styles, channels, channels)

    def forward(self, x: Tensor, mixture: Tensor) -> Tensor:
        """(N, C, H, W) -> the same shape."""
        return x + self.second(self.first(x, mixture).relu_(), mixture)


def noise(size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Noise for a picture at a quarter of its size (h, w): (grains, h, w)."""
    layers = []
    for grain in GRAINS:
        height, width = (-(-side * 4 // grain) for side in size)
        coarse = torch.randn(1, 1, height, width, generator=generator)
        layers.append(F.interpolate(coarse, size, mode="bilinear")[0])
    return torch.cat(layers)


def _mixed(amounts: Tensor, mixture: Tensor) -> Tensor:
    """Amounts of noise (S, C, grains), a row a style, mixed by the shares (N, S) of the styles."""
    return torch.einsum("ns,scg->ncg", mixture, amounts)


class Transformer(nn.Module):
    """The whole network.

    Attributes:
        name: "instant".
        styles: the names of its rows; the first is the photograph.
        dtype: the precision of the convolutions and their activations.
        version: eight hexadecimal digits that change with its weights.
    """

    def __init__(self, styles: Sequence[str], dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.name, self.version = INSTANT, ""
        self.dtype = dtype
        self.styles = tuple(styles)
        count = len(self.styles)
        self.stages = nn.ModuleList(
            [
                Stage(count, 3, FULL, 5),
                Stage(count, FULL, HALF, stride=2),
                Stage(count, HALF, QUARTER, stride=2),
                *(ResidualBlock(count, QUARTER) for _ in range(RESIDUAL_BLOCKS)),
                Stage(count, QUARTER, HALF, up=2),
                Stage(count, HALF, FULL, up=2),
            ]
        )
        self.last = Convolution(FULL, 3, 5)
        self.grain = nn.Parameter(FIRST_GRAIN * torch.randn(count, QUARTER, len(GRAINS)))
        self.half_grain = nn.Parameter(torch.zeros(count, HALF, 1))
        self.full_grain = nn.Parameter(torch.zeros(count, FULL, 1))
        self.gain = nn.Parameter(torch.full((count, 3), 0.1))
        self.offset = nn.Parameter(torch.full((count, 3), 0.5))
        self.skip = nn.Parameter(torch.zeros(count, 3))
        with torch.no_grad():
            self.skip[0], self.offset[0], self.gain[0] = 1, 0, 0

    def forward(
        self, image: Tensor, mixture: Tensor, generator: torch.Generator | None = None
    ) -> Tensor:
        """Paint pictures.

        Args:
            image: (N, 3, H, W), RGB in [0, 1], H and W of at least 16.
            mixture: (N, S), the shares of the rows in each picture, of sum 1.
            generator: of the noise, on the CPU; one that begins with `SEED` when None.

        Returns:
            (N, 3, H, W), RGB, of which some may lie outside [0, 1].
        """
        height, width = image.shape[2:]
        x = F.pad(image, (0, -width % 4, 0, -height % 4), mode="reflect")
        x = (2 * x - 1).to(self.dtype)
        for stage in self.stages[:DOWN]:
            x = stage(x, mixture).relu_()
        generator = generator or torch.Generator().manual_seed(SEED)
        grains = noise((x.shape[2], x.shape[3]), generator).to(x)
        x = x + (_mixed(self.grain, mixture).to(x) @ grains.flatten(1)).view_as(x)
        for stage in self.stages[DOWN:-UP]:
            x = stage(x, mixture)
        for stage, amounts in zip(
            self.stages[-UP:], (self.half_grain, self.full_grain), strict=True
        ):
            x = stage(x, mixture)
            pixels = torch.randn(1, 1, *x.shape[2:], generator=generator).to(x)
            x = x.addcmul_(_mixed(amounts, mixture)[..., None].to(x), pixels).relu_()
        x = self.last(x)[:, :, :height, :width].float()
        gain, offset, skip = (
            (mixture @ row)[:, :, None, None] for row in (self.gain, self.offset, self.skip)
        )
        return image * skip + x * gain + offset

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.gain.device

    def rows(self) -> list[tuple[str, nn.Parameter]]:
        """The parameters with a row for each style, with their names in the state."""
        kernels = {id(kernel) for kernel in self.kernels()}
        return [(k, p) for k, p in self.named_parameters() if id(p) not in kernels]

    def kernels(self) -> list[nn.Parameter]:
        """The convolutions' weights, which all styles share."""
        return [m.weight for m in self.modules() if isinstance(m, Convolution)]
