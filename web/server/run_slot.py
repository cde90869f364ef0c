"""One run at a time: who has the slot, who waits for it, and none once the server closes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from web.server import limits


class RunSlot:
    """The place for one run at a time, and for none once the server closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closes = threading.Event()
        self._waiting: set[object] = set()
        self._holder: object | None = None

    @contextmanager
    def wait(self) -> Iterator[Iterator[None]]:
        """A place before the slot; inside the `with` block, it is one's own when this has ended.

        Gradio gives the place of a stopped run to the next one at once, while the thread of the
        stopped one is still in an iteration; and runs of pages go on without their page.
        """
        place = object()
        waiting = self._waited_for(place)
        try:
            yield waiting
        finally:
            waiting.close()
            if self._holder is place:
                self._holder = None
                self._lock.release()

    def _waited_for(self, place: object) -> Iterator[None]:
        """Yield now and then until the slot is this place's."""
        until = time.monotonic() + limits.STRAGGLER_SECONDS
        self._waiting.add(place)
        try:
            while not self._lock.acquire(timeout=limits.WORD_SECONDS):
                if time.monotonic() > until:
                    raise gr.Error("The server is busy. Please try again.", print_exception=False)
                yield
            self._holder = place
        finally:
            self._waiting.discard(place)

    def is_wanted(self) -> bool:
        """Whether others wait for the slot."""
        return bool(self._waiting)

    def check(self) -> None:
        """Raise `gr.Error` once the server closes."""
        if self._closes.is_set():
            raise gr.Error(
                "The server was stopped, and the run with it. Please try again.",
                print_exception=False,
            )

    def close(self) -> None:
        """Have the run that goes on end with its next sign of life."""
        self._closes.set()

    def ended(self) -> bool:
        """Whether no run goes on any more, after at most `limits.CLOSING_SECONDS`."""
        return self._lock.acquire(timeout=limits.CLOSING_SECONDS)
