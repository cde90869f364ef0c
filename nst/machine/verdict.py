"""What was measured of a machine's precision, kept in the user's cache folder for later starts.

A file for each kind of machine, because a home can be shared by many. One that is missing, damaged
or cannot be written only means that the next start measures again.
"""

import contextlib
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch

Machine = Mapping[str, str | int]
LIMITS = ("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA")
"""Environment variables by which less of a processor is used than it has."""


def cache_folder() -> Path | None:
    """Where the user's programs keep what they can do without; None where there is no home."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = named if named.is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "nst"


def machine(root: Path = Path("/")) -> Machine:
    """All that a measurement depends on: the processor, how much of it is used, and torch.

    Args:
        root: where /proc is.
    """
    told = _processor(root)
    flags = " ".join(sorted(told.get("flags", "").split()))
    return {
        "processor": told.get("model name") or platform.processor() or platform.machine(),
        "flags": hashlib.sha256(flags.encode()).hexdigest()[:8],
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
        "limits": " ".join(f"{k}={os.environ[k]}" for k in LIMITS if k in os.environ),
    }


def _processor(root: Path) -> dict[str, str]:
    """What Linux says of the first processor."""
    try:
        text = (root / "proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def read(folder: Path | None, machine: Machine) -> str:
    """The precision that is kept for a machine, or "" if none is, or nothing that can be read."""
    if folder is None:
        return ""
    try:
        path = _path(folder, machine)
        kept = json.loads(path.read_text()) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(kept, dict) or kept.get("machine") != dict(machine):
        return ""
    return str(kept.get("precision", ""))


def write(folder: Path | None, machine: Machine, precision: str, times_faster: float) -> None:
    """Keep a precision for a machine, whole or not at all; where that fails, nothing is said.

    Args:
        times_faster: what was measured, for whoever looks into the file.
    """
    if folder is None:
        return
    kept = {
        "machine": dict(machine),
        "precision": precision,
        "times_faster": round(times_faster, 2),
    }
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(kept, file, indent=2)
            Path(part).replace(_path(folder, machine))
        except OSError:
            Path(part).unlink(missing_ok=True)


def _path(folder: Path, machine: Machine) -> Path:
    digest = hashlib.sha256(json.dumps(dict(machine), sort_keys=True).encode()).hexdigest()
    return folder / f"precision-{digest[:12]}.json"
