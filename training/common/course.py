"""The course of a training run: step by step, with its losses told and its state kept."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from torch import Tensor


class Trained(Protocol):
    """What is trained: see `training.instant.learn.Training`."""

    step: int
    steps: int

    def advance(self) -> Mapping[str, Tensor]: ...  # noqa: D102

    def save(self, path: Path) -> None: ...  # noqa: D102

    def load(self, path: Path) -> None: ...  # noqa: D102


def stages(training: Trained, kept: Path, every: int) -> Iterator[int]:
    """Train to the end; every `every` steps print the mean losses, write a checkpoint, and yield.

    It goes on from the checkpoint `kept` if there is one.
    """
    if kept.exists():
        training.load(kept)
    started, first = time.monotonic(), training.step
    totals: dict[str, float] = {}
    while training.step < training.steps:
        for name, loss in training.advance().items():
            totals[name] = totals.get(name, 0.0) + float(loss)
        if training.step % every and training.step != training.steps:
            continue
        seconds = (time.monotonic() - started) / (training.step - first)
        losses = "  ".join(f"{name} {total / every:.4f}" for name, total in totals.items())
        print(f"{training.step}  {seconds:.3f} s/step  {losses}", flush=True)
        totals = {}
        training.save(kept)
        yield training.step
