"""Runs in threads of their own, and those who follow them."""

import asyncio
import contextvars
import threading

from web.runs.kept.background import Background, Ending
from web.server.run_slot import RunSlot


def gated(gate, number=3):
    """A run that waits after its first update."""

    def make(ending):
        yield {"n": 0}
        gate.wait(10)
        for n in range(1, number):
            yield {"n": n}

    return make


async def followed(run, start=0):
    return [update["n"] async for update in run.follow(start)]


def test_all_who_follow_see_everything_whenever_they_come():
    async def two():
        gate = threading.Event()
        run = Background(gated(gate), RunSlot()).start()
        early = asyncio.create_task(followed(run))
        await asyncio.sleep(0.05)
        late = asyncio.create_task(followed(run, 1))
        await asyncio.sleep(0.05)
        gate.set()
        return await asyncio.gather(early, late)

    assert asyncio.run(two()) == [[0, 1, 2], [1, 2]]


def test_a_run_goes_on_when_its_follower_is_gone():
    async def leave():
        gate = threading.Event()
        run = Background(gated(gate, 50), RunSlot()).start()
        follower = run.follow()
        assert await anext(follower) == {"n": 0}
        await follower.aclose()
        gate.set()
        return await followed(run)

    assert asyncio.run(leave()) == list(range(50))


def test_stop_is_heard_by_the_run():
    def make(ending):
        while not ending():
            yield {"n": 1}
        yield {"n": ending()}

    run = Background(make, RunSlot()).start()
    run.stop()
    assert asyncio.run(followed(run))[-1] is Ending.STOPPED


def test_a_failure_ends_the_run_and_is_logged(caplog):
    def make(ending):
        yield {"n": 1}
        raise RuntimeError("unforeseen")

    assert asyncio.run(followed(Background(make, RunSlot()).start())) == [1]
    assert "unforeseen" in caplog.text


def test_a_run_knows_the_request_that_it_was_made_in():
    request = contextvars.ContextVar("request", default="none")

    def make(ending):
        yield {"n": request.get()}

    request.set("a visitor's")
    assert asyncio.run(followed(Background(make, RunSlot()).start())) == ["a visitor's"]
