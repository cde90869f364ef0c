import pytest

from nst.batch.here import Here
from nst.batch.tasks import OUT_OF_MEMORY, SPARE, Done, Share, Task, in_order, in_turn, why
from tests.nst.batch.workers import Backwards, Doubling


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


def test_ends_are_had_in_order_and_tasks_drawn_no_further_than_there_is_room():
    drawn, ahead = [], []

    def tasks():
        for number in range(20):
            drawn.append(number)
            yield Task(f"{number} ", "!")

    for number, end in enumerate(in_turn(Backwards(Doubling(), 3), tasks())):
        ahead.append(len(drawn) - number)
        assert (end.number, end.result) == (number, f"{number} {number} !")
    assert number == 19 and max(ahead) == 3 + SPARE + 1


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
