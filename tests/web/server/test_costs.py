"""Estimates that learn from runs."""

import pytest

from web.server.costs import REMEMBERED, Pace


def test_without_runs_the_calibration_counts():
    assert Pace().corrected(8.0) == 8.0


def test_estimates_follow_the_median_of_the_last_runs():
    pace = Pace()
    for seconds in (1000, *[5] * REMEMBERED):  # the first one is forgotten
        pace.add(10, seconds)
    pace.add(10, 900)
    assert pace.corrected(8.0) == pytest.approx(4.0)


def test_a_run_of_which_nothing_was_expected_does_not_count():
    pace = Pace()
    pace.add(0, 7)
    assert pace.corrected(8.0) == 8.0
