"""VGG19's weights: from a named file, the Hub's cache, or the Hub; and the network of them."""

import errno
import hashlib
import os
from concurrent.futures import Future, wait
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
from torch import nn

from nst.features.network import VGG19, FeatureNetwork
from nst.machine.weights import check_numbers, check_regular
from nst.specs import InputError

VGG19_REPOSITORY, VGG19_FILE = "timm/vgg19.tv_in1k", "model.safetensors"
"""torchvision's IMAGENET1K_V1 weights (BSD-3-Clause) on the Hugging Face Hub, 575 MB."""
VGG19_VARIABLE = "NST_VGG19_WEIGHTS"
"""Environment variable that names a local file of VGG19's weights instead."""
HUB_PATIENCE = 4.0
"""Seconds in which the Hub has to answer before it is asked for a large file."""
STALLED_SECONDS, STALLED_BYTES = 15.0, 5 * 10**6
"""A download that brings less than so much in so long is given up: the Hub's client has a limit for
silence, and none for a trickle."""
DISK_ERRORS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.ENOTDIR, errno.EEXIST)


def vgg19_file() -> Path:
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


def load() -> FeatureNetwork:
    """Load VGG19, from wherever its weights can be had.

    Raises:
        InputError: they cannot be had, or not be used.
    """
    return load_vgg19(vgg19_file())


def load_vgg19(path: Path) -> FeatureNetwork:
    """Load VGG19 by torchvision's keys, as many of its convolutions as the file holds in a row.

    Raises:
        InputError: the file is missing, damaged, or holds something else.
    """
    keys = _vgg19_keys()[: len(VGG19)]
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
    """The names of torchvision's convolutions, in their order: features.0, 2, 5, 7 …"""
    # Imported here: it takes nearly as long as torch, and the compact network needs nothing of it.
    from torchvision.models import vgg19

    with torch.device("meta"):
        layers = vgg19().features
    return [f"features.{i}" for i, layer in enumerate(layers) if isinstance(layer, nn.Conv2d)]
