"""Tasks done by a cluster of Ray's: this machine's processes, or those of many machines.

Ray starts workers where there is room, starts them again when they end, and repeats what they were
at. Here is who gets which task: no more than two at a time each, whose bytes it is sent. Nothing is
asked of the other machines' disks.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path
from typing import Any

from nst.batch.tasks import (
    LOST,
    Done,
    Event,
    Load,
    Loaded,
    Part,
    Task,
    events,
    loaded,
    numbered,
    why,
)
from nst.machine import threads
from nst.pictures.reading import MAX_FILE_MEGABYTES
from nst.specs import InputError

NO_RAY = (
    "For --ray, Ray has to be installed: pip install '.[cluster]' in a checkout of this "
    "project, or pip install ray."
)
LOCAL = "local"
"""The address of a cluster of this machine, which begins and ends with the pool."""
UNDERWAY = 2
"""Tasks that a worker has at most: while it does one, the next is there already."""
RETRIES = 3
"""How often a task is begun again whose worker ends."""
ALIKE_SECONDS = 10.0
"""After the first worker has loaded, others are waited for this long, to be asked what they are."""
PATIENCE, LONGEST = 60.0, 5
"""Seconds without a result, and how many of the longest time of a task, after which tasks are given
to workers that have none, too: theirs may be on a machine that is gone."""
PASSED_ON = (threads.NUMBER, threads.POLICY, threads.SPINS, "NST_PRECISION")
"""What workers get of this environment."""


@dataclass(frozen=True)
class Room:
    """Workers that a cluster has room for, and the processors and GPUs that each of them gets."""

    workers: int
    threads: int
    gpus: int = 0


def room(machines: Sequence[Mapping[str, float]], jobs: int | None) -> Room:
    """Divide machines among workers: one for each GPU where there are any, else for each machine.

    Args:
        machines: what each has, as Ray tells it.
        jobs: how many workers are asked for.
    """
    cpus, gpus = ([int(machine.get(kind, 0)) for machine in machines] for kind in ("CPU", "GPU"))
    if any(gpus):
        each = min(cpu // gpu for cpu, gpu in zip(cpus, gpus, strict=True) if gpu)
        return Room(min(jobs or sum(gpus), sum(gpus)), max(1, each), gpus=1)
    workers = max(1, min(jobs or sum(map(bool, cpus)), sum(cpus)))
    fitting = (n for n in range(max(cpus), 1, -1) if sum(cpu // n for cpu in cpus) >= workers)
    return Room(workers, next(fitting, 1))


class _Far:
    """A worker in a process of Ray's."""

    def __init__(self, load: Load) -> None:
        self._worker, self._loaded = loaded(load)

    def loaded(self) -> Loaded:
        """What it is."""
        return self._loaded

    def done(self, number: int, own: Part, shared: Part) -> Done:
        """Do a task to its end."""
        if self._worker is None:
            return Done(number, reason=self._loaded.reason)
        told = events(self._worker, number, Task(own, shared))
        return next(event for event in told if isinstance(event, Done))


@dataclass(frozen=True)
class _Given:
    """A task that a worker has."""

    worker: Any
    number: int
    task: Task


class Cluster:
    """A pool of Ray's.

    Args:
        load: pickled, and called in each worker.
        jobs: workers; see `room` for None.
        address: host:port of a cluster that this machine belongs to, or `LOCAL`.

    Raises:
        InputError: Ray is not installed.
    """

    def __init__(self, load: Load, jobs: int | None = None, address: str = LOCAL) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError as error:
            raise InputError(NO_RAY) from error
        self._ray, self._load, self._jobs, self._address = ray, load, jobs, address
        self._loading: dict[Any, Any] = {}  # Ray's reference of what a worker is -> the worker
        self._ready: list[Any] = []
        self._abouts: list[Any] = []
        self._underway: dict[Any, _Given] = {}  # by Ray's reference of the end
        self._shared: dict[Part, Any] = {}

    def __enter__(self) -> "Cluster":
        """Connect, and start the workers; or raise `InputError`."""
        with _signals_kept():
            self._connect()
        machines = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        given = room(machines, self._jobs)
        worker = self._ray.remote(_Far).options(
            num_cpus=given.threads,
            num_gpus=given.gpus,
            max_restarts=-1,
            max_task_retries=RETRIES,
            runtime_env={"env_vars": _environment(given.threads)},
        )
        for _ in range(given.workers):
            far = worker.remote(self._load)
            self._loading[far.loaded.remote()] = far
        return self

    def _connect(self) -> None:
        quiet = {"log_to_driver": False, "logging_level": "ERROR"}
        if self._address == LOCAL:
            processors = max(self._jobs or 1, threads.here())
            quiet |= {"num_cpus": processors, "include_dashboard": False}
        try:
            self._ray.init(self._address, **quiet)
        except (OSError, RuntimeError, ValueError, self._ray.exceptions.RayError) as error:
            said = " ".join(str(error).split())
            raise InputError(f"No Ray cluster is found at {self._address}: {said}") from error

    def __exit__(self, *_: object) -> None:
        """End the workers, whatever they are at, and a cluster of this machine."""
        self._ray.shutdown()

    def abouts(self) -> list[Any]:
        """As `nst.batch.tasks.Pool`; of the workers that have soon loaded."""
        while not self._ready:
            self._welcome(None)
        deadline = time.monotonic() + ALIKE_SECONDS
        while self._loading and (left := deadline - time.monotonic()) > 0:
            self._welcome(left)
        return self._abouts

    def _welcome(self, seconds: float | None) -> None:
        """Wait for workers that load, so many seconds at most."""
        ended, _ = self._ray.wait(list(self._loading), timeout=seconds)
        for reference in ended:
            self._take(reference)

    def _take(self, reference: Any) -> None:  # noqa: ANN401 - Ray's types are its own
        """Give tasks to a worker from now on, or raise `InputError` if it could not load."""
        worker = self._loading.pop(reference)
        told = self._ray.get(reference)
        if told.reason:
            raise InputError(told.reason)
        self._ready.append(worker)
        if told.about not in self._abouts:
            self._abouts.append(told.about)

    @property
    def places(self) -> int:
        """As `nst.batch.tasks.Pool`."""
        return UNDERWAY * (len(self._ready) + len(self._loading))

    def done(self, tasks: Iterable[Task | None]) -> Generator[Event, None, None]:
        """As `nst.batch.tasks.Pool`."""
        self.abouts()
        self._underway.clear()
        drawn = numbered(tasks)
        ended: set[int] = set()
        longest = 0.0
        while True:
            yield from self._hand_out(drawn)
            if not self._left(ended):
                return
            for end in self._ends(max(PATIENCE, LONGEST * longest), ended):
                if end.number not in ended:  # else it was given twice
                    ended.add(end.number)
                    longest = max(longest, end.seconds)
                    yield end

    def _hand_out(self, drawn: Iterator[tuple[int, Task] | None]) -> Iterator[Done]:
        """Give tasks to workers as long as one has room, and yield those that cannot be given."""
        while (worker := self._freest()) and (following := next(drawn, None)):
            try:
                self._give(worker, *following)
            except OSError as error:
                yield Done(following[0], reason=why(error))

    def _freest(self) -> Any | None:  # noqa: ANN401
        """The worker with the fewest tasks, if it may have another."""
        has = Counter(given.worker for given in self._underway.values())
        worker = min(self._ready, key=has.__getitem__)
        return worker if has[worker] < UNDERWAY else None

    def _give(self, worker: Any, number: int, task: Task) -> None:  # noqa: ANN401
        if task.shared not in self._shared:
            self._shared[task.shared] = self._ray.put(_sent(task.shared))
        reference = worker.done.remote(number, _sent(task.own), self._shared[task.shared])
        self._underway[reference] = _Given(worker, number, task)

    def _left(self, ended: Container[int]) -> list[_Given]:
        """The tasks that are under way and have not ended elsewhere."""
        return [given for given in self._underway.values() if given.number not in ended]

    def _ends(self, patience: float, ended: Container[int]) -> Iterator[Done]:
        """Wait for tasks to end, and for workers that are still loading."""
        found, _ = self._ray.wait([*self._underway, *self._loading], timeout=patience)
        if not found:
            self._give_again(self._left(ended))
        for reference in found:
            if reference in self._loading:
                self._take(reference)
                continue
            given = self._underway.pop(reference)
            try:
                yield self._ray.get(reference)
            except self._ray.exceptions.RayError:
                yield Done(given.number, reason=LOST)

    def _give_again(self, left: Sequence[_Given]) -> None:
        """Give what has waited for long to workers that have nothing, too."""
        times = Counter(given.number for given in left)
        waiting = [given for given in left if times[given.number] == 1]
        busy = {given.worker for given in self._underway.values()}
        for worker, given in zip((w for w in self._ready if w not in busy), waiting, strict=False):
            with suppress(OSError):  # its file is gone; the first worker has it
                self._give(worker, given.number, given.task)


def _sent(part: Part) -> bytes | str:
    """A part of a task as it is sent to another machine."""
    if not isinstance(part, Path):
        return part
    if not part.is_file():  # a pipe would be waited for without end
        raise FileNotFoundError(ENOENT, "There is no such file", str(part))
    with part.open("rb") as file:
        return file.read(MAX_FILE_MEGABYTES * 10**6 + 1)  # what is larger is refused there


def _environment(each: int) -> dict[str, str]:
    """What Ray sets in a worker's environment, which has so many threads if ours does not say."""
    given = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment = {threads.NUMBER: str(each), **given}
    threads.choose(environment=environment)
    return environment


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Have SIGTERM mean afterwards what it did: Ray makes an exit of its own of it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
