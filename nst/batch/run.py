"""A batch: what is done is left alone, the rest is painted, and no picture that fails ends it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from nst.batch.done import check_place, is_done
from nst.batch.jobs import Job
from nst.batch.tasks import Done, Pool, Task, why
from nst.batch.work import Painted
from nst.pictures import reading
from nst.pictures.writing import save_file
from nst.specs import InputError

PAINTED, THERE, FAILED = "painted", "already there", "failed"
"""How a picture can end."""


@dataclass(frozen=True)
class Outcome:
    """A picture's end.

    Attributes:
        ended: `PAINTED`, `THERE` or `FAILED`.
        seconds: that it took to paint.
        note: why it failed, or sentences about the result; or "".
    """

    job: Job
    ended: str
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True)
class Underway:
    """How far a picture is: from 0 to 1."""

    job: Job
    share: float


@dataclass(frozen=True)
class Sorted:
    """The jobs of a batch before it begins: those to be painted, and the others' ends."""

    left: list[Job]
    ended: list[Outcome]


def sort(jobs: Sequence[Job], pool: Pool, depth: int = 8, resume: bool = True) -> Sorted:
    """Tell what is left to be painted.

    Args:
        depth: bits of a colour of the results.
        resume: leave alone what has a result already that would be painted the same again.
    """
    inputs = {path.resolve() for job in jobs for path in job.sources}
    recipes = [about.recipes for about in pool.abouts()]
    left, ended = [], []
    for job in jobs:
        try:
            check_place(job, inputs)
        except (InputError, OSError) as error:
            ended.append(Outcome(job, FAILED, note=why(error)))
            continue
        if resume and is_done(job, recipes, depth):
            ended.append(Outcome(job, THERE))
        else:
            left.append(job)
    return Sorted(left, ended)


def paint(jobs: Sequence[Job], pool: Pool) -> Generator[Outcome | Underway, None, None]:
    """Have jobs painted and write their results, each whole or not at all.

    Closing it stops the work: what is finished stays.
    """
    tasks = (Task(job.content, job.style) for job in jobs)
    with closing(pool.done(tasks)) as events:
        for event in events:
            job = jobs[event.number]
            yield _ended(job, event) if isinstance(event, Done) else Underway(job, event.share)


def _ended(job: Job, done: Done) -> Outcome:
    if done.reason:
        return Outcome(job, FAILED, done.seconds, done.reason)
    painted: Painted = done.result
    try:
        save_file(painted.png, job.out)
    except OSError as error:
        return Outcome(job, FAILED, done.seconds, f"The result cannot be written: {why(error)}")
    return Outcome(job, PAINTED, done.seconds, painted.note)


def work_of(jobs: Sequence[Job]) -> Iterator[float]:
    """The work of each job: its pixels, of those of a square; 0 where the photograph is none.

    Results are all as long, and have as many iterations.
    """
    for job in jobs:
        try:
            with reading.opened(job.content, "content image") as image:
                yield min(image.size) / max(image.size)
        except (InputError, OSError):
            yield 0.0
