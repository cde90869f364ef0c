"""Workers for pools, without torch: they are imported in processes of their own."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nst.batch.tasks import events, numbered
from nst.specs import InputError


@dataclass
class Doubling:
    """Says a word twice; dies of "die", once of the name of a file, which it makes, and of "fail".

    As a `Load`, it is its own worker.
    """

    about: str = "doubling"

    def __call__(self, own=None, shared=None):
        return self if own is None else self._done(own, shared)

    def _done(self, own, shared):
        yield 0.5
        if own == "die" or (isinstance(own, Path) and not own.exists()):
            if isinstance(own, Path):
                own.touch()
            os._exit(1)
        if own == "fail":
            raise InputError("It cannot be done.")
        return f"{own}{own}{shared}"

    def recover(self):
        pass


@dataclass
class Unable:
    """A `Load` that cannot."""

    def __call__(self):
        raise InputError("There are no weights.")


@dataclass
class Dying:
    """A `Load` in which the process ends."""

    def __call__(self):
        os._exit(1)


@dataclass
class Noting:
    """Another `Load`, whose processes leave their numbers in a folder."""

    load: Any
    folder: Path

    def __call__(self):
        (self.folder / str(os.getpid())).touch()
        return self.load()


@dataclass
class Small:
    """Another `Load`, whose workers paint at once from small pictures on."""

    load: Any

    def __call__(self):
        from nst.instant import named

        named.PAINTED_SIDE = 64
        return self.load()


@dataclass
class Mortal:
    """Another `Load`, whose worker ends with its process at the second task, once in a folder."""

    load: Any
    folder: Path
    done: int = 0

    def __call__(self, own=None, shared=None):
        if own is None:
            self.worker = self.load()
            self.about = self.worker.about
            return self
        self.done += 1
        if self.done == 2 and not (self.folder / "died").exists():
            (self.folder / "died").touch()
            os._exit(1)
        return self.worker(own, shared)

    def recover(self):
        self.worker.recover()


@dataclass
class Either:
    """Another `Load`, of two: the second one's worker does what shares nothing with other tasks."""

    first: Any
    second: Any

    def __call__(self, own=None, shared=None):
        if own is None:
            self.workers = self.first(), self.second()
            self.about = self.workers[0].about
            return self
        return self.workers[shared == ""](own, shared)

    def recover(self):
        for worker in self.workers:
            worker.recover()


class Backwards:
    """A pool in this process, which has as many tasks as it has places, and does the last first.

    Attributes:
        begun: how many tasks it was given.
    """

    def __init__(self, load, places):
        self.places, self._worker, self.begun = places, load(), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def abouts(self):
        return [self._worker.about]

    def done(self, tasks):
        drawn, waiting = numbered(tasks), []
        while True:
            while len(waiting) < self.places and (one := next(drawn, None)):
                waiting.append(one)
            if not waiting:
                return
            self.begun += 1
            yield from events(self._worker, *waiting.pop())
