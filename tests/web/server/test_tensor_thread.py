"""The one thread that tensors are worked on in."""

import threading

import pytest

from nst.instant import painting
from nst.loss.objective import Objective
from nst.settings import SPECS
from tests.served import SERVICES, paint_instantly, stylize_pictures
from web.runs.services import Services
from web.server.networks import Networks
from web.server.server import Server
from web.server.tensor_thread import TensorThread

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
    for _ in stylize_pictures(content, style, **VALUES):
        pass
    for _ in paint_instantly(content, "mosaic", 100, 64, "none", 50):
        pass
    SERVICES.programs.estimate_run(64, 64, **VALUES | {"optimizer": "adam"})
    assert len(threads) == 1 and threading.current_thread().name not in threads


def test_networks_are_loaded_in_a_thread_that_ends():
    before = threading.active_count()
    Networks().get("compact")
    assert threading.active_count() == before


def test_nobody_else_waits_for_a_download(picture_files, monkeypatch):
    server = Server()
    loading, get = [], server.networks.get

    def noted(name):
        loading.append(threading.current_thread())
        return get(name)

    monkeypatch.setattr(server.networks, "get", noted)
    programs = Services(server).programs
    for _ in programs.stylize_pictures(*map(str, picture_files), **VALUES):
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

    thread = TensorThread()
    taken = thread.steps(count())
    assert next(taken) == 0
    assert thread.run(lambda: list(done)) == [0]  # nothing is done ahead
    assert next(taken) == 1
    taken.close()
    assert done == [0, 1, "closed"]
    assert list(thread.steps(n for n in range(3))) == [0, 1, 2]


def test_what_is_raised_there_is_raised_here():
    def fail():
        yield 1
        raise ValueError("stop")

    thread = TensorThread()
    taken = thread.steps(fail())
    assert next(taken) == 1
    with pytest.raises(ValueError, match="stop"):
        next(taken)
    assert thread.run(sum, (1, 2)) == 3
