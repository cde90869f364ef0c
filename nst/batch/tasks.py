"""What pools of workers have in common: a task, the worker that does it, and what comes of it.

Pools know nothing of painting. What they are given is `Load`, which is pickled and called where the
work is done, and tasks, which are drawn one by one, when there is a worker for them. A pool is a
context manager; inside, `abouts` says what its workers are, and `done` has tasks done:

    with Processes(load, 2) as pool:
        for event in pool.done(tasks):
            ...
"""

import gc
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nst.machine import torch_import
from nst.machine.run_out import has_run_out
from nst.specs import Range

Part = bytes | Path | str
"""Of a task: bytes, or a file for them, which a machine that does not have it is sent; or words."""
JOBS = Range(
    label="Jobs",
    help="Worker processes, each with a network of its own and its part of the processors.",
    default=1,
    minimum=1,
    maximum=256,
    step=1,
)
LOST = "The process that was at it ended, again and again: memory may have run out."
SPARE = 2
"""Tasks that are drawn beyond those a pool has places for, so that nobody waits for the next."""
OUT_OF_MEMORY = "Memory ran out: choose a smaller size, or close other programs."


@dataclass(frozen=True)
class Task:
    """Something to do.

    Attributes:
        own: what it alone has.
        shared: what others have, too: another machine is sent it once.
    """

    own: Part
    shared: Part


@dataclass(frozen=True)
class Share:
    """How far a task is, the one of a number, counted from 0 as they are drawn: from 0 to 1."""

    number: int
    share: float


@dataclass(frozen=True)
class Done:
    """A task's end.

    Attributes:
        result: None if it failed.
        seconds: that it took.
        reason: a sentence, if it failed.
    """

    number: int
    result: Any = None
    seconds: float = 0.0
    reason: str = ""


Event = Share | Done


class Worker(Protocol):
    """Does tasks, one after the other, with what it has loaded."""

    about: Any
    """What whoever gives the tasks has to know of it; it is pickled."""

    def __call__(self, own: Part, shared: Part) -> Generator[float, None, Any]:
        """Do a task: yield how far it is, from 0 to 1, and return the result, which is pickled."""

    def recover(self) -> None:
        """Give back what a task that failed may have left."""


Load = Callable[[], Worker]


class Pool(Protocol):
    """Workers."""

    @property
    def places(self) -> int:
        """How many tasks can be under way at once."""

    def abouts(self) -> list[Any]:
        """What the workers are: once for each kind of them. The first one has loaded by then.

        Raises:
            InputError: they cannot load what they need.
        """

    def done(self, tasks: Iterable[Task | None]) -> Generator[Event, None, None]:
        """Have tasks done, which are drawn when there is a worker for them.

        None stands for no task as long as none has ended that is under way.
        Each has one `Done`, in whatever order they end. What is under way when it is closed is
        ended with the pool.
        """


@dataclass(frozen=True)
class Loaded:
    """What a worker somewhere else is, once it has loaded; or a sentence why it could not."""

    about: Any = None
    reason: str = ""


def loaded(load: Load) -> tuple[Worker | None, Loaded]:
    """Load a worker, if that can be."""
    torch_import.put_shapes_off()
    try:
        worker = load()
    except Exception as error:
        return None, Loaded(reason=why(error))
    return worker, Loaded(worker.about)


def events(worker: Worker, number: int, task: Task) -> Iterator[Event]:
    """Have a worker do a task: as far as it is, and its end."""
    started = time.monotonic()
    try:
        with closing(worker(task.own, task.shared)) as work:
            while True:
                yield Share(number, next(work))
    except StopIteration as end:
        yield Done(number, end.value, time.monotonic() - started)
        return
    except Exception as error:
        reason = why(error)
    gc.collect()  # what was thrown holds what failed
    worker.recover()
    yield Done(number, seconds=time.monotonic() - started, reason=reason)


def why(error: Exception) -> str:
    """What went wrong, in a line."""
    if has_run_out(error):
        return OUT_OF_MEMORY
    if isinstance(error, ValueError | FloatingPointError) and str(error):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return " ".join(f"{type(error).__name__}: {error}".split())


def numbered(tasks: Iterable[Task | None]) -> Iterator[tuple[int, Task] | None]:
    """Tasks with their numbers, and None as often as there is none yet."""
    number = 0
    for task in tasks:
        if task is None:
            yield None
        else:
            yield number, task
            number += 1


def in_turn(pool: Pool, tasks: Iterable[Task]) -> Generator[Done, None, None]:
    """Have tasks done, and yield their ends in the order of the tasks.

    Of those whose ends were not taken, no more are with the pool than it has places for, and
    `SPARE`, however long the first of them takes; one is drawn already. Closing it is as closing
    the pool's own generator.
    """
    taken, most = 0, pool.places + SPARE

    def drawn() -> Iterator[Task | None]:
        for number, task in enumerate(tasks):
            while number >= taken + most:
                yield None
            yield task

    with closing(pool.done(drawn())) as events:
        for end in in_order(events):
            yield end
            taken += 1


def in_order(ends: Iterable[Event]) -> Iterator[Done]:
    """The ends of tasks in the order in which they were drawn; those that come early are kept."""
    early: dict[int, Done] = {}
    following = 0
    for end in ends:
        if isinstance(end, Done):
            early[end.number] = end
        while following in early:
            yield early.pop(following)
            following += 1
