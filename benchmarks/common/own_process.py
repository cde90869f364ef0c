"""Measuring in a process of its own, which has nothing left over from what was measured before."""

import multiprocessing
from collections.abc import Callable
from typing import Any


def in_own_process(measure: Callable[..., None], *arguments: object) -> Any:  # noqa: ANN401
    """What a function puts into the queue that it is given last, called in a fresh process."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=measure, args=(*arguments, answer))
    process.start()
    result = answer.get()
    process.join()
    return result
