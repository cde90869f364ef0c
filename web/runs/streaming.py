"""A generator's steps for a program: each is made when it is asked for, in a thread of its own.

Gradio closes a generator in its event loop, for which everybody would wait until the step under way
is done.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from typing import ParamSpec, TypeVar

P, T = ParamSpec("P"), TypeVar("T")
END = object()


def in_a_thread(
    make: Callable[P, Generator[T, None, None]],
) -> Callable[P, AsyncIterator[T]]:
    """The same generator, as an asynchronous one whose closing waits for nothing."""

    @wraps(make)
    async def steps(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        generator, loop = make(*args, **kwargs), asyncio.get_running_loop()
        thread = ThreadPoolExecutor(1, thread_name_prefix="steps")
        context = copy_context()  # in which Gradio and ZeroGPU find the request
        try:
            while True:
                step = await loop.run_in_executor(thread, context.run, next, generator, END)
                if step is END:
                    return
                yield step
        finally:
            thread.submit(context.run, generator.close)  # after the step under way
            thread.shutdown(wait=False)

    return steps
