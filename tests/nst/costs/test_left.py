"""The seconds that are left, by hand, on a clock that is set."""

import pytest

from nst.costs.left import LATEST_FEWEST, LATEST_MOST, SecondsLeft, Took, latest, pace


def told(work, seconds, began=100.0):
    """What is said after each iteration, given what each took."""
    left, now, said = SecondsLeft(work, began), began, []
    for iteration, took in enumerate(seconds, 1):
        now += took
        said.append(left.after(iteration, now))
    return said


def test_the_pace_is_a_mean_of_work():
    assert pace([Took(1, 10), Took(5, 20)]) == pytest.approx(6 / 30)


def test_an_iteration_between_which_something_came_counts_as_three():
    # Nine that take a second, and one with half a minute in it.
    assert pace([*[Took(1, 1)] * 9, Took(30, 1)]) == pytest.approx((9 + 3) / 10)


def test_the_latest_are_those_of_the_later_half():
    ones = [Took(1, number) for number in range(60)]
    assert [took.work for took in latest(ones, 60)] == list(range(59, 29, -1))


def test_the_latest_are_five_if_there_are():
    assert len(latest([Took(1, 1)] * 8, 8)) == LATEST_FEWEST == 5
    assert len(latest([Took(1, 1)] * 4, 100)) == 4
    assert latest([], 3) == []


def test_of_many_not_all_are_looked_at():
    left = SecondsLeft([[1.0] * 1000], 0.0)
    for iteration in range(1, 501):  # two seconds each, and then one
        now = 2.0 * iteration if iteration <= 400 else 400.0 + iteration
        said = left.after(iteration, now)
    assert LATEST_MOST == 100 and said == pytest.approx(500 * 1.0)


def test_the_first_one_counts_only_until_there_is_another():
    # It is expected to take three times as long as the others, and takes six times.
    assert told([[3, 1, 1, 1]], [6, 1, 2, 1]) == pytest.approx([6 / 3 * 3, 1 * 2, 1.5 * 1, 0])


def test_finer_scales_are_expected_to_take_longer():
    coarse, fine = [2, 1, 1], [8, 4, 4]
    assert told([coarse, fine], [5, 1, 1, 9, 8, 4]) == pytest.approx(
        # The fine scale's first one tells nothing of the pace, its second one twice the work's.
        [5 / 2 * 18, 17, 16, 8, (2 + 8) / (2 + 4) * 4, 0]
    )


def test_a_scale_that_ends_early_leaves_nothing_to_do_there():
    left = SecondsLeft([[1, 1, 1, 1], [4, 4]], 0.0)
    assert left.after(1, 1.0) == pytest.approx(11)
    assert left.after(2, 2.0) == pytest.approx(10)
    assert left.after(5, 6.0) == pytest.approx(4)


def test_a_load_that_begins_is_seen_after_a_few_iterations():
    said = told([[1] * 60], [1] * 20 + [2] * 40)
    assert said[19] == pytest.approx(40)  # nobody can know
    # Five by then are slow, and five quick ones are in the later half of 30 seconds.
    assert said[24] == pytest.approx(35 * 1.5)
    assert said[29] == pytest.approx(30 * 2)
    assert said[49] == pytest.approx(10 * 2)


def test_a_part_of_an_iteration_is_work_done():
    left = SecondsLeft([[3, 1, 1, 1]], 100.0)
    # A third of the first one is one of work, by which the others are expected to take as long.
    assert left.within(1, 1 / 3, 102.0) == pytest.approx(2 * (2 + 3))
    assert left.after(1, 106.0) == pytest.approx(2 * 3)
    assert left.within(2, 0.25, 107.0) == pytest.approx(2 * (0.75 + 2))
    assert left.after(2, 107.0) == pytest.approx(1 * 2)
