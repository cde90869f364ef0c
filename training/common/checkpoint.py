"""Checkpoints: a training run's whole state in a file, from which it goes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


def write(path: Path, step: int, generator: torch.Generator, parts: Mapping[str, Any]) -> None:
    """Write a state, replacing the file at once.

    Args:
        step: how far the run has come.
        generator: what it draws from.
        parts: by names, what has a `state_dict`.
    """
    state = {"step": step, "generator": generator.get_state()}
    state |= {name: part.state_dict() for name, part in parts.items()}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def read(path: Path, generator: torch.Generator, parts: Mapping[str, Any]) -> int:
    """Put the generator and the parts where they were at `write`, and return the step."""
    state = torch.load(path, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    generator.set_state(state["generator"])
    return state["step"]
