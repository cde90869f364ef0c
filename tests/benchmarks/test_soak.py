"""A minute of mixed visitors and a crowd on the real server."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.server.soak import COUNTED, FEWEST_JOBS, WARM_UP, Seen, failures, slope_of

ROOT = Path(__file__).parents[2]


def seen(kb_a_job=0, **ends):
    """Figures as the soak collects them."""
    result = Seen(pages=[0.1] * 100)
    jobs = range(0, WARM_UP + 2 * FEWEST_JOBS, 10)
    result.samples = [(n, 10**6 + kb_a_job * n + 5000 * (n % 30), 10, 10) for n in jobs]
    for kind, said in ends.items():
        result.end(kind, said)
    return result


def test_what_is_as_it_should_be_is_no_failure():
    full = "The queue is full, try again in about 3 s."
    assert failures(seen(9, good="done", bad="size must be …", crowd=full, gone="done")) == []


@pytest.mark.parametrize(
    "ends",
    [{"good": "size must be …"}, {"bad": "done"}, {"bad": "no words"}, {"crowd": "no answer"}],
)
def test_what_is_not_is_one(ends):
    assert len(failures(seen(**ends))) == 1


def test_memory_that_grows_and_slow_pages_are_failures():
    assert slope_of(seen(40)) == pytest.approx(40, rel=0.1)
    assert "memory grows by" in failures(seen(40))[0]
    slow = seen()
    slow.pages = [0.1] * 90 + [2.0] * 10
    assert "pages" in failures(slow)[0]


@pytest.mark.parametrize("place", COUNTED.values(), ids=COUNTED)
def test_what_is_left_open_at_the_end_is_a_failure(place):
    busy, left = seen(), seen()
    for samples, i in ((busy.samples, -2), (left.samples, -1)):
        samples[i] = tuple(n + (k == place) for k, n in enumerate(samples[i]))
    assert failures(busy) == []
    assert len(failures(left)) == 1 and "11" in failures(left)[0]


@pytest.mark.soak
def test_a_minute_of_visitors_and_a_crowd():
    command = [sys.executable, "-m", "benchmarks.server.soak", "--seconds", "60", "--crowd", "40"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert result.returncode == 0, result.stdout + result.stderr
