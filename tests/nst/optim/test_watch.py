"""Numbers that break down, and pictures that stop changing."""

import math

import pytest

from nst.optim.watch import STALLED, Watch


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_one_number_that_is_none_is_seen(value):
    assert not Watch().sees(value)
    assert Watch().sees(1.0)


def test_the_first_time_the_run_goes_on_and_the_second_time_it_ends():
    watch = Watch(before=10)
    assert watch.sees(1.0) and not watch.note
    assert not watch.sees(math.nan)
    assert "at iteration 12: the run went on" in watch.note and not watch.ended
    assert watch.sees(0.9)
    assert not watch.sees(math.nan)
    assert "at iteration 14: this is the last good picture." in watch.note and watch.ended


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_a_loss_that_stands_still_ends_the_optimisation_and_a_slow_one_does_not(scale):
    still, slow = Watch(), Watch()
    for i in range(2 * STALLED):
        still.sees(scale)
        slow.sees(scale * (1 - 1e-5 * i))
        assert still.ended == (i >= STALLED) and not slow.ended
    assert "stopped changing at iteration 21" in still.note


def test_standing_still_now_and_then_is_no_end():
    watch = Watch()
    for i in range(10 * STALLED):
        watch.sees(float(i // (STALLED - 1)))
    assert not watch.ended


def test_patience_can_be_endless():
    watch = Watch(patience=math.inf)
    for _ in range(3 * STALLED):
        watch.sees(0.0)
    assert not watch.ended
