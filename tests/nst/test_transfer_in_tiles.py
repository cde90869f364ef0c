"""Runs on pictures in tiles: the untiled ones' pictures, in parts that can be left."""

from dataclasses import replace

import numpy as np
import pytest

from nst import Settings, stylize
from nst.costs.memory import VARIABLE
from nst.features.trace import Trace
from nst.step import PREVIEW_SIDE, Part, Step
from nst.transfer import stylize_in_parts


@pytest.fixture
def in_tiles(monkeypatch):
    monkeypatch.setenv(VARIABLE, "64")


def last(steps):
    *_, step = steps
    return step


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_the_picture_is_the_untiled_one(optimizer, content, style, tiny, monkeypatch):
    # What rounding differs by in an evaluation, L-BFGS makes ten times as large with each step.
    settings = Settings(iterations=4, size=200, optimizer=optimizer)
    whole = last(stylize(content, style, settings, features=tiny))
    monkeypatch.setenv(VARIABLE, "64")
    tiled = last(stylize(content, style, settings, features=tiny))
    away = np.asarray(whole.image, dtype=float) - np.asarray(tiled.image)
    assert np.abs(away).max() <= 1  # a level, where rounding falls on the other side
    assert tiled.style_loss == pytest.approx(whole.style_loss, rel=1e-3)
    assert tiled.content_loss == pytest.approx(whole.content_loss, rel=1e-3)


def test_iterations_come_in_parts_before_their_step(content, style, tiny, in_tiles):
    settings = Settings(iterations=2, size=200)
    parts = list(stylize_in_parts(content, style, settings, features=tiny))
    steps = [part for part in parts if isinstance(part, Step)]
    assert [step.iteration for step in steps] == [1, 2]
    for number in (1, 2):
        shares = [p.share for p in parts if isinstance(p, Part) and p.iteration == number]
        assert len(shares) >= 12 and shares == sorted(set(shares))
    assert [part.iteration for part in parts] == sorted(part.iteration for part in parts)
    assert [type(part) for part in stylize(content, style, settings, features=tiny)] == [Step] * 2
    left = [part.seconds_left for part in parts]
    assert all(seconds > 0 for seconds in left[:-1]) and left[-1] == 0


@pytest.mark.parametrize("color", ["style", "content"])
def test_the_whole_picture_can_be_made_of_any_step(color, content, style, tiny, monkeypatch):
    monkeypatch.setattr("nst.transfer.PREVIEW_SIDE", 50)
    settings = Settings(iterations=3, size=200, color=color)
    steps = list(stylize_in_parts(content, style, settings, features=tiny))
    shorter = last(stylize(content, style, replace(settings, iterations=2), features=tiny))
    second, third = steps[1], steps[2]
    assert second.image.size == (50, 34) and second.whole().size == (200, 133)
    assert third.whole().tobytes() == third.image.tobytes() != second.whole().tobytes()
    deep = second.deep()
    assert np.abs(deep.colours * 255 - np.asarray(second.whole())).max() <= 3
    assert np.abs(deep.colours * 255 - np.rint(deep.colours * 255)).max() > 0.4  # finer shades
    assert shorter.image.size == second.whole().size


def test_steps_that_may_be_collected_hold_on_to_no_tensors(content, style, tiny):
    steps = list(stylize(content, style, Settings(iterations=3, size=64), features=tiny))
    assert [(bool(step.whole), bool(step.deep)) for step in steps] == [
        *[(False, False)] * 2,
        (True, True),
    ]


def test_closing_stops_within_a_tile(content, style, tiny, in_tiles, monkeypatch):
    traces, made = [], Trace.__init__
    monkeypatch.setattr(Trace, "__init__", lambda *args: traces.append(1) or made(*args))
    parts = stylize_in_parts(content, style, Settings(iterations=5, size=200), features=tiny)
    while not traces:
        next(parts)
    parts.close()
    assert len(traces) == 1


def test_a_run_in_tiles_goes_on(content, style, tiny, in_tiles):
    settings = Settings(iterations=8, size=128)
    first = last(stylize(content, style, settings, features=tiny))
    second = last(stylize(content, style, settings, features=tiny, state=first.state))
    whole = last(stylize(content, style, Settings(iterations=16, size=128), features=tiny))
    assert second.image.tobytes() == whole.image.tobytes()


def test_previews_of_large_pictures_fit_on_a_screen(content, style, tiny, monkeypatch):
    monkeypatch.setattr("nst.transfer.PREVIEW_SIDE", 100)
    steps = list(stylize(content, style, Settings(iterations=3, size=290), features=tiny))
    assert [step.image.size for step in steps] == [(97, 65), (97, 65), (290, 193)]
    assert PREVIEW_SIDE >= 1024
