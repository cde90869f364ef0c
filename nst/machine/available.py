"""What memory the machine has left, of its own and of its control group or its GPU."""

import gc
import math
from collections.abc import Iterator
from pathlib import Path

import torch

from nst.machine.groups import groups


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
    names = {
        1: ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        2: ("memory.max", "memory.current"),
    }
    for folder, version in groups("memory", root):
        yield _left(folder, *names[version])


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
