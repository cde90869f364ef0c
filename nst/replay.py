"""An evaluation recorded as a CUDA graph, so that a GPU need not wait for Python.

An evaluation by VGG19 is some 210 operations of microseconds each, about what Python takes to
launch them. A graph launches all of them at once. It also means that nothing in an evaluation may
depend on a number that the processor reads: `tests/test_replay.py` holds it to that without a GPU.
"""

import logging
from collections.abc import Callable

import torch
from torch import Tensor

LOG = logging.getLogger(__name__)

FIRST_CALLS = 3
"""Calls before the recording, in which kernels are loaded and convolutions chosen."""
LARGEST_DIFFERENCE = 0.01
"""Relative distance between what is replayed and what was called; kernels may add in any order."""


class Replayed:
    """A function of an image on a GPU, recorded in one of its calls and replayed in all later ones.

    Where it cannot be recorded, or a replay gives something else, it is called as it is.

    Args:
        function: image (1, 3, H, W) -> tensors, by operations on the GPU alone; always for images
            of one size.
    """

    def __init__(self, function: Callable[[Tensor], tuple[Tensor, ...]]) -> None:
        self._function = function
        self._calls = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._image: Tensor | None = None
        self._results: tuple[Tensor, ...] = ()

    def __call__(self, image: Tensor) -> tuple[Tensor, ...]:
        """What the function returns for the image, in tensors of their own."""
        self._calls += 1
        if self._calls == FIRST_CALLS + 1:
            self._graph = self._recorded(image)
        if self._graph is None:
            return self._function(image)
        return self._replay(self._graph, image)

    def _replay(self, graph: torch.cuda.CUDAGraph, image: Tensor) -> tuple[Tensor, ...]:
        self._image.copy_(image)
        graph.replay()
        return tuple(result.clone() for result in self._results)

    def _recorded(self, image: Tensor) -> torch.cuda.CUDAGraph | None:
        """A graph that does what the function does, if there is one."""
        expected = self._function(image)
        self._image = image.clone()
        try:
            graph = torch.cuda.CUDAGraph()
            # Other threads, with pictures of other visitors, may go on meanwhile.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._results = self._function(self._image)
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            LOG.warning("No CUDA graph, so slower.", exc_info=True)
            return None
        if _alike(self._replay(graph, image), expected):
            return graph
        LOG.warning("A CUDA graph gave something else than what it recorded: slower without.")
        return None


def _alike(results: tuple[Tensor, ...], expected: tuple[Tensor, ...]) -> bool:
    """Whether all results are near the expected ones; no NaN is near anything."""
    pairs = zip(results, expected, strict=True)
    return all((a - b).norm() <= LARGEST_DIFFERENCE * b.norm() for a, b in pairs)
