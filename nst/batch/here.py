"""Tasks done in this process, one after the other."""

from collections.abc import Callable, Generator, Iterable
from typing import Any, Generic, TypeVar

from nst.batch.tasks import Event, Task, Worker, events, numbered

W = TypeVar("W", bound=Worker)


class Here(Generic[W]):
    """This process, as a pool of one worker.

    Attributes:
        worker: inside the context.
    """

    def __init__(self, load: Callable[[], W]) -> None:
        self._load = load

    def __enter__(self) -> "Here[W]":
        """Load, or raise `InputError`."""
        self.worker = self._load()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left over."""

    def abouts(self) -> list[Any]:
        """As `nst.batch.tasks.Pool`."""
        return [self.worker.about]

    @property
    def places(self) -> int:
        """As `nst.batch.tasks.Pool`."""
        return 1

    def done(self, tasks: Iterable[Task | None]) -> Generator[Event, None, None]:
        """As `nst.batch.tasks.Pool`; in the tasks' order."""
        for drawn in numbered(tasks):
            if drawn:
                yield from events(self.worker, *drawn)
