"""Which precision convolutions are made in: what is asked for, else what is fastest here."""

import logging
import os
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import torch
from torch.nn import functional as F

from nst.machine import verdict
from nst.machine.trial import Trial, measure
from nst.specs import Choice, InputError

log = logging.getLogger(__name__)
PRECISIONS: Mapping[str, torch.dtype] = MappingProxyType(
    {"float32": torch.float32, "bfloat16": torch.bfloat16}
)
"""By name. float16 is none: sums of squares of VGG19's activations overflow it."""
VARIABLE = "NST_PRECISION"
"""Environment variable that says which one, whatever is faster."""
PRECISION = Choice(
    label="Precision",
    help="Of the convolutions: auto takes bfloat16 where it is clearly faster, else float32.",
    default="auto",
    choices=("auto", *PRECISIONS),
)
CLEARLY_FASTER = 1.2
"""bfloat16 is used where it is this many times faster: near a tie, the choice would be a lottery
between machines that are alike, and results with it."""


def chosen_dtype(device: torch.device, asked: torch.dtype | None = None) -> torch.dtype:
    """The precision that is asked for; else the environment's, else the fastest.

    Without units for it, bfloat16 gives nearly the same and takes many times as long.

    Raises:
        InputError: what is asked for is no choice, or the device cannot do it at all.
    """
    if asked is None:
        named = PRECISION.check(VARIABLE, os.environ.get(VARIABLE) or PRECISION.default)
        asked = PRECISIONS.get(named)
    elif asked not in PRECISIONS.values():
        allowed = " or ".join(map(str, PRECISIONS.values()))
        raise InputError(f"dtype must be {allowed}, not {asked}.", subject="dtype", code="unknown")
    if asked is None:
        return fastest_dtype(device)
    if asked != torch.float32 and not _works(device, asked):
        name = str(asked).removeprefix("torch.")
        raise InputError(f"This machine's torch cannot work in {name}: choose float32.")
    return asked


@cache
def fastest_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 on GPUs with units for it and on processors where it proves clearly faster.

    A processor with such units is measured, in a second or two at most, and what comes of it is
    kept for later starts (`nst.machine.verdict`). Nothing is measured without such units, and none
    are known of ARM's and Apple's. A GPU is not measured either, because ZeroGPU's main process,
    where networks are loaded, has none and would time its processor instead.
    """
    if not has_units(device):
        dtype, why = torch.float32, "no units for bfloat16 are known of"
    elif device.type == "cuda":
        dtype, why = torch.bfloat16, "the GPU has units for it"
    else:
        dtype, why = _proved()
    log.info("Convolutions on %s are in %s: %s.", device, str(dtype).removeprefix("torch."), why)
    return dtype


def has_units(device: torch.device) -> bool:
    """Whether a device is known to have units for bfloat16."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    return False


def _proved() -> tuple[torch.dtype, str]:
    """The processor's precision and why: as an earlier start has found, or by measurement."""
    folder, machine = verdict.cache_folder(), verdict.machine()
    if (kept := verdict.read(folder, machine)) in PRECISIONS:
        return PRECISIONS[kept], "an earlier start has measured it"
    trial = measure()
    name = "bfloat16" if trial.times_faster > CLEARLY_FASTER else "float32"
    if _agrees(trial):  # else the next start tries again
        verdict.write(folder, machine, name, trial.times_faster)
    return PRECISIONS[name], f"bfloat16 is {trial.times_faster:.2f} times as fast"


def _agrees(trial: Trial) -> bool:
    """Whether single pairs of times mostly say what the best of all say."""
    return (trial.usually_faster > CLEARLY_FASTER) == (trial.times_faster > CLEARLY_FASTER)


@cache
def _works(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a device can make a convolution and its gradient at all, with units or without."""
    if has_units(device):
        return True
    x = torch.ones(1, 8, 9, 9, dtype=dtype, device=device)
    kernel = torch.ones(8, 8, 3, 3, dtype=dtype, device=device)
    try:
        F.conv_transpose2d(F.conv2d(x, kernel, stride=2).relu_(), kernel, stride=2)
    except (RuntimeError, NotImplementedError):
        return False
    return True
