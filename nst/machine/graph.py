"""An evaluation recorded as a CUDA graph, so that a GPU need not wait for Python.

An evaluation by VGG19 is some 210 operations of microseconds each, about what Python takes to
launch them. A graph launches all of them at once. It also means that nothing in an evaluation may
depend on a number that the processor reads: `tests/nst/machine/test_graph.py` holds it to that
without a GPU.
"""

import logging
from collections.abc import Callable

import torch
from torch import Tensor

log = logging.getLogger(__name__)
FIRST_CALLS = 3
"""Calls before the recording, in which kernels are loaded and convolutions chosen. What the one
after it gives, for another image, is compared with what is replayed."""
LARGEST_DIFFERENCE = 0.01
"""Relative distance between what is replayed and what was called; kernels may add in any order."""
Function = Callable[[Tensor], tuple[Tensor, ...]]


class Recorder:
    """Calls a function of an image on a GPU, records it and replays it from then on.

    Where it cannot be recorded, or a replay gives something else, it is called as it is.
    """

    def __init__(self) -> None:
        self._calls = 0
        self._replay: Function | None = None
        self._proved = False

    def __call__(self, function: Function, image: Tensor) -> tuple[Tensor, ...]:
        """What the function returns for the image, in tensors of their own.

        Args:
            function: image (1, 3, H, W) -> tensors, by operations on the GPU alone; the same in
                each call. It is not kept: whose method it is can own the recorder.
            image: (1, 3, H, W), always of one size.
        """
        if self._replay is not None and self._proved:
            return self._replay(image)
        results = function(image)
        self._calls += 1
        if self._calls == FIRST_CALLS:
            self._replay = _recorded(function, image)
        elif self._replay is not None:
            self._prove(self._replay, image, results)
        return results

    def _prove(self, replay: Function, image: Tensor, expected: tuple[Tensor, ...]) -> None:
        """Use the graph if it gives what the function gives for another image than it recorded."""
        self._proved = _alike(replay(image), expected)
        if not self._proved:
            log.warning("A CUDA graph gave something else than what it recorded: slower without.")
            self._replay = None


def _recorded(function: Function, image: Tensor) -> Function | None:
    """What does the same as the function by a graph, if that can be had.

    Args:
        function: see `Recorder`.
        image: (1, 3, H, W), of the kind that it will be called with.
    """
    given = image.clone()
    try:
        # Else the graph would be of the device that is the current one, whatever the image's.
        with torch.cuda.device_of(image):
            graph = torch.cuda.CUDAGraph()
            # Other threads, with pictures of other visitors, may go on meanwhile.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                results = function(given)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:
        log.warning("No CUDA graph, so slower.", exc_info=True)
        return None

    def replay(image: Tensor) -> tuple[Tensor, ...]:
        given.copy_(image)
        with torch.cuda.device_of(image):
            graph.replay()
        return tuple(result.clone() for result in results)

    return replay


def _alike(results: tuple[Tensor, ...], expected: tuple[Tensor, ...]) -> bool:
    """Whether all results are near the expected ones; no NaN is near anything."""
    pairs = zip(results, expected, strict=True)
    return all((a - b).norm() <= LARGEST_DIFFERENCE * b.norm() for a, b in pairs)
