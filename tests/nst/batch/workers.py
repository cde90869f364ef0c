"""Workers for pools, without torch: they are imported in processes of their own."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
