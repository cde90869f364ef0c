"""The one thread in which the server works on tensors, and threads of their own for what is slow.

OpenMP, in which PyTorch computes on a processor, gives each thread that calls it workers of its
own. As soon as there are more of them than processors, they all go to sleep after each operation
instead of staying awake for the next: an iteration takes a third longer. Gradio, however, calls a
run's steps in whatever thread is free.
"""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from web.server import zerogpu

P, T = ParamSpec("P"), TypeVar("T")
END = object()


@lru_cache
def _thread() -> ThreadPoolExecutor:
    """The one of this process."""
    return ThreadPoolExecutor(1, thread_name_prefix="tensors")


def work(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function returns, called in that thread, after what others have it do before.

    Not to be called from that thread. ZeroGPU's processes have none: a fork leaves threads behind.
    """
    if zerogpu.HERE:
        return function(*args, **kwargs)
    return _thread().submit(function, *args, **kwargs).result()


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function returns, called in a thread of its own, so that nobody else waits for it.

    The thread ends, and OpenMP's workers for it. On ZeroGPU it is called as it is.
    """
    if zerogpu.HERE:
        return function(*args, **kwargs)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *args, **kwargs).result()


def steps(generator: Generator[T, Any, Any]) -> Generator[T, None, None]:
    """What a generator yields, each step made in that thread; between them others have their turn.

    The generator is closed with this one.
    """
    try:
        while (step := work(next, generator, END)) is not END:
            yield step
    finally:
        work(generator.close)
