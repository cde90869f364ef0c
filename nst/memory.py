"""What a run needs of memory, from its network's table, and what the machine has of it.

A run whose need is above what is free would end with the process killed, long after it began:
`check_fits` refuses it before any work, with the largest size that does fit.
"""

import bisect
import gc
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from nst import images
from nst.features import Convolution, FeatureNetwork
from nst.objective import content_layers, used_layers
from nst.optim import HISTORY
from nst.settings import SPECS, InputError, Settings

FIXED_BYTES = {"lbfgs": 40e6, "adam": 180e6}
"""What a process's first run takes at any size: kernels, and what PyTorch loads to have Adam."""
SLACK = 1.35
"""What the allocator takes over what is asked of it: freed memory leaves holes."""
KEPT_PICTURES = {"lbfgs": 9, "adam": 15}
"""Pictures (1, 3, H, W) in float32 that live through an iteration: target, start, best, the latest
ones, their gradients and averages; without L-BFGS's pairs."""
PICTURE_BYTES = 12
"""A pixel of such a picture."""
RUN_OUT = ("not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory")
"""What PyTorch says when there is no more memory."""
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
        InputError: as `nst.images.fit` and `nst.objective.used_layers` do.
    """
    size = images.fit(*content_size, settings.size, "content image")
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
    side = max(images.MIN_RESULT_SIDE, round(settings.size * settings.style_scale))
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
    """Peak bytes of activations and gradients on the way back through the network (`nst.trace`).

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
    smallest = max(SPECS["size"].minimum, math.ceil(images.MIN_RESULT_SIDE * high / low))
    sizes = range(smallest, settings.size)
    count = bisect.bisect_right(
        sizes,
        HEADROOM * free,
        key=lambda size: run_bytes(content_size, replace(settings, size=size), features, guided),
    )
    fits = f"the largest size that fits is {sizes[count - 1]}" if count else "no size fits"
    raise InputError(
        f"A run at size {settings.size} needs about {gigabytes(needed)} of memory, and "
        f"{gigabytes(free)} are free: {fits}."
    )


def has_run_out(error: BaseException) -> bool:
    """Whether an error says that there is no more memory, of the machine or of the GPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # PyTorch's own allocator for the processor has no type for it.
    return isinstance(error, RuntimeError) and any(w in str(error).lower() for w in RUN_OUT)


def release(device: torch.device) -> None:
    """Give back what is kept of freed memory, after a run that has failed."""
    gc.collect()  # what was thrown from an iteration is held by its traceback in a circle
    if device.type == "cuda":
        torch.cuda.empty_cache()


def gigabytes(amount: float) -> str:
    """An amount of bytes for people: 1.3 GB, or 0.08 GB where that would be 0.1."""
    return f"{amount / 1e9:.{1 if amount >= 1e9 else 2}f} GB"


def available_bytes(device: torch.device, root: Path = Path("/")) -> float:
    """Return what a run may take, in bytes; infinity where that cannot be told.

    Args:
        device: of a GPU, its own memory is meant.
        root: where /proc and /sys are.
    """
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        # PyTorch keeps what it has freed, and uses it again.
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return min([_machine_bytes(root), *_group_bytes(root)])


def _machine_bytes(root: Path) -> float:
    try:
        text = (root / "proc/meminfo").read_text()
        return int(text.split("MemAvailable:")[1].split()[0]) * 1024
    except (OSError, IndexError):  # not Linux
        return math.inf


def _group_bytes(root: Path) -> Iterator[float]:
    """What each control group above this process leaves: containers are limited by them."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:  # version 2
            base, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            base = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        # Inside a container the group's own path may not exist, but `base` is the container's.
        group = base / path.strip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(base):
                yield _left(folder, *names)


def _left(folder: Path, limit_name: str, usage_name: str) -> float:
    """A group's limit less its usage, its file cache left out of that: it goes when it has to."""
    try:
        limit = int((folder / limit_name).read_text())
        usage = int((folder / usage_name).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # no such group, or "max", which is no limit
        return math.inf
    prefix = "total_" if "total_inactive_file" in stat else ""  # version 1: with groups below it
    cache = sum(int(stat.get(f"{prefix}{kind}_file", 0)) for kind in ("active", "inactive"))
    return max(0, limit - usage + cache)
