"""What a page would show again after a reload: kept for a while by a key that its browser keeps.

A page that comes back with its key gets its pictures, its run, or what came of it. The key is a
secret of that browser's tab; whoever does not know it gets nothing.
"""

import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

from nst import InputError
from web.runs.kept.background import Background, Changes, Ending
from web.server.limits import QUEUE_LENGTH, RUNS, VISIT_SECONDS, VISITS
from web.server.run_slot import RunSlot

KEY = re.compile("[0-9a-f]{32}")
Make = Callable[[Path, Callable[[], Ending | None]], Iterator[Changes]]
"""A run: from a folder for its files, and what says whether it is to end."""


class Visit:
    """One page's pictures, by the names of their places, and what was shown last.

    Attributes:
        pictures: files that the page has, as they were sent.
        shown: what the page shows of a run or a painting.
        run: the last run; None before there was one.
        waits: whether a run was asked for that has not begun.
        withdrawn: whether it was stopped before: its own request may come after that.
        is_instant: whether what is shown is an instant painting.
    """

    def __init__(self, slot: RunSlot) -> None:
        self._slot = slot
        self.pictures: dict[str, str] = {}
        self.shown: Changes = {}
        self.run: Background | None = None
        self.waits = self.withdrawn = self.is_instant = False
        self.used = time.monotonic()
        self._folder = self._folder_in_use = Path(tempfile.mkdtemp(prefix="nst-visit-"))

    @property
    def is_busy(self) -> bool:
        """Whether a run is under way."""
        return self.run is not None and not self.run.ended

    def ask(self) -> None:
        """A run is asked for."""
        self.waits, self.withdrawn = True, False

    def withdraw(self) -> None:
        """The run that was asked for, if one was, is wanted no more."""
        self.waits, self.withdrawn = False, self.waits

    def begin(self, make: Make) -> Background:
        """Begin a run, in place of the one that there may be."""
        folder = self._new_folder()
        self.waits, self.is_instant, self.shown = False, False, {}

        def kept(ending: Callable[[], Ending | None]) -> Iterator[Changes]:
            for update in make(folder, ending):
                if self._folder_in_use == folder:  # else another one is shown by now
                    self.shown = self.shown | update
                yield update

        self.run = Background(kept, self._slot)
        return self.run.start()

    def show(self, update: Changes, is_instant: bool = False, name: str = "") -> Changes:
        """Keep what is shown in place of the last run, and its files; return what to show.

        While a run is under way, which shows its own before long, nothing is kept.

        Args:
            name: what the picture's file is called from now on, if not as before.
        """
        if self.is_busy:
            return update
        folder = self._new_folder()
        if picture := update.get("picture"):
            picture = shutil.copy(picture, folder / (name or Path(picture).name))
            update = update | {"picture": picture}
            update["download"] = update["download"] | {"value": picture}
        if both := update.get("both", {}).get("value"):
            update["both"] = update["both"] | {"value": shutil.copy(both, folder)}
        self.shown, self.is_instant = update, is_instant
        return update

    def end(self) -> None:
        """Stop the run that there may be, and remove all files."""
        if self.run:
            self.run.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _new_folder(self) -> Path:
        """A folder for what comes in place of what there is, which goes unless it is in use."""
        if self.run:
            self.run.stop()
        if not self.is_busy:
            shutil.rmtree(self._folder, ignore_errors=True)
        self.run = None
        self._folder.mkdir(exist_ok=True)
        self._folder_in_use = Path(tempfile.mkdtemp(dir=self._folder))
        return self._folder_in_use


class Visits:
    """Visits by their keys: the latest ones.

    Args:
        slot: that their runs wait for.
    """

    def __init__(self, slot: RunSlot) -> None:
        self._slot = slot
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.RLock()

    def find(self, key: object) -> Visit | None:
        """The visit of a key; None if it is not kept, or not any more."""
        with self._lock:
            self._forget()
            visit = self._visits.get(key) if isinstance(key, str) else None
            if visit:
                visit.used = time.monotonic()
                self._visits.move_to_end(key)
            return visit

    def of(self, key: object) -> Visit:
        """The visit of a key, which begins here if it did not before.

        Raises:
            InputError: there are too many runs under way.
        """
        # Where a browser keeps nothing, a visit ends with its page.
        key = key if isinstance(key, str) and KEY.fullmatch(key) else secrets.token_hex(16)
        with self._lock:
            if visit := self.find(key):
                return visit
            if sum(visit.is_busy for visit in self._visits.values()) >= QUEUE_LENGTH + RUNS:
                raise InputError("The server is busy. Please try again in a minute.")
            self._visits[key] = visit = Visit(self._slot)
            return visit

    def is_taken(self, key: object) -> bool:
        """Whether the visit of a key has a run under way, or has asked for one."""
        visit = self.find(key)
        return visit is not None and (visit.is_busy or visit.waits)

    def _forget(self) -> None:
        """Forget those that are too old, and the oldest of too many, but for runs under way."""
        now = time.monotonic()
        for key, visit in list(self._visits.items()):
            old = now - visit.used > VISIT_SECONDS or len(self._visits) > VISITS
            if old and not visit.is_busy:
                del self._visits[key]
                visit.end()
