"""Estimates that learn from runs."""

import threading

import pytest

from nst.settings import FEATURES, Settings
from web.server import costs
from web.server.costs import REMEMBERED, Pace
from web.server.server import Server


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


def test_the_page_does_not_wait_for_the_calibration(monkeypatch, caplog):
    may_end, calls, calibrate = threading.Event(), [], costs.calibrate

    def slow(*by):
        calls.append(threading.current_thread().name)
        assert may_end.wait(10)
        return calibrate(*by)

    monkeypatch.setattr(costs, "calibrate", slow)
    server = Server()
    server.prepare()
    assert calls == []
    server.settle()
    may_end.set()  # `settle` has returned before: else nobody would set it, and it would fail
    assert server.costs.expected((64, 64), Settings(size=64), FEATURES.default).seconds > 0
    assert "failed" not in caplog.text
    assert calls and all(name.startswith("tensors") for name in calls)


def test_a_calibration_that_fails_is_logged_and_made_again_for_who_asks(monkeypatch, caplog):
    def broken(*by):
        raise RuntimeError("unforeseen")

    server, asked = Server(), ((64, 64), Settings(size=64), FEATURES.default)
    with monkeypatch.context() as patch:
        patch.setattr(costs, "calibrate", broken)
        server.settle()
        with pytest.raises(RuntimeError, match="unforeseen"):
            server.costs.expected(*asked)
    assert "unforeseen" in caplog.text
    assert server.costs.expected(*asked).seconds > 0
