"""What the rest of a batch would take. Whatever imports this loads torch."""

from collections.abc import Sequence

from nst.batch.here import Here
from nst.batch.instant import Instant
from nst.batch.jobs import Job
from nst.batch.optimiser import Optimiser
from nst.batch.run import FAILED, sort, work_of
from nst.batch.work import Work
from nst.cli.output import tell
from nst.costs.duration import duration
from nst.specs import InputError


def tell_estimate(work: Work, jobs: Sequence[Job], resume: bool) -> int:
    """Tell what is left and how long it would take here, and return the exit code."""
    pool: Here[Optimiser | Instant] = Here(work)
    with pool:
        batch = sort(jobs, pool, work.depth, resume)
        seconds = _seconds(pool.worker, batch.left)
        words = pool.abouts()[0].words
    failed = [outcome for outcome in batch.ended if outcome.ended == FAILED]
    for outcome in failed:
        tell(f"failed: {outcome.job}: {outcome.note}")
    takes = f", about {duration(seconds)}" if batch.left else ""
    print(f"{words}: {len(batch.left)} of {len(jobs)} pictures to paint{takes}")
    return int(bool(failed))


def _seconds(painter: Optimiser | Instant, jobs: Sequence[Job]) -> float:
    """What jobs take: each by its own work, as one of them shows.

    It is the first that can be painted; those that cannot take nothing.
    """
    for job, work in zip(jobs, works := list(work_of(jobs)), strict=True):
        try:
            return painter.seconds(job.content, job.style) / work * sum(works)
        except (InputError, OSError, ZeroDivisionError):
            continue
    return 0.0
