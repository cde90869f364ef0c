"""Numbers on their way from a GPU, which goes on with something else meanwhile."""

import torch
from torch import Tensor


class Arriving:
    """The copy of a tensor of numbers to the processor, begun and not waited for.

    Args:
        numbers: (N,), of a GPU of CUDA's or of the processor; it may be overwritten afterwards by
            what is launched later.
    """

    def __init__(self, numbers: Tensor) -> None:
        self._numbers = numbers.to("cpu", non_blocking=True)  # of a GPU, to memory that stays put
        self._copied: torch.cuda.Event | None = None
        if numbers.is_cuda:
            self._copied = torch.cuda.current_stream(numbers.device).record_event()

    def values(self) -> list[float]:
        """The numbers, as soon as they are there; no wait for what was launched after them."""
        if self._copied is not None:
            self._copied.synchronize()
        return self._numbers.tolist()
