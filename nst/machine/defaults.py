"""Torch's state that belongs to the whole program: whatever it is, pictures are made in the usual.

A program may have set another default dtype or device (PyTorch's own tutorial of style transfer
sets the device), or may call from within autocast. All of it is as before when a call ends, and
between the steps of a generator.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import torch

T = TypeVar("T")


@contextmanager
def usual_defaults() -> Iterator[None]:
    """New tensors are float32 on the processor inside, and operations keep their dtypes."""
    dtype = torch.get_default_dtype()
    with ExitStack() as stack:
        if dtype != torch.float32:
            torch.set_default_dtype(torch.float32)
            stack.callback(torch.set_default_dtype, dtype)
        # Entered only where it is needed: it costs every operation a microsecond.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        yield


def in_usual_defaults(steps: Generator[T, Any, Any]) -> Generator[T, None, None]:
    """What a generator yields, made under `usual_defaults`; it is closed with this one."""
    try:
        while True:
            with usual_defaults():
                try:
                    step = next(steps)
                except StopIteration:
                    return
            yield step
    finally:
        with usual_defaults():
            steps.close()
