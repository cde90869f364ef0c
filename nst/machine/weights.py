"""Weights from safetensors files that ship with the project, checked as VGG19's are."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from nst.specs import InputError

LARGEST = 1e4
"""No weight of a usable network is as large."""


def read_weights(path: Path, network: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read a file's tensors, in float32, and the texts of its header.

    Args:
        network: whose weights they are, for the sentence.

    Raises:
        InputError: there is no such file, it is damaged, or it has numbers that no network has.
    """
    try:
        check_regular(path)
        with safe_open(path, framework="pt") as file:
            weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
            texts = file.metadata() or {}
        check_numbers(weights.values())
    except (OSError, SafetensorError, RuntimeError, ValueError) as error:
        raise damaged(network, path) from error
    return weights, texts


def fingerprint(tensors: Iterable[torch.Tensor]) -> str:
    """Eight hexadecimal digits that change with any of the weights, given in float32."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()[:8]


def damaged(network: str, path: Path) -> InputError:
    """What is said of a file that ships with the project and cannot be used."""
    return InputError(
        f"The weights of {network} are missing or damaged: get {path.name} of nst/weights again."
    )


def check_regular(path: Path) -> None:
    """Raise `OSError` for what is no file: a pipe would be waited for without end."""
    if not path.is_file():
        raise FileNotFoundError(path)


def check_numbers(tensors: Iterable[torch.Tensor]) -> None:
    """Raise `ValueError` for weights that are not finite, or far too large."""
    # NaN compares false with everything.
    if not all(tensor.abs().max() < LARGEST for tensor in tensors if tensor.numel()):
        raise ValueError("weights that are not finite, or far too large")
