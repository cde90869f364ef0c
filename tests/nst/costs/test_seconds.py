import math
from dataclasses import replace
from functools import lru_cache

import pytest

from nst import InputError, Settings
from nst.costs.duration import duration
from nst.costs.memory import run_bytes
from nst.costs.seconds import Estimate, Speed, Timing, calibrate, check_hours, estimate
from nst.scales import Scale
from nst.step import MOST_PREVIEWS

SPEED = Speed((Timing(10_000, 0.01, 0.1, 0.001), Timing(50_000, 0.02, 0.5, 0.002)), color=1e-6)
"""Of an invented machine."""
NO_PREVIEWS = Speed((Timing(10_000, 0.01, 0.1, 0.0), Timing(50_000, 0.02, 0.5, 0.0)), color=1e-6)


def seconds(shape, tiny, speed=NO_PREVIEWS, **settings):
    return estimate(shape, Settings(**settings), tiny, speed).seconds


def test_between_measured_sizes_the_speed_is_on_a_line():
    assert SPEED.at(10_000) == SPEED.timings[0]
    assert SPEED.at(100) == SPEED.timings[0]
    middle = SPEED.at(30_000)
    assert (middle.iteration, middle.setup) == pytest.approx((0.015, 0.3))
    assert middle.preview == pytest.approx(0.0015)


@pytest.mark.parametrize(("device", "more"), [("cpu", 507 / 57), ("cuda", 1200 / 750)])
def test_above_them_it_grows_as_work_does_and_previews_as_pixels(device, more):
    large = replace(SPEED, device=device).at(500_000)
    assert (large.iteration, large.setup) == pytest.approx((0.02 * more, 0.5 * more))
    assert large.preview == pytest.approx(0.02)


def test_one_scale_by_hand(tiny):
    # 100 × 100 pixels: one scale, 30 iterations and the set-up.
    assert seconds((100, 100), tiny, size=100, iterations=30) == pytest.approx(30 * 0.01 + 0.1)


def test_two_scales_by_hand(tiny):
    # 27 iterations at 200 × 100 pixels, 18 at 400 × 200, beyond what was measured.
    coarse = 27 * 0.0125 + 0.2
    fine = (80_000 + 7_000) / (50_000 + 7_000) * (18 * 0.02 + 0.5)
    assert seconds((800, 400), tiny, size=400, iterations=45) == pytest.approx(coarse + fine)


def test_the_style_pictures_size_counts_in_the_setup(tiny):
    plain = seconds((100, 100), tiny, size=100, iterations=30)
    large = seconds((100, 100), tiny, size=100, iterations=30, style_scale=2.0)
    assert large - plain == pytest.approx((SPEED.at(40_000).setup - 0.1) / 2)


def test_previews_count_as_often_as_they_come(tiny):
    twenty = seconds((100, 100), tiny, SPEED, size=100, iterations=200)
    assert twenty - seconds((100, 100), tiny, size=100, iterations=200) == pytest.approx(
        MOST_PREVIEWS * 0.001
    )
    # Of iterations that take two seconds, each is shown.
    slow = Speed((Timing(10_000, 2.0, 0.0, 0.5),), color=0.0)
    assert seconds((100, 100), tiny, slow, size=100, iterations=30) == pytest.approx(30 * 2.5)


def test_changes_of_colour_take_time(tiny):
    plain, matched, kept = (
        seconds((200, 200), tiny, size=100, iterations=30, color=color)
        for color in ("style", "matched", "content")
    )
    assert matched - plain == pytest.approx(0.04)  # of the pictures as given
    assert kept - matched == pytest.approx(MOST_PREVIEWS * 0.01)  # of each preview


def test_each_region_of_masks_adds_a_quarter_and_memory(tiny):
    settings = Settings(size=100, iterations=30)
    plain = estimate((100, 100), settings, tiny, NO_PREVIEWS)
    guided = estimate((100, 100), settings, tiny, NO_PREVIEWS, guided=2)
    assert guided.seconds == pytest.approx(1.5 * plain.seconds)
    assert guided.bytes == run_bytes((100, 100), settings, tiny, 2) > plain.bytes


def test_larger_and_longer_runs_take_longer(tiny):
    by_size = [seconds((300, 200), tiny, size=n) for n in (64, 128, 300, 700, 2048)]
    by_iterations = [seconds((300, 200), tiny, iterations=n) for n in (1, 10, 50, 200, 2000)]
    for times in (by_size, by_iterations):
        assert times == sorted(times) and len(set(times)) == len(times)


def test_the_memory_is_that_of_nst_memory(tiny):
    settings = Settings(size=300)
    assert estimate((300, 200), settings, tiny, SPEED).bytes == run_bytes(
        (300, 200), settings, tiny
    )


def test_a_picture_that_cannot_be_used_is_refused(tiny):
    with pytest.raises(InputError, match="too narrow for size 64"):
        estimate((400, 30), Settings(size=64), tiny, SPEED)


@pytest.fixture
def quick(monkeypatch):
    """Calibrate at two tiny sizes, however slow the machine."""
    monkeypatch.setattr("nst.costs.seconds.SIDES", (64, 96))
    monkeypatch.setattr("nst.costs.seconds.BUDGET", math.inf)
    monkeypatch.setattr("nst.costs.seconds.LEAST_SECONDS", 0.0)
    calibrate.cache_clear()
    yield
    calibrate.cache_clear()


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_calibration_measures_growing_sizes_once(quick, optimizer, tiny):
    speed = calibrate(tiny, optimizer)
    assert [timing.pixels for timing in speed.timings] == [64**2, 96**2]
    assert all(timing.iteration > 0 for timing in speed.timings)
    assert speed.color > 0
    assert calibrate(tiny, optimizer) is speed
    assert estimate((64, 64), Settings(size=64, optimizer=optimizer), tiny) == estimate(
        (64, 64), Settings(size=64, optimizer=optimizer), tiny, speed
    )


def test_a_calibration_stops_where_its_budget_ends(quick, tiny, monkeypatch):
    monkeypatch.setattr("nst.costs.seconds.BUDGET", 0.0)
    assert len(calibrate(tiny, "lbfgs").timings) == 1


def test_a_calibration_stops_where_memory_ends(quick, tiny, monkeypatch):
    monkeypatch.setattr("nst.costs.seconds.available_bytes", lambda _: 0)
    assert len(calibrate(tiny, "lbfgs").timings) == 1


def test_an_estimate_is_a_phrase():
    made = Estimate(9.2, 300_000_000)
    assert str(made) == "about 9 s and 0.30 GB of memory"
    assert str(replace(made, bytes=1_340_000_000)) == "about 9 s and 1.3 GB of memory"


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.2, "1 s"), (119, "119 s"), (120, "2 min"), (600, "10 min"), (9000, "2.5 h")],
)
def test_durations(number, text):
    assert duration(number) == text


def test_a_very_large_run_of_hours_is_refused_with_what_it_takes(tiny, monkeypatch):
    monkeypatch.setattr("nst.costs.seconds.calibrate", lru_cache(lambda *_: SPEED))
    settings = Settings(size=4096)
    scales = [Scale((4096, 3072), 100)]
    # At 57 000 pixels' work in 0.02 s, an iteration takes 7.5 s, and previews 0.5.
    assert check_hours(scales, settings, tiny) is None
    with pytest.raises(InputError, match=r"at size 4096 would take about 4\.\d h .* 4\.0 h are"):
        check_hours([Scale((4096, 3072), 2000)], settings, tiny)
    with pytest.raises(InputError, match="would take about"):
        check_hours([Scale((4096, 3072), 1500)], settings, tiny, guided=2)


def test_a_run_is_not_refused_for_a_moment_in_which_others_had_the_machine(tiny, monkeypatch):
    busy = Speed(tuple(replace(timing, iteration=5.0) for timing in SPEED.timings), 0.0)
    measured = iter([busy, SPEED])
    monkeypatch.setattr("nst.costs.seconds.calibrate", lru_cache(lambda *_: next(measured)))
    for _ in range(2):
        assert check_hours([Scale((4096, 3072), 100)], Settings(size=4096), tiny) is None


def test_nothing_is_measured_for_smaller_ones(tiny, monkeypatch):
    monkeypatch.setattr("nst.costs.seconds.calibrate", None)
    assert check_hours([Scale((2048, 2048), 2000)], Settings(size=2048), tiny) is None
