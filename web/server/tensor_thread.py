"""The one thread in which the server works on tensors, and threads of their own for what is slow.

OpenMP, in which PyTorch computes on a processor, gives each thread that calls it workers of its
own. As soon as there are more of them than processors, they all go to sleep after each operation
instead of staying awake for the next: an iteration takes a third longer. Gradio, however, calls a
run's steps in whatever thread is free.
"""

import logging
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from web.server import zerogpu

log = logging.getLogger("nst.app")
P, T = ParamSpec("P"), TypeVar("T")
END = object()


class TensorThread:
    """That thread. ZeroGPU's processes have none: a fork leaves threads behind."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tensors")

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function returns, called in the thread, after what others have it do before.

        Not to be called from that thread.
        """
        if zerogpu.HERE:
            return function(*args, **kwargs)
        return self._pool.submit(function, *args, **kwargs).result()

    def begin(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Have a function called in the thread, and do not wait for it; a failure is logged."""

        def logged() -> None:
            try:
                function(*args, **kwargs)
            except Exception:
                log.exception("%s failed", function)

        self._pool.submit(logged)

    def steps(self, generator: Generator[T, Any, Any]) -> Generator[T, None, None]:
        """What a generator yields, each step made in the thread; between them others have theirs.

        The generator is closed with this one.
        """
        try:
            while (step := self.run(next, generator, END)) is not END:
                yield step
        finally:
            self.run(generator.close)


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a function returns, called in a thread of its own, so that nobody else waits for it.

    The thread ends, and OpenMP's workers for it. On ZeroGPU it is called as it is.
    """
    if zerogpu.HERE:
        return function(*args, **kwargs)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *args, **kwargs).result()
