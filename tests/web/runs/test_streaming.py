"""Generators for programs, whose closing waits for nothing."""

import asyncio
import inspect
import threading

import pytest

from web.runs.streaming import in_a_thread


def test_steps_are_made_one_by_one_in_one_thread():
    threads, made = set(), []

    @in_a_thread
    def count(most: int):
        """Count."""
        for n in range(most):
            threads.add(threading.current_thread())
            made.append(n)
            yield n

    async def taken():
        seen = []
        async for n in count(3):
            seen.append((n, list(made)))
        return seen

    assert asyncio.run(taken()) == [(0, [0]), (1, [0, 1]), (2, [0, 1, 2])]  # none is made ahead
    assert len(threads) == 1 and threading.current_thread() not in threads
    assert count.__doc__ == "Count." and "most" in inspect.signature(count).parameters


def test_closing_does_not_wait_for_the_step_under_way():
    gate, closed = threading.Event(), threading.Event()

    @in_a_thread
    def slow():
        try:
            yield 1
            gate.wait(10)
            yield 2
        finally:
            closed.set()

    async def leave():
        steps = slow()
        await anext(steps)
        task = asyncio.create_task(anext(steps))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await steps.aclose()
        return closed.is_set()  # the step is still under way

    assert asyncio.run(leave()) is False
    gate.set()
    assert closed.wait(5)


def test_what_is_raised_comes_through():
    @in_a_thread
    def fail():
        yield 1
        raise ValueError("stop")

    async def taken():
        return [n async for n in fail()]

    with pytest.raises(ValueError, match="stop"):
        asyncio.run(taken())
