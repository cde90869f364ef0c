"""What a run needs of memory, from its network's table, and what the machine has of it.

A run whose need is above what is free would end with the process killed, long after it began:
`check_fits` refuses it before any work, with the largest size that does fit.
"""

import bisect
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nst.features.network import Convolution, FeatureNetwork
from nst.loss.aim import content_layers, used_layers
from nst.machine.available import available_bytes, gigabytes
from nst.optim.history import HISTORY
from nst.pictures import bounds
from nst.settings import Settings, range_of
from nst.specs import InputError

FIXED_BYTES = {"lbfgs": 40e6, "adam": 180e6}
"""What a process's first run takes at any size: kernels, and what PyTorch loads to have Adam."""
SLACK = 1.35
"""What the allocator takes over what is asked of it: freed memory leaves holes."""
KEPT_PICTURES = {"lbfgs": 9, "adam": 15}
"""Pictures (1, 3, H, W) in float32 that live through an iteration: target, start, best, the latest
ones, their gradients and averages; without L-BFGS's pairs."""
PICTURE_BYTES = 12
"""A pixel of such a picture."""
HEADROOM = 0.95
"""Share of the free memory that a size named in a refusal may take: what is free fluctuates."""


@dataclass(frozen=True)
class _Layer:
    """A convolution for a picture of some size, its inputs and outputs in bytes."""

    row: Convolution
    inputs: int
    outputs: int
    compared: bool


def run_bytes(
    content_size: tuple[int, int], settings: Settings, features: FeatureNetwork, guided: int = 0
) -> int:
    """Return what a run adds to the process's memory (on a GPU: the GPU's) at its peak, in bytes.

    It is reached at the finest scale, in an iteration, or before them in the style picture's
    activations, where that picture is the larger one.

    Args:
        content_size: (width, height) of the content picture as it is given.
        guided: regions that masks make.

    Raises:
        InputError: as `nst.pictures.bounds.fit` and `nst.loss.objective.used_layers` do.
    """
    size = bounds.fit(*content_size, settings.size, "content image")
    styled = set(used_layers(features, settings))
    peak = max(
        _iteration_bytes(size, styled, settings, features, guided),
        _style_bytes(styled, settings, features),
    )
    return round(FIXED_BYTES[settings.optimizer] + SLACK * peak)


def _iteration_bytes(
    size: tuple[int, int],
    styled: set[str],
    settings: Settings,
    features: FeatureNetwork,
    guided: int,
) -> int:
    contents = set(content_layers(features, settings))
    layers = list(_layers(features, styled | contents, size))
    picture = math.prod(size) * PICTURE_BYTES
    pictures = KEPT_PICTURES[settings.optimizer]
    if settings.optimizer == "lbfgs":
        pictures += 2 * min(HISTORY, settings.iterations)
    # The content layers' targets, and the differences to them.
    compared = 2 * sum(x.outputs for x in layers if x.row.layer in contents)
    # Under a guide, the style layers are compared in copies that are multiplied by it.
    compared += guided * sum(x.outputs for x in layers if x.row.layer in styled)
    return pictures * picture + compared + _way_back(layers)


def _style_bytes(styled: set[str], settings: Settings, features: FeatureNetwork) -> int:
    """The forward pass over the style picture, which keeps the compared activations.

    Its aspect ratio is not known here: a square is the most that it can be.
    """
    side = max(bounds.MIN_RESULT_SIDE, round(settings.size * settings.style_scale))
    kept, passing, peak = side * side * PICTURE_BYTES, 0, 0  # inputs pass, unless they are kept
    for layer in _layers(features, styled, (side, side)):
        passing = layer.inputs if layer.row.pool else passing
        peak = max(peak, kept + passing + layer.outputs)
        kept += layer.outputs * layer.compared
        passing = layer.outputs * (not layer.compared)
    return peak


def _layers(
    features: FeatureNetwork, compared: set[str], size: tuple[int, int]
) -> Iterator[_Layer]:
    """The convolutions up to the deepest compared one, for a picture of (width, height)."""
    (width, height), channels, item = size, 3, features.dtype.itemsize
    left = set(compared)
    for row in features.table:
        if row.pool:
            width, height = width // 2, height // 2
        inputs = channels * width * height * item
        width, height = math.ceil(width / row.stride), math.ceil(height / row.stride)
        channels = row.channels
        yield _Layer(row, inputs, channels * width * height * item, row.layer in compared)
        left.discard(row.layer)
        if not left:
            return


def _way_back(layers: list[_Layer]) -> int:
    """Peak bytes of activations and gradients on the way back (`nst.features.trace`).

    Activations go as the way back passes them, except those that the losses compare.
    """
    passed = sum(layer.outputs for layer in layers if layer.compared)
    ahead = before = layers[0].inputs
    peak = 0
    for layer in layers:
        passed -= layer.outputs * layer.compared
        ahead += layer.outputs
        gradients = layer.inputs + layer.outputs
        if layer.row.pool:
            gradients += before
        if layer.row.stride > 1:  # oneDNN makes its gradient in a scratch space of the same size
            gradients += layer.inputs
        peak = max(peak, ahead + passed + gradients)
        before = layer.outputs
    return peak


def check_fits(
    content_size: tuple[int, int], settings: Settings, features: FeatureNetwork, guided: int = 0
) -> None:
    """Refuse a run that needs more memory than is free.

    Raises:
        InputError: with the need, what is free, and the largest size that fits.
    """
    needed = run_bytes(content_size, settings, features, guided)
    free = available_bytes(features.device)
    if needed <= free:
        return
    low, high = min(content_size), max(content_size)
    # Smaller ones would leave a narrow picture too few pixels across.
    smallest = max(int(range_of("size").minimum), math.ceil(bounds.MIN_RESULT_SIDE * high / low))
    sizes = range(smallest, settings.size)
    count = bisect.bisect_right(
        sizes,
        HEADROOM * free,
        key=lambda size: run_bytes(content_size, replace(settings, size=size), features, guided),
    )
    fits = f"the largest size that fits is {sizes[count - 1]}" if count else "no size fits"
    raise InputError(
        f"A run at size {settings.size} needs about {gigabytes(needed)} of memory, and "
        f"{gigabytes(free)} are free: {fits}.",
        subject="size",
        code="does not fit",
    )
