import pytest

from nst.batch.here import Here
from nst.batch.tasks import OUT_OF_MEMORY, Done, Share, Task, in_order, why
from tests.nst.batch.workers import Doubling


def test_here_tasks_are_done_one_after_the_other_and_one_that_fails_ends_alone():
    drawn = []

    def tasks():
        for word in ("a", "fail", "b"):
            drawn.append(word)
            yield Task(word, "!")

    with Here(Doubling()) as pool:
        assert pool.abouts() == ["doubling"]
        events = pool.done(tasks())
        assert next(events) == Share(0, 0.5) and drawn == ["a"]
        ends = [event for event in events if isinstance(event, Done)]
    assert [(end.number, end.result, end.reason) for end in ends] == [
        (0, "aa!", ""),
        (1, None, "It cannot be done."),
        (2, "bb!", ""),
    ]


def test_ends_can_be_had_in_order():
    early = [Done(2), Share(0, 0.1), Done(0), Done(1), Done(3)]
    assert [end.number for end in in_order(early)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), OUT_OF_MEMORY),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), OUT_OF_MEMORY),
        (FloatingPointError("The numbers break down."), "The numbers break down."),
        (OSError(28, "No space left on device"), "No space left on device."),
        (RuntimeError("two\nlines"), "RuntimeError: two lines"),
    ],
)
def test_what_went_wrong_is_a_line(error, words):
    assert why(error) == words
