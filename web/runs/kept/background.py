"""A run of a page, in a thread of its own: it goes on when the page is reloaded, asleep or offline.

Gradio ends what a page asked for as soon as its connection is lost; here the page follows a run,
and another page may go on following it.
"""

import asyncio
import contextlib
import contextvars
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from enum import Enum, auto
from functools import partial
from typing import Any

from web.server import limits
from web.server.run_slot import RunSlot

Changes = dict[str, Any]
"""Values and updates of components, by name."""
log = logging.getLogger("nst.app")


class Ending(Enum):
    """Why a run is to end before it is done."""

    STOPPED = auto()
    LEFT = auto()  # nobody follows it, and others wait for its place


class Background:
    """A run, and what it has shown so far.

    Args:
        make: the run; what it is given says whether the run is to end, and why.
        slot: that runs wait for.
    """

    def __init__(
        self, make: Callable[[Callable[[], Ending | None]], Iterator[Changes]], slot: RunSlot
    ) -> None:
        self._slot = slot
        self.updates: list[Changes] = []
        self.ended = False
        self._stopped = False
        self._followers: set[Callable[[], object]] = set()
        self._left = time.monotonic()  # by the last of them
        # In the context are the visitor's request, for Gradio and ZeroGPU.
        work = partial(contextvars.copy_context().run, self._work, make)
        self._thread = threading.Thread(target=work, name="run", daemon=True)

    def start(self) -> "Background":
        """Begin; only now, so that whoever made it holds it before it ends."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Have the run end with its next sign of life."""
        self._stopped = True

    def ending(self) -> Ending | None:
        """Whether the run is to end, and why."""
        if self._stopped:
            return Ending.STOPPED
        alone = not self._followers and time.monotonic() > self._left + limits.ALONE_SECONDS
        return Ending.LEFT if alone and self._slot.is_wanted() else None

    async def follow(self, start: int = 0) -> AsyncIterator[Changes]:
        """What the run shows, from its update number `start` on, until it ends."""
        news, loop = asyncio.Event(), asyncio.get_running_loop()
        tell = partial(loop.call_soon_threadsafe, news.set)
        self._followers.add(tell)
        try:
            ended = False
            while not ended:
                news.clear()
                ended = self.ended  # before the updates, of which none comes afterwards
                for update in self.updates[start:]:
                    start += 1
                    yield update
                if not ended:
                    await news.wait()
        finally:
            self._followers.discard(tell)
            self._left = time.monotonic()

    def _work(self, make: Callable[[Callable[[], Ending | None]], Iterator[Changes]]) -> None:
        try:
            for update in make(self.ending):
                self.updates.append(update)
                self._tell()
        except Exception:  # failures of a run are among its updates: this is the page's own
            log.exception("a run could not be shown")
        finally:
            self.ended = True
            self._tell()

    def _tell(self) -> None:
        for tell in tuple(self._followers):
            with contextlib.suppress(RuntimeError):  # the server closes
                tell()
