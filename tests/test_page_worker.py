"""The one thread that tensors are worked on in."""

import threading

import pytest

from nst.instant import painting
from nst.loss.objective import Objective
from nst.settings import SPECS
from web.runs import info, stylize_run
from web.runs.instant_run import paint_instantly
from web.server import worker
from web.server.networks import networks

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 4, "size": 64, "features": "compact"}


@pytest.fixture
def threads(monkeypatch) -> set[str]:
    """The names of the threads that networks are used in."""
    seen = set()

    def noting(function):
        def noted(*args, **kwargs):
            seen.add(threading.current_thread().name)
            return function(*args, **kwargs)

        return noted

    monkeypatch.setattr(Objective, "__init__", noting(Objective.__init__))
    monkeypatch.setattr(Objective, "evaluate", noting(Objective.evaluate))
    monkeypatch.setattr(painting, "paint", noting(painting.paint))
    return seen


def test_all_that_is_painted_is_painted_in_one_thread(threads, picture_files):
    content, style = map(str, picture_files)
    for _ in stylize_run.stylize_pictures(content, style, **VALUES):
        pass
    for _ in paint_instantly(content, "mosaic", 100, 64, "none", 50):
        pass
    info.estimate_run(64, 64, **VALUES | {"optimizer": "adam"})
    assert len(threads) == 1 and threading.current_thread().name not in threads


def test_networks_are_loaded_in_a_thread_that_ends():
    before = threading.active_count()
    networks.cache_clear()
    stylize_run.features_of("compact")
    assert threading.active_count() == before


def test_nobody_else_waits_for_a_download(picture_files, monkeypatch):
    loading, features_of = [], stylize_run.features_of

    def noted(name):
        loading.append(threading.current_thread())
        return features_of(name)

    monkeypatch.setattr(stylize_run, "features_of", noted)
    for _ in stylize_run.stylize_pictures(*map(str, picture_files), **VALUES):
        pass
    assert loading[0] is threading.current_thread()


def test_steps_come_in_turns_with_other_work_and_end_with_whoever_takes_them():
    done = []

    def count():
        try:
            for number in range(9):
                done.append(number)
                yield number
        finally:
            done.append("closed")

    taken = worker.steps(count())
    assert next(taken) == 0
    assert worker.work(lambda: list(done)) == [0]  # nothing is done ahead
    assert next(taken) == 1
    taken.close()
    assert done == [0, 1, "closed"]
    assert list(worker.steps(n for n in range(3))) == [0, 1, 2]


def test_what_is_raised_there_is_raised_here():
    def fail():
        yield 1
        raise ValueError("stop")

    taken = worker.steps(fail())
    assert next(taken) == 1
    with pytest.raises(ValueError, match="stop"):
        next(taken)
    assert worker.work(sum, (1, 2)) == 3
