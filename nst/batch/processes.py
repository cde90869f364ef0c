"""Tasks done by processes of this machine, each with its own network and some of the processors.

A process that ends in the middle of a task is replaced, and the task is begun once more.
"""

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from nst.batch.tasks import LOST, Done, Event, Load, Loaded, Share, Task, events, loaded, numbered
from nst.machine import threads
from nst.specs import InputError

TRIES = 2
"""How often a task is begun whose process ends."""
SHARE_SECONDS = 0.5
"""Between two words of a process about how far it is."""


@dataclass(frozen=True)
class _Begun:
    """A task with its number, and how often it has been begun before."""

    number: int
    task: Task
    before: int = 0


class _Hand:
    """A process, and the task that it is at."""

    def __init__(self, load: Load, environment: Mapping[str, str]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        arguments = theirs, load, dict(environment)
        self.process = context.Process(target=_work, args=arguments, daemon=True)
        self.process.start()
        theirs.close()  # so that the process's end is the connection's
        self.begun: _Begun | None = None
        self.loaded = False

    def begin(self, begun: _Begun) -> None:
        """Have it begin a task; if it has just ended, that is seen when it is listened to."""
        self.begun = begun
        with suppress(OSError):
            self.connection.send((begun.number, begun.task))

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.connection.close()
        self.process.kill()
        self.process.join()


class Processes:
    """A pool of processes.

    Args:
        load: pickled, and called in each of them.
        count: how many there are.
    """

    def __init__(self, load: Load, count: int) -> None:
        self._load, self._count = load, count
        self._environment = threads.for_each_of(count)
        self._abouts: list[Any] = []
        self._hands: list[_Hand] = []
        self._again: deque[_Begun] = deque()

    def __enter__(self) -> "Processes":
        """Start them."""
        for _ in range(self._count):
            self._hands.append(_Hand(self._load, self._environment))
        return self

    def __exit__(self, *_: object) -> None:
        """End them, whatever they are at."""
        for hand in self._hands:
            hand.end()

    def abouts(self) -> list[Any]:
        """As `nst.batch.tasks.Pool`; on one machine, they are of one kind."""
        while not self._abouts:
            for _ in self._news():  # nothing but that they have loaded
                pass
        return self._abouts

    @property
    def places(self) -> int:
        """As `nst.batch.tasks.Pool`."""
        return self._count

    def done(self, tasks: Iterable[Task | None]) -> Generator[Event, None, None]:
        """As `nst.batch.tasks.Pool`."""
        self.abouts()
        drawn = (pair and _Begun(*pair) for pair in numbered(tasks))
        while self._hand_out(drawn) or any(hand.begun for hand in self._hands):
            news = list(self._news())
            self._hand_out(drawn)  # first: whoever is told the news may take their time
            yield from news

    def _hand_out(self, drawn: Iterator[_Begun | None]) -> bool:
        """Give tasks to those who have none, and return whether there are more by now."""
        for hand in self._hands:
            if hand.loaded and hand.begun is None:
                following = self._again.popleft() if self._again else next(drawn, None)
                if following is None:
                    return False
                hand.begin(following)
        return True

    def _news(self) -> Iterator[Event]:
        """Wait for what any of them says."""
        hands = {hand.connection: hand for hand in self._hands}
        for connection in wait(list(hands)):
            hand = hands[connection]  # type: ignore[index]
            try:
                said = hand.connection.recv()
            except (EOFError, OSError):
                yield from self._ended(hand)
                continue
            if isinstance(said, Loaded):
                self._welcome(hand, said)
                continue
            if isinstance(said, Done):
                hand.begun = None
            yield said

    def _welcome(self, hand: _Hand, loaded: Loaded) -> None:
        if loaded.reason:
            raise InputError(loaded.reason)
        hand.loaded = True
        self._abouts = self._abouts or [loaded.about]

    def _ended(self, hand: _Hand) -> Iterator[Event]:
        """Replace a process that has ended; one that did not even load would end again."""
        hand.end()
        self._hands.remove(hand)
        if hand.loaded:
            self._hands.append(_Hand(self._load, self._environment))
        if begun := hand.begun:
            if begun.before + 1 < TRIES:
                self._again.append(replace(begun, before=begun.before + 1))
            else:
                yield Done(begun.number, reason=LOST)
        if not self._hands:
            raise InputError("The processes ended while they loaded: memory may have run out.")


def _work(connection: Connection, load: Load, environment: Mapping[str, str]) -> None:
    """Do the tasks that come, until the connection ends."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # of a terminal's Ctrl-C: the one who waits ends us
    os.environ.update(environment)
    with suppress(EOFError, OSError):
        worker, told = loaded(load)
        connection.send(told)
        while worker:
            number, task = connection.recv()
            for event in _rarely(events(worker, number, task)):
                connection.send(event)


def _rarely(told: Iterable[Event]) -> Iterator[Event]:
    """All ends, and of the shares no more than can be looked at."""
    last = time.monotonic()
    for event in told:
        if isinstance(event, Share):
            if time.monotonic() - last < SHARE_SECONDS:
                continue
            last = time.monotonic()
        yield event
