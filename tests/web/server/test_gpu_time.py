"""What ZeroGPU is asked for, before and after there were runs on its GPU."""

import itertools
import multiprocessing

import pytest
from PIL import Image

from nst import Settings
from nst.settings import SPECS
from web.runs.run import Asked
from web.server import gpu_time, limits, zerogpu
from web.server.gpu_time import START_SECONDS, GpuTime, NewProcess, most_seconds, work_of

SQUARE, NARROW = (640, 640), (640, 64)
WORK = work_of(SQUARE, Settings(), "auto")


def asked(*arguments, **options):
    return GpuTime().to_ask(work_of(*arguments, "auto", **options))


def test_it_grows_with_the_work_within_bounds():
    iterations, size = SPECS["iterations"], SPECS["size"]
    sizes = size.minimum, size.default, size.maximum
    rows = [
        [asked(SQUARE, Settings(iterations=i, size=s)) for s in sizes]
        for i in (iterations.minimum, iterations.default, iterations.maximum)
    ]
    assert all(line == sorted(line) for line in [*rows, *map(list, zip(*rows, strict=True))])
    seconds = list(itertools.chain.from_iterable(rows))
    assert START_SECONDS <= min(seconds) < max(seconds) <= limits.GPU_SECONDS
    large = Settings(size=1024, iterations=500)
    assert asked(NARROW, large) < asked(SQUARE, large)
    # A run that goes on does all its iterations at full size.
    assert asked(SQUARE, large, goes_on=True) > asked(SQUARE, large)


def test_masks_and_colours_are_asked_for_too():
    mask, settings = Image.new("L", (64, 64), 255), Settings(size=1024, iterations=500)
    content = {"content": Image.new("RGB", SQUARE)}
    plain, masked, placed = (
        GpuTime().to_ask(Asked(content | masks, settings, "auto", None).gpu_work)
        for masks in ({}, {"mask": mask}, {"mask": mask, "style_masks": [mask, None]})
    )
    assert plain < masked < placed
    assert asked((3000, 3000), Settings(color="content")) > asked((3000, 3000), Settings())


def test_after_a_run_it_is_twice_what_that_took():
    time = GpuTime()
    time.learn(WORK, seconds=1.0, start=3.5)
    assert time.likely(WORK) == pytest.approx(4.5) and time.to_ask(WORK) == 9
    larger = work_of(SQUARE, Settings(size=1024, iterations=400), "auto")
    assert time.likely(larger) == pytest.approx(3.5 + larger.steps / WORK.steps)
    assert time.to_ask(larger) <= 2 * time.likely(larger)


def test_a_network_that_nothing_is_known_of_has_time_enough():
    time = GpuTime()
    time.learn(WORK, seconds=0.1, start=3.0)
    for other in (work_of(SQUARE, Settings(), "compact"), work_of(SQUARE, GRAM, "auto")):
        assert time.likely(other) == pytest.approx(3 + other.steps)


GRAM = Settings(style_loss="gram")


def test_the_median_of_the_last_runs_counts():
    time = GpuTime()
    for seconds in (90.0, *[2.0] * gpu_time.REMEMBERED, 80.0):
        time.learn(WORK, seconds, start=seconds)
    assert time.likely(WORK) == pytest.approx(4)


def test_a_process_that_was_there_says_nothing_of_starts():
    time = GpuTime()
    time.learn(WORK, seconds=1.0, start=None)
    assert time.likely(WORK) == pytest.approx(START_SECONDS + 1)


def test_changes_of_colours_say_nothing_of_the_gpu():
    time = GpuTime()
    time.learn(work_of(SQUARE, Settings(color="content"), "auto"), seconds=99.0, start=3.0)
    assert time.likely(WORK) == pytest.approx(3 + WORK.steps)


def test_a_whole_second_is_spared_where_runs_are_short():
    time = GpuTime()
    time.learn(WORK, seconds=0.1, start=0.2)
    assert time.to_ask(WORK) == 2


def test_after_a_run_that_had_too_little_there_is_enough_again():
    time, most = GpuTime(), work_of(SQUARE, Settings(iterations=2000, size=2048), "auto")
    for kind in (WORK, most):
        time.learn(kind, seconds=kind.steps, start=3.0)
    time.had_too_little(most)  # which had the most there is
    assert time.to_ask(WORK) < GpuTime().to_ask(WORK)
    time.had_too_little(WORK)
    assert time.to_ask(WORK) == GpuTime().to_ask(WORK)


def test_a_run_ends_before_its_gpu_is_taken_back(monkeypatch):
    assert gpu_time.run_seconds(10, 3.0) == limits.RUN_SECONDS == most_seconds()
    monkeypatch.setattr(zerogpu, "HERE", True)
    monkeypatch.setattr(zerogpu, "quota_factor", lambda: 1.5)
    assert gpu_time.run_seconds(10, 3.0) == 7 - limits.SPARED_SECONDS
    assert most_seconds() == 80 - limits.SPARED_SECONDS


def test_a_process_tells_the_first_run_in_it_when_it_was_made():
    process, context = NewProcess(), multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=lambda: queue.put((process.seconds(), process.seconds())))
    child.start()
    first, second = queue.get()
    child.join()
    assert first >= 0 and second is None and process.seconds() is None
