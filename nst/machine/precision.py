"""Which precision convolutions are fastest in, by measurement."""

import time
from functools import cache

import torch
from torch.nn import functional as F

CLEARLY_FASTER = 1.2
"""bfloat16 is used where it is this many times faster: near a tie, the choice would be a lottery
between runs, and results with it."""


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
