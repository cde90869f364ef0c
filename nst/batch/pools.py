"""Which pool is meant: a cluster, processes, or this process."""

from contextlib import AbstractContextManager

from nst.batch.cluster import Cluster
from nst.batch.here import Here
from nst.batch.processes import Processes
from nst.batch.tasks import Load, Pool, Worker
from nst.machine import threads


def pool_of(load: Load, jobs: int | None, ray: str | None) -> AbstractContextManager[Pool]:
    """Who is to do tasks. It is asked before torch is loaded: threads are chosen here.

    Args:
        jobs: how many workers; None for as many as there usually are.
        ray: the address of a cluster, or None.

    Raises:
        InputError: Ray is not installed.
    """
    if ray is not None:
        return Cluster(load, jobs, ray)
    if (jobs or 1) > 1:
        return Processes(load, jobs or 1)
    threads.choose()
    here: Here[Worker] = Here(load)
    return here
