"""What the server grants: places in its queue, time and frames of a run, sizes of what is sent.

The figures, and what keeps a run within its own; `web.server.admission` keeps the queue.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import gradio as gr

from nst.pictures.reading import MAX_FILE_MEGABYTES
from web.server import zerogpu

QUEUE_LENGTH = 20
"""Runs that wait; one more is painted. Instant paintings have as many places of their own."""
PLACES = 2
"""Of these, the one that is painted included, those of one visitor."""
ADDRESS_PLACES = 8
"""Of these, those of one public address, of a home or a school: pages are cheap to open."""
EVENTS = 500
"""Events of all kinds that wait, clicks on the page as well; beyond, Gradio refuses them."""
UNFETCHED = 1000
"""Visitors with answers that they have not fetched; beyond, who is refused a place in the queue
gets HTTP 503 instead of an answer."""
SESSIONS = 50
"""Pages and programs that Gradio keeps its copy of the page for, the latest ones. One takes 0.2 MB,
and 3 MB once it has shown a run, whose film and compared pictures are in the page's HTML. A run
keeps its own among the latest; any other page gets a new copy with its next event."""
RUN_SECONDS = 600
"""After this a run ends with what it has, where the hardware is the server's own."""
SPARED_SECONDS = 5
"""So long before ZeroGPU takes its GPU back, a run ends there: ZeroGPU counts from before the
process is made that the run is in, which takes some seconds itself."""
STRAGGLER_SECONDS = 60
"""A run waits so long for one that was stopped in the middle of a slow iteration."""
ALONE_SECONDS = 20
"""A page's run that nobody follows any more gives its place to others after so long; while nobody
waits, it goes on to its end."""
VISITS = 50
"""Visits that are kept for pages that come back, the latest ones. One takes about 2 MB, which are
the film and the compared pictures of its last run."""
VISIT_SECONDS = 1800
"""So long after its last sign of life a visit is forgotten."""
CLOSING_SECONDS = 4
"""A run has so long to end when the server is told to."""
FRAMES = 20
"""Pictures that a run streams at most, the photograph and the result among them."""
WORD_SECONDS = 0.5
"""Without a picture, progress is streamed so often; this is also how soon a stop takes effect."""
UPLOAD_BYTES = MAX_FILE_MEGABYTES * 10**6
"""Of an uploaded file."""
BODY_BYTES = 32 * 10**6
"""Of any other request; its pictures are `data:` addresses, if it has any."""


def run_seconds(asked: float) -> float:
    """How long a run may take, of which ZeroGPU was `asked` for so many seconds."""
    return asked - SPARED_SECONDS if zerogpu.HERE else RUN_SECONDS


class Stream:
    """Which steps of a run are streamed, and which of them with their picture.

    Args:
        total: the run's iterations.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._frames = 1  # the photograph
        self._last = time.monotonic()

    def picture_is_due(self, iteration: int) -> bool:
        """Whether a picture of this iteration is sent: they are spread evenly over the run."""
        due = iteration * (FRAMES - 1) >= self._total * self._frames
        self._frames += due
        return due and self.words_are_due(0)

    def words_are_due(self, seconds: float = WORD_SECONDS) -> bool:
        """Whether it is time for another sign of life, so long after the last."""
        now = time.monotonic()
        due = now - self._last >= seconds
        self._last = now if due else self._last
        return due


class Turn:
    """One run at a time in this process, and none once it closes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closes = threading.Event()
        self._waiting: set[object] = set()
        self._holder: object | None = None

    @contextmanager
    def place(self) -> Iterator[Iterator[None]]:
        """A place before the turn; inside the `with` block, it is one's turn when this has ended.

        Gradio gives the place of a stopped run to the next one at once, while the thread of the
        stopped one is still in an iteration; and runs of pages go on without their page.
        """
        place = object()
        waiting = self._wait(place)
        try:
            yield waiting
        finally:
            waiting.close()
            if self._holder is place:
                self._holder = None
                self._lock.release()

    def _wait(self, place: object) -> Iterator[None]:
        """Yield now and then until it is this place's turn."""
        until = time.monotonic() + STRAGGLER_SECONDS
        self._waiting.add(place)
        try:
            while not self._lock.acquire(timeout=WORD_SECONDS):
                if time.monotonic() > until:
                    raise gr.Error("The server is busy. Please try again.", print_exception=False)
                yield
            self._holder = place
        finally:
            self._waiting.discard(place)

    def is_wanted(self) -> bool:
        """Whether others wait for the turn."""
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
        """Whether no run goes on any more, after at most `CLOSING_SECONDS`."""
        return self._lock.acquire(timeout=CLOSING_SECONDS)


@lru_cache
def turn() -> Turn:
    """The one of this process."""
    return Turn()
