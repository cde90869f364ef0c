"""So many runs at a time: who has a place, who waits for one, and none once the server closes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from web.server import limits


class RunSlot:
    """The places for runs, elsewhere than on ZeroGPU a single one; none once the server closes.

    Args:
        places: so many runs at a time.
    """

    def __init__(self, places: int = limits.RUNS) -> None:
        self._places, self._free = places, threading.BoundedSemaphore(places)
        self._closes = threading.Event()
        self._waiting: set[object] = set()
        self._holders: set[object] = set()

    @contextmanager
    def wait(self) -> Iterator[Iterator[None]]:
        """A place in the line; inside the `with` block, one for a run is held when this has ended.

        Gradio gives the place of a stopped run to the next one at once, while the thread of the
        stopped one is still in an iteration; and runs of pages go on without their page.
        """
        place = object()
        waiting = self._waited_for(place)
        try:
            yield waiting
        finally:
            waiting.close()
            if place in self._holders:
                self._holders.remove(place)
                self._free.release()

    def _waited_for(self, place: object) -> Iterator[None]:
        """Yield now and then until there is room for this one."""
        until = time.monotonic() + limits.STRAGGLER_SECONDS
        self._waiting.add(place)
        try:
            while not self._free.acquire(timeout=limits.WORD_SECONDS):
                if time.monotonic() > until:
                    raise gr.Error("The server is busy. Please try again.", print_exception=False)
                yield
            self._holders.add(place)
        finally:
            self._waiting.discard(place)

    def is_wanted(self) -> bool:
        """Whether others wait for a place."""
        return bool(self._waiting)

    def check(self) -> None:
        """Raise `gr.Error` once the server closes."""
        if self._closes.is_set():
            raise gr.Error(
                "The server was stopped, and the run with it. Please try again.",
                print_exception=False,
            )

    def close(self) -> None:
        """Have the runs that go on end with their next sign of life."""
        self._closes.set()

    def ended(self) -> bool:
        """Whether no run goes on any more, after at most `limits.CLOSING_SECONDS`."""
        until = time.monotonic() + limits.CLOSING_SECONDS
        left = (max(0.0, until - time.monotonic()) for _ in range(self._places))
        return all(self._free.acquire(timeout=seconds) for seconds in left)
