"""Instant styles: a photograph painted in a style by name, in one pass of a trained network.

    from nst.instant import painting
    from nst.settings import InstantSettings

    picture = painting.paint(photograph, InstantSettings(style="starry-night"))

The optimisation of `nst.transfer` paints in the manner of any picture; this paints in a few styles
that were learned beforehand (Johnson et al. 2016), hundreds of times as fast.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from nst.costs.painting import check_painting_fits
from nst.instant.names import INSTANT_FILE, NAMES
from nst.instant.transformer import Transformer
from nst.machine import allocator
from nst.machine.defaults import usual_defaults
from nst.machine.device import default_device
from nst.machine.precision import fastest_dtype
from nst.machine.weights import damaged, fingerprint, read_weights
from nst.pictures import bounds, prepared, tensors
from nst.settings import InstantSettings
from nst.specs import InputError

PAINTED_SIDE = 512
"""Longest side, in pixels, near which every picture is painted first: that of the styles when they
were learned. So strokes have the same size in a small picture and in a large one."""
OVER = 0.5
"""Share of the strength with which an enlarged painting is painted over, for finer strokes."""


@usual_defaults()
def load_instant(
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
    path: Path = INSTANT_FILE,
) -> Transformer:
    """Load the network of the instant styles, frozen and ready for use.

    Args:
        device: where to put it; a GPU if there is one when None.
        dtype: of the convolutions; the device's fastest when None.
        path: a file that `training.instant.learn` wrote.

    Raises:
        InputError: the file is missing or damaged.
    """
    device = torch.device(device or default_device())
    weights, texts = read_weights(path, "the instant styles")
    try:
        network = Transformer(json.loads(texts[NAMES]), dtype or fastest_dtype(device))
        network.load_state_dict(weights)
    except (LookupError, RuntimeError, ValueError) as error:  # whole, but another network's
        raise damaged("the instant styles", path) from error
    network.version = fingerprint(tensor.float() for tensor in network.state_dict().values())
    for kernel in network.kernels():
        kernel.data = kernel.data.to(network.dtype)
    return network.to(device).requires_grad_(False).eval()


@usual_defaults()
def paint(
    content: Image.Image, settings: InstantSettings, *, network: Transformer | None = None
) -> Image.Image:
    """Paint a photograph in an instant style.

    Args:
        content: gives the shapes, the aspect ratio and the alpha channel of the result.
        settings: the style, and how much of it.
        network: from `load_instant`, which is called when None. One network serves many pictures.

    Raises:
        InputError: a picture that cannot be used, a style that the network does not have, or a
            size that needs more memory than is free.
    """
    network = network or load_instant()
    content = prepared.prepare(content, "content image")
    mixture = mixture_of(settings, network.styles)
    size = bounds.fit(*content.size, settings.size, "content image")
    sizes = coarse_to_fine(size)
    check_painting_fits(sizes[-1], network)
    if settings.strength == 0:
        return tensors.resize_image(content, size)
    device = network.last.weight.device
    photographs = (tensors.to_tensor(tensors.resize_image(content, s)).to(device) for s in sizes)
    with allocator.kept(), torch.inference_mode():
        painted = _painted(photographs, mixture[None].to(device), network)
    if sizes[-1] != size:
        painted = tensors.resize_tensor(painted, size)
    return tensors.to_image(painted, tensors.alpha_of(content))


def coarse_to_fine(size: tuple[int, int]) -> list[tuple[int, int]]:
    """The sizes (width, height) at which a picture is painted for a result of `size`.

    The first is within a factor of √2 of `PAINTED_SIDE`; each is twice the one before. The last is
    that of the result, or the only one is larger, where the result is small.
    """
    doublings = round(math.log2(max(size) / PAINTED_SIDE))
    if doublings <= 0:
        return [(size[0] << -doublings, size[1] << -doublings)]
    return bounds.doubling(size, doublings)


def _painted(photographs: Iterator[Tensor], mixture: Tensor, network: Transformer) -> Tensor:
    """Paint a photograph (1, 3, H, W), given at growing sizes, the last time at the last of them.

    What a larger photograph shows beyond the smaller one is added to the enlarged painting, which
    is then painted over.
    """
    over = OVER * mixture
    over[:, 0] = 1 - over[:, 1:].sum()
    small = next(photographs)
    painted = network(small, mixture).clamp_(0, 1)
    for large in photographs:
        size = (large.shape[3], large.shape[2])
        detail = large - tensors.resize_tensor(small, size)
        enlarged = tensors.resize_tensor(painted, size).add_(detail).clamp_(0, 1)
        painted, small = network(enlarged, over).clamp_(0, 1), large
    return painted


def mixture_of(settings: InstantSettings, styles: tuple[str, ...]) -> Tensor:
    """The shares of a network's rows (S,) that settings ask for; their sum is 1.

    Raises:
        InputError: the network has no such style.
    """
    mixture = torch.zeros(len(styles))
    style = settings.strength / 100
    second = style * settings.mix / 100 if settings.second_style != "none" else 0.0
    mixture[0] = 1 - style
    for name, share in ((settings.style, style - second), (settings.second_style, second)):
        if share:
            if name not in styles[1:]:
                raise InputError(f"There is no style {name!r}, only {', '.join(styles[1:])}.")
            mixture[styles.index(name)] += share
    return mixture
