"""Iterations: an evaluation and the optimiser's step each, on a GPU both in one CUDA graph."""

import math
from collections.abc import Generator, Iterator

import torch
from torch import Tensor

from nst.loss.evaluated import Evaluated, Losses, Measure, measure_of
from nst.machine.arriving import Arriving
from nst.machine.graph import Recorder
from nst.optim.optimizer import Optimizer
from nst.optim.resident import ResidentLBFGS

Iteration = tuple[float, Losses, Tensor]
"""The loss, its parts, and the picture (1, 3, H, W) that has them."""


def iterations_of(
    objective: Evaluated, optimizer: Optimizer, count: int
) -> Iterator[Iteration | float]:
    """Evaluate the optimiser's picture and have it step, or retreat from a loss that is no number.

    Before an iteration come the shares of it that are done, where the objective has parts.

    At the last of `count` iterations, the optimiser has made all their steps. Before, it may be one
    ahead of what is yielded, so that a GPU has work while Python sees to the rest.
    """
    done, measure = 0, measure_of(objective)
    if measure is not None and isinstance(optimizer, ResidentLBFGS):
        done = yield from _ahead(Together(measure, optimizer), count)
    for _ in range(count - done):
        image = optimizer.image
        loss, gradient, losses = yield from objective.in_parts(image)
        if math.isfinite(loss):
            optimizer.step(loss, gradient)
        else:
            optimizer.retreat()
        del gradient  # not to be held while the next one is made
        yield loss, losses, image


class Together:
    """An iteration as a whole, recorded: each call evaluates the optimiser's picture and steps.

    Attributes:
        recorder: what knows whether it is replayed.
    """

    def __init__(self, measure: Measure, optimizer: ResidentLBFGS) -> None:
        self._measure, self._optimizer = measure, optimizer
        self.recorder = Recorder(optimizer.state)

    def __call__(self) -> tuple[Tensor, Tensor]:
        """The numbers of a `Measure`, and the picture that has them; no wait for the GPU."""
        image = self._optimizer.image
        numbers, self._optimizer.image, _ = self.recorder(self._iterate, image)
        return numbers, image

    @torch.no_grad()
    def _iterate(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The numbers, the next picture, and the step, for the recorder to compare.

        Two pictures one step apart differ by less than what a replay may be off by.
        """
        numbers, gradient = self._measure(image)
        moved = self._optimizer.moved(image, numbers[0], gradient)
        return numbers, moved, moved - image


def _ahead(together: Together, count: int) -> Generator[Iteration, None, int]:
    """Iterations, each launched before the numbers of the one before are read.

    Returns:
        How many: all, or as many as it takes to find out that no graph can be had.
    """
    waiting: tuple[Arriving, Tensor] | None = None
    done = 0
    while done < count and not together.recorder.failed:
        numbers, image = together()
        launched = Arriving(numbers), image
        if waiting is not None:
            yield _read(*waiting)
        waiting, done = launched, done + 1
    if waiting is not None:
        yield _read(*waiting)
    return done


def _read(numbers: Arriving, image: Tensor) -> Iteration:
    loss, *parts = numbers.values()
    return loss, Losses(*parts), image
