import os

import pytest

from nst.batch.processes import Processes
from nst.batch.tasks import LOST, Done, Share, Task
from nst.machine.threads import NUMBER, for_each_of
from nst.specs import InputError
from tests.nst.batch.workers import Doubling, Dying, Unable


def test_tasks_outlive_the_processes_that_are_at_them(tmp_path):
    own = ["a", "die", "fail", tmp_path / "once", "b"]
    with Processes(Doubling(), 2) as pool:
        assert pool.abouts() == ["doubling"]
        events = list(pool.done(Task(word, "!") for word in own))
    ends = {event.number: event for event in events if isinstance(event, Done)}
    assert len(events) - len(ends) == sum(isinstance(event, Share) for event in events)
    assert [ends[number].reason for number in range(5)] == ["", LOST, "It cannot be done.", "", ""]
    assert [ends[number].result for number in (0, 3, 4)] == ["aa!", f"{own[3]}{own[3]}!", "bb!"]


@pytest.mark.parametrize(
    ("load", "sentence"), [(Unable(), "There are no weights."), (Dying(), "ended while they load")]
)
def test_processes_that_cannot_load_are_refused(load, sentence):
    with Processes(load, 1) as pool, pytest.raises(InputError, match=sentence):
        pool.abouts()


def test_processes_share_the_processors(tmp_path):
    processors = len(os.sched_getaffinity(0))
    assert for_each_of(1, {}, tmp_path)[NUMBER] == str(processors)
    assert for_each_of(processors + 1, {}, tmp_path)[NUMBER] == "1"
    assert for_each_of(2, {NUMBER: "5"}, tmp_path)[NUMBER] == "5"
