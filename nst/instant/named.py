"""Styles by name: a photograph in one of the styles that a network learned beforehand, in one pass.

Johnson et al. 2016, with the network of `nst.instant.transformer`. Every picture is painted first
near the size of the styles when they were learned; a larger one is that, enlarged, with its own
details, and painted over.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from nst.instant.names import INSTANT_FILE, NAMES
from nst.instant.transformer import Transformer
from nst.machine.defaults import usual_defaults
from nst.machine.device import default_device
from nst.machine.precision import chosen_dtype
from nst.machine.weights import damaged, fingerprint, read_weights
from nst.pictures import bounds, tensors
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
        InputError: the file is missing or damaged, or the precision is none that there is.
    """
    device = torch.device(device or default_device())
    dtype = chosen_dtype(device, dtype)
    weights, texts = read_weights(path, "the instant styles")
    try:
        network = Transformer(json.loads(texts[NAMES]), dtype)
        network.load_state_dict(weights)
    except (LookupError, RuntimeError, ValueError) as error:  # whole, but another network's
        raise damaged("the instant styles", path) from error
    network.version = fingerprint(tensor.float() for tensor in network.state_dict().values())
    for kernel in network.kernels():
        kernel.data = kernel.data.to(network.dtype)
    return network.to(device).requires_grad_(False).eval()


def coarse_to_fine(size: tuple[int, int], first: int = PAINTED_SIDE) -> list[tuple[int, int]]:
    """The sizes (width, height) at which a picture is painted for a result of `size`.

    The longest side of the first is within a factor of √2 of `first`; each is twice the one before.
    The last is that of the result, or the only one is larger, where the result is small.
    """
    doublings = round(math.log2(max(size) / first))
    if doublings <= 0:
        return [(size[0] << -doublings, size[1] << -doublings)]
    return bounds.doubling(size, doublings)


def painted(
    content: Image.Image,
    size: tuple[int, int],
    settings: InstantSettings,
    network: Transformer,
) -> Tensor:
    """Paint a prepared photograph for a result of a size: (1, 3, H, W), a small one larger.

    Raises:
        InputError: a style that the network does not have.
    """
    device = network.device
    mixture = mixture_of(settings, network.styles)[None].to(device)
    sizes = coarse_to_fine(size, PAINTED_SIDE)
    photographs = (tensors.to_tensor(tensors.resize_image(content, s)).to(device) for s in sizes)
    with torch.inference_mode():
        return _painted(photographs, mixture, network)


def _painted(photographs: Iterator[Tensor], mixture: Tensor, network: Transformer) -> Tensor:
    """Paint a photograph (1, 3, H, W), given at growing sizes, the last time at the last of them.

    What a larger photograph shows beyond the smaller one is added to the enlarged painting, which
    is then painted over.
    """
    over = OVER * mixture
    over[:, 0] = 1 - over[:, 1:].sum()
    small = next(photographs)
    result = network(small, mixture).clamp_(0, 1)
    for large in photographs:
        result = network(tensors.enlarged(small, result, large), over).clamp_(0, 1)
        small = large
    return result


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
