"""Frozen feature networks: image -> {"relu1_1": Tensor, ...}, with normalisation inside.

Two networks, one class. `vgg19` is torchvision's VGG19 (Simonyan & Zisserman 2015) up to the
deepest convolution that somebody asks for; `compact` is a small VGG-shaped network that was
distilled from it (see `training/`) and ships with the project. The compact network's features are
compared in VGG19's own metric: a linear map A with a bias b takes them to VGG19's, and a Gram
matrix is bilinear, so that A·G·Aᵀ costs nothing at image resolution.
"""

import errno
import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread

import torch
from huggingface_hub import (
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    try_to_load_from_cache,
)
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional as F

from nst.checked_weights import check_numbers, check_regular, damaged, read_weights
from nst.losses import Metric
from nst.machine.defaults import usual_defaults
from nst.machine.device import default_device
from nst.settings import FEATURES, InputError
from nst.trace import Trace

VGG19_REPOSITORY, VGG19_FILE = "timm/vgg19.tv_in1k", "model.safetensors"
"""torchvision's IMAGENET1K_V1 weights (BSD-3-Clause) on the Hugging Face Hub, 575 MB."""

VGG19_VARIABLE = "NST_VGG19_WEIGHTS"
"""Environment variable that names a local file of VGG19's weights instead."""

COMPACT_FILE = Path(__file__).parent / "weights" / "compact.safetensors"
"""The distilled network that ships with the project."""

HUB_PATIENCE = 4.0
"""Seconds in which the Hub has to answer before it is asked for a large file."""

STALLED_SECONDS, STALLED_BYTES = 15.0, 5 * 10**6
"""A download that brings less than so much in so long is given up: the Hub's client has a limit for
silence, and none for a trickle."""

DISK_ERRORS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.ENOTDIR, errno.EEXIST)


CLEARLY_FASTER = 1.2
"""bfloat16 is used where it is this many times faster: near a tie, the choice would be a lottery
between runs, and results with it."""

CONTENT_LAYERS = ("relu4_2", "relu3_3", "relu2_2", "relu1_2")
"""The content layer is the first of these that a network's weights reach."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Convolution:
    """A 3×3 convolution with ReLU; `pool` halves the resolution before it, `stride` inside it.

    Attributes:
        channels: how many it computes.
        layer: the name that its ReLU is read by, if it is.
    """

    channels: int
    layer: str | None = None
    pool: bool = False
    stride: int = 1


def _vgg19() -> tuple[Convolution, ...]:
    blocks = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))
    return tuple(
        Convolution(channels, f"relu{block}_{i}", pool=block > 1 and i == 1)
        for block, (channels, count) in enumerate(blocks, start=1)
        for i in range(1, count + 1)
    )


VGG19 = _vgg19()[:13]
"""VGG19's convolutions up to relu5_1, the deepest layer in use (configuration E of Simonyan &
Zisserman 2015)."""

COMPACT = (
    Convolution(32, "relu1_1"),
    Convolution(64, stride=2),
    Convolution(64, "relu2_1"),
    Convolution(128, stride=2),
    Convolution(128, "relu3_1"),
    Convolution(128, "relu3_3"),
    Convolution(128, "relu4_1", stride=2),
    Convolution(128),
    Convolution(128, "relu5_1", stride=2),
)
"""The compact network, its layers named for the VGG19 activations that they stand in for. Strided
convolutions take the place of VGG19's convolutions at full resolution followed by pooling, which
are most of its time."""


class FeatureNetwork(nn.Module):
    """A stack of 3×3 convolutions with ReLUs whose activations are read by name.

    Attributes:
        name: what to call it in front of people, "vgg19" or "compact".
        version: eight hexadecimal digits that change with its weights.
        reason: why it was chosen, a sentence for people.
        content_layer: the layer whose activations the content loss compares.
        metrics: for each layer of the compact network, the map to VGG19's activations in which its
            own are compared, up to rotation; empty for VGG19 itself.
    """

    def __init__(self, name: str, table: Iterable[Convolution]) -> None:
        super().__init__()
        self.name = name
        self.version = ""
        self.reason = "asked for"
        self.table = tuple(table)
        self.content_layer = next(
            (layer for layer in CONTENT_LAYERS if layer in self.layers), "relu1_1"
        )
        self.metrics: dict[str, Metric] = {}
        self.convolutions = nn.ModuleList()
        channels = 3
        for row in self.table:
            self.convolutions.append(nn.Conv2d(channels, row.channels, 3, row.stride, padding=1))
            channels = row.channels
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(IMAGENET_STD).view(1, 3, 1, 1), persistent=False)

    @property
    def layers(self) -> frozenset[str]:
        """The names that activations can be read by."""
        return frozenset(row.layer for row in self.table if row.layer)

    def first_reached(self, layers: Iterable[str]) -> str:
        """The first of `layers` that can be read, or the deepest that can if none of them."""
        mine = [row.layer for row in self.table if row.layer]
        return next((layer for layer in layers if layer in mine), mine[-1])

    def trace(self, image: Tensor, layers: Iterable[str]) -> Trace:
        """The activations of an image, and the way back from them: see `nst.trace`."""
        return Trace(self, image, layers)

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where images have to be."""
        return self.mean.device

    def normalised(self, image: Tensor) -> Tensor:
        """An image (N, 3, H, W), RGB in [0, 1], as the first convolution wants it."""
        x = ((image - self.mean) / self.std).to(self.dtype)
        return x.contiguous(memory_format=torch.channels_last)  # in one step it takes twice as long

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the convolutions."""
        return self.convolutions[0].weight.dtype

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """Return the activations of `layers`, computing nothing above the deepest of them.

        Args:
            image: (N, 3, H, W), RGB in [0, 1], float32.
            layers: names out of `self.layers`.

        Returns:
            (N, C, h, w) for each layer, in the precision of the convolutions.
        """
        wanted = set(layers)
        activations: dict[str, Tensor] = {}
        x = self.normalised(image)
        for row, convolution in zip(self.table, self.convolutions, strict=True):
            x = F.max_pool2d(x, 2) if row.pool else x
            x = convolution(x).relu_()  # in place: autograd needs no more than the result
            if row.layer in wanted:
                activations[row.layer] = x
            if len(activations) == len(wanted):
                break
        return activations


@usual_defaults()
def load_features(
    name: str = "auto",
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
) -> FeatureNetwork:
    """Load a feature network, frozen and ready for use.

    Args:
        name: "vgg19", "compact", or "auto": vgg19 on a GPU if its weights are there or can be
            fetched, else compact. The result's `name` and `reason` say what came of it.
        device: where to put it; a GPU if there is one when None.
        dtype: of the convolutions and their activations; the device's fastest when None. Losses
            and the picture are float32 all the same.

    Raises:
        InputError: an unknown name, or "vgg19" whose weights cannot be had.
    """
    FEATURES.check("features", name)
    device = torch.device(device or default_device())
    if name == "auto":
        network = _choose(device)
    elif name == "vgg19":
        network = load_vgg19(_vgg19_file())
    else:
        network = _load_compact()
    network.version = _version(network)
    network = network.to(device, memory_format=torch.channels_last)
    network.convolutions.to(dtype or fastest_dtype(device))
    network.metrics = {
        layer: Metric(metric.weight.to(device), metric.bias.to(device))
        for layer, metric in network.metrics.items()
    }
    return network.requires_grad_(False).eval()


@cache
def fastest_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 on GPUs with units for it and on processors where it proves clearly faster.

    A processor is measured, once per process, in about 30 ms; a GPU is not, because ZeroGPU's main
    process, where networks are loaded, has none and would time its processor instead. float16 is
    no choice: sums of squares of VGG19's activations overflow it.
    """
    if device.type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if able else torch.float32
    if device.type != "cpu":  # Apple's: not measured
        return torch.float32
    if not (torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()):
        return torch.float32
    low, full = (_convolution_seconds(t) for t in (torch.bfloat16, torch.float32))
    return torch.bfloat16 if low * CLEARLY_FASTER < full else torch.float32


@torch.no_grad()
def _convolution_seconds(dtype: torch.dtype) -> float:
    """The best of five times of a convolution of VGG19's kind on the processor."""
    x = torch.zeros(1, 64, 128, 128, dtype=dtype).contiguous(memory_format=torch.channels_last)
    kernel = torch.zeros(64, 64, 3, 3, dtype=dtype).contiguous(memory_format=torch.channels_last)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        x = F.conv2d(x, kernel, padding=1)
        times.append(time.perf_counter() - start)
    return min(times)


def _version(network: FeatureNetwork) -> str:
    """A fingerprint of the weights as they were loaded."""
    digest = hashlib.sha256()
    for weights in network.parameters():  # not the metrics, which each machine rounds by itself
        digest.update(weights.detach().contiguous().numpy())
    return digest.hexdigest()[:8]


def _choose(device: torch.device) -> FeatureNetwork:
    if device.type == "cpu":
        network = _load_compact()
        network.reason = "there is no GPU, where VGG19 would take minutes"
        return network
    try:
        network = load_vgg19(_vgg19_file())
        network.reason = "there is a GPU"
    except InputError as error:
        network = _load_compact()
        network.reason = str(error)
    return network


def _vgg19_file() -> Path:
    """Find VGG19's weights: named by the environment, in the Hub's cache, or on the Hub."""
    if named := os.environ.get(VGG19_VARIABLE):
        return Path(named)
    cached = try_to_load_from_cache(VGG19_REPOSITORY, VGG19_FILE)
    if isinstance(cached, str) and _intact(Path(cached)):
        return Path(cached)
    otherwise = f"choose compact features, or name a file of them in {VGG19_VARIABLE}."
    try:
        # The download retries for half a minute where there is no network; this fails at once.
        get_hf_file_metadata(hf_hub_url(VGG19_REPOSITORY, VGG19_FILE), timeout=HUB_PATIENCE)
        fetched = _download(again=isinstance(cached, str))
    # The client raises errors of whatever HTTP library its release uses; each means the same here.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            why = "VGG19's weights cannot be kept on this machine: "
        else:
            why = (
                "VGG19's weights are not on this machine and the Hugging Face Hub cannot be "
                "reached: "
            )
        raise InputError(why + otherwise) from error
    if not _intact(fetched):
        raise InputError(f"VGG19's weights came damaged from the Hugging Face Hub: {otherwise}")
    return fetched


def _intact(path: Path) -> bool:
    """Whether a file of the Hub's cache is what the Hub has; the cache names it by its SHA-256."""
    try:
        expected = path.resolve(strict=True).name
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return False
    # A cache on a file system without links has other names: `load_vgg19` checks what it can.
    return digest == expected or len(expected) != len(digest)


def _download(again: bool) -> Path:
    """Fetch VGG19's weights from the Hub into its cache, or raise what kept them from coming.

    Args:
        again: replace what the cache has.
    """
    # A thread that is left behind ends with the process, and what it has fetched is gone on with.
    outcome: Future[str] = Future()

    def fetch() -> None:
        try:
            outcome.set_result(hf_hub_download(VGG19_REPOSITORY, VGG19_FILE, force_download=again))
        except BaseException as error:
            outcome.set_exception(error)

    Thread(target=fetch, daemon=True).start()
    arrived = -STALLED_BYTES
    while not outcome.done():
        now = _arrived_bytes()
        if now - arrived < STALLED_BYTES:
            raise TimeoutError("the download stalled")
        arrived = now
        wait([outcome], STALLED_SECONDS)
    return Path(outcome.result())


def _arrived_bytes() -> int:
    """Of all that the Hub's cache has or is getting of VGG19, by whatever process."""
    folder = Path(constants.HF_HUB_CACHE) / f"models--{VGG19_REPOSITORY.replace('/', '--')}"
    return sum(path.stat().st_size for path in folder.glob("blobs/*") if path.is_file())


def load_vgg19(path: Path) -> FeatureNetwork:
    """Load VGG19 by torchvision's keys, as many of its convolutions as the file holds in a row.

    Raises:
        InputError: the file is missing, damaged, or holds something else.
    """
    keys = _vgg19_keys()
    try:
        check_regular(path)
        with safe_open(path, framework="pt") as file:
            held = set(file.keys())
            reach = next(
                (i for i, key in enumerate(keys) if f"{key}.weight" not in held), len(keys)
            )
            tensors = {
                f"convolutions.{i}.{part}": file.get_tensor(f"{key}.{part}").float()
                for i, key in enumerate(keys[:reach])
                for part in ("weight", "bias")
            }
        network = FeatureNetwork("vgg19", VGG19[:reach])
        network.load_state_dict(tensors)
        if not reach:
            raise ValueError("no convolution")
        check_numbers(tensors.values())
    except (OSError, SafetensorError, RuntimeError, ValueError) as error:
        raise InputError(
            f"The file of VGG19's weights cannot be used ({path.name}): it must be safetensors "
            "with torchvision's keys and shapes, features.0.weight and so on, undamaged."
        ) from error
    return network


def _vgg19_keys() -> list[str]:
    """torchvision numbers convolutions, ReLUs and poolings in one row: features.0, 2, 5, 7 …"""
    keys, position = [], 0
    for row in VGG19:
        position += row.pool
        keys.append(f"features.{position}")
        position += 2
    return keys


def _load_compact() -> FeatureNetwork:
    network = FeatureNetwork("compact", COMPACT)
    weights, _ = read_weights(COMPACT_FILE, "the compact network")
    metrics = {key.split(".")[1] for key in weights if key.startswith("metrics.")}
    network.metrics = {
        layer: Metric(
            weights.pop(f"metrics.{layer}.weight"), weights.pop(f"metrics.{layer}.bias")
        ).rotated()
        for layer in sorted(metrics)
    }
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:  # whole, but another network's
        raise damaged("the compact network", COMPACT_FILE) from error
    return network
