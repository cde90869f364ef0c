"""What is computed of an image recorded as a CUDA graph, so that a GPU need not wait for Python.

An evaluation by VGG19 is some 210 operations of microseconds each, about what Python takes to
launch them, and a step of the optimiser is some more. A graph launches all of them at once. It also
means that nothing in them may depend on a number that the processor reads:
`tests/nst/machine/test_graph.py` holds them to that without a GPU.
"""

import logging
from collections.abc import Callable, Sequence

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

    Args:
        state: tensors that the function reads and changes in place, and which it gives the same
            results from if they are put back.

    Attributes:
        failed: whether it is, and will be, called as it is.
    """

    def __init__(self, state: Sequence[Tensor] = ()) -> None:
        self.failed = False
        self._state = tuple(state)
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
        before = () if self._replay is None else self._noted()
        results = function(image)
        self._calls += 1
        if self._calls == FIRST_CALLS:
            self._replay = _recorded(function, image)
            self.failed = self._replay is None
        elif self._replay is not None:
            self._prove(self._replay, image, before, results)
        return results

    @property
    def replays(self) -> bool:
        """Whether a graph is in use by now."""
        return self._proved

    def _prove(
        self,
        replay: Function,
        image: Tensor,
        before: Sequence[Tensor],
        expected: tuple[Tensor, ...],
    ) -> None:
        """Use the graph if it gives what the function gives for another image than it recorded."""
        after = self._noted()
        self._put_back(before)
        results = replay(image)
        self._proved = _alike((*results, *self._state), (*expected, *after))
        self._put_back(after)
        if not self._proved:
            log.warning("A CUDA graph gave something else than what it recorded: slower without.")
            self._replay, self.failed = None, True

    def _noted(self) -> tuple[Tensor, ...]:
        return tuple(tensor.clone() for tensor in self._state)

    def _put_back(self, state: Sequence[Tensor]) -> None:
        for tensor, value in zip(self._state, state, strict=True):
            tensor.copy_(value)


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
    pairs = ((a.float(), b.float()) for a, b in zip(results, expected, strict=True))
    return all((a - b).norm() <= LARGEST_DIFFERENCE * b.norm() for a, b in pairs)
