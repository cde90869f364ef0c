"""The memory that PyTorch has of a GPU; nothing where there is none."""

import gc

import torch


def give_back() -> None:
    """Give the GPU back what nothing uses any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def forget_peak() -> None:
    """Have peaks counted from here."""
    give_back()
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak_megabytes(device: torch.device) -> dict[str, float]:
    """The most since `forget_peak` that tensors had, and that was reserved; {} without a GPU."""
    if device.type != "cuda":
        return {}
    most = {
        "allocated": torch.cuda.max_memory_allocated(),
        "reserved": torch.cuda.max_memory_reserved(),
    }
    return {word: number / 1e6 for word, number in most.items()}
