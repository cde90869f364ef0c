"""Runs within their limits: memory that runs out, time that is up, numbers that break down."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
import torch
from PIL import Image

from nst.loss.objective import Objective
from nst.machine.run_out import has_run_out
from nst.settings import SPECS, Settings
from nst.step import Part
from tests.served import SERVER, stylize_pictures
from web.runs.attempts import Stream, shown
from web.runs.files import first_step
from web.runs.services import Services
from web.server import limits
from web.server.limits import FRAMES
from web.server.server import Server

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 12, "size": 100, "features": "compact"}
RUN_OUT = (
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4096 bytes"),
)
MEMORY_RUNS_OUT = pytest.mark.parametrize("error", RUN_OUT[:2], ids=lambda e: type(e).__name__)
"""Of the GPU and of the machine: whole runs with what is told apart by its type."""


@pytest.fixture
def files(picture_files):
    return [str(path) for path in picture_files]


@pytest.fixture
def failing(monkeypatch):
    """Have evaluations of these numbers raise an error."""

    def fail(numbers, error, evaluate=Objective.evaluate):
        count = itertools.count(1)

        def evaluated(self, image):
            if next(count) in numbers:
                raise error
            return evaluate(self, image)

        monkeypatch.setattr(Objective, "evaluate", evaluated)

    return fail


def painted(files, **changes):
    """The last picture's size and mean, and every progress."""
    progresses = []
    for path, progress in stylize_pictures(*files, **VALUES | changes):
        progresses.append(progress)
        with Image.open(path) as image:
            size, mean = image.size, sum(image.convert("L").tobytes())
    return size, mean, progresses


@pytest.mark.parametrize("error", RUN_OUT, ids=repr)
def test_all_that_says_so_is_known(error):
    assert has_run_out(error)


@MEMORY_RUNS_OUT
def test_memory_that_runs_out_is_said_and_tried_again_smaller(files, failing, error):
    failing({5}, error)
    size, _, progresses = painted(files)
    assert size == (70, 47) and progresses[-1]["done"]
    notes = [p["note"] for p in progresses]
    assert "" in notes and notes[-1] == notes[-2]
    assert notes[-1] == "Memory ran out at size 100: this is a second try, at 70 pixels."
    assert painted(files)[0] == (100, 67)


@MEMORY_RUNS_OUT
def test_memory_that_runs_out_twice_is_a_sentence_and_the_next_run_passes(files, failing, error):
    failing({5, 9}, error)
    with pytest.raises(gr.Error, match=r"^'?Memory ran out: choose a smaller size"):
        painted(files)
    assert painted(files)[2][-1]["done"]


def test_at_the_smallest_size_there_is_no_second_try(files, failing):
    failing({2}, MemoryError())
    with pytest.raises(gr.Error, match="Memory ran out"):
        painted(files, size=64)


def test_other_errors_are_not_taken_for_it(files, failing):
    assert not has_run_out(RuntimeError("shapes do not match")) and not has_run_out(ValueError())
    failing({2}, RuntimeError("shapes do not match"))
    with pytest.raises(gr.Error, match="Something went wrong"):
        painted(files)


def test_a_second_try_keeps_the_recipe_of_what_it_painted(files, failing):
    failing({5}, MemoryError())
    for path, progress in stylize_pictures(*files, **VALUES):
        if progress["done"]:
            with Image.open(path) as image:
                assert '"size": 70' in image.info["Recipe"]


def test_a_run_ends_in_time_with_what_it_has(files, monkeypatch):
    monkeypatch.setattr(limits, "RUN_SECONDS", 1.6)
    size, mean, progresses = painted(files, iterations=2000)
    last = progresses[-1]
    assert last["done"] and last["iteration"] < 2000 and last["eta_seconds"] == 0
    assert last["note"].startswith("A run may take 2 s") and max(size) in (100, 160) and mean
    assert [p["done"] for p in progresses[:-1]] == [False] * (len(progresses) - 1)


def test_no_more_seconds_are_left_than_a_run_may_take(monkeypatch):
    monkeypatch.setattr("web.runs.attempts.time.monotonic", itertools.count().__next__)
    told = [(replace(step(i), seconds_left=left), None) for i, left in ((1, 900.0), (2, 3.0))]
    first, second = shown(told, 60, 10)
    assert 50 < first.step.seconds_left < 60 and second.step.seconds_left == 3


def test_a_run_without_a_picture_in_time_says_so():
    with pytest.raises(gr.Error, match="had no picture by then"):
        list(shown([(step(1), None)], -1, 10))


@pytest.mark.parametrize("total", [1, 7, 19, 20, 21, 200, 1999, 2000])
def test_a_run_streams_few_pictures(total):
    stream = Stream(total)
    sent = [i for i in range(1, total) if stream.picture_is_due(i)]
    assert len(sent) + 2 <= FRAMES and len(sent) >= min(total, FRAMES) - 2
    gaps = [b - a for a, b in itertools.pairwise([0, *sent, total])]
    assert max(gaps) <= total / (FRAMES - 1) + 1


def step(iteration):
    return first_step(Image.new("RGB", (8, 8)), Settings()).__class__(
        iteration=iteration,
        total=10,
        size=64,
        content_loss=0.0,
        style_loss=0.0,
        tv_loss=0.0,
    )


def test_a_slow_run_shows_words_between_its_pictures(monkeypatch):
    monkeypatch.setattr("web.runs.attempts.time.monotonic", itertools.count().__next__)
    picture = Image.new("RGB", (8, 8))
    steps = [
        (replace(step(i), image=picture, done=i == 200, total=200), None) for i in range(1, 201)
    ]
    signs = [sign.step for sign in shown(steps, math.inf, 200)]
    assert len(signs) > 100 and sum(s.image is not None for s in signs) == FRAMES - 1


def test_parts_are_words_about_the_latest_step(monkeypatch):
    monkeypatch.setattr("web.runs.attempts.time.monotonic", itertools.count().__next__)
    first = replace(step(1), size=32, content_loss=0.5, image=Image.new("RGB", (8, 8)))
    parts = [Part(iteration=n, total=10, share=0.25, seconds_left=9.0) for n in (1, 2)]
    told = [(one, Settings(size=64)) for one in (parts[0], first, parts[1])]
    before, _, after = shown(told, math.inf, 10)
    assert (before.step.iteration, before.step.size, before.share) == (0, 64, 0.25)
    assert (after.step.iteration, after.step.size, after.share) == (1, 32, 0.25)
    assert (after.step.content_loss, after.step.seconds_left, after.step.image) == (0.5, 9, None)


def test_a_run_that_is_cut_short_has_its_whole_picture():
    whole, preview = (Image.new("RGB", (side, side)) for side in (16, 8))
    told = [(replace(step(3), image=preview, whole=lambda: whole), None)]
    (sign,) = shown(told, -1, 10)
    assert sign.step.image is whole and sign.step.done and not sign.is_its_own


def test_numbers_that_break_down_at_once_are_a_sentence(files, monkeypatch):
    def broken(self, image, evaluate=Objective.evaluate):
        _, gradient, losses = evaluate(self, image)
        return math.nan, gradient, losses

    with monkeypatch.context() as patch:
        patch.setattr(Objective, "evaluate", broken)
        with pytest.raises(gr.Error, match="numbers broke down before there was a picture"):
            painted(files)
    assert painted(files)[2][-1]["done"]


def test_numbers_that_break_down_later_leave_the_last_good_picture(files, monkeypatch):
    count = itertools.count(1)

    def broken(self, image, evaluate=Objective.evaluate):
        loss, gradient, losses = evaluate(self, image)
        return math.nan if next(count) > 5 else loss, gradient, losses

    monkeypatch.setattr(Objective, "evaluate", broken)
    _, mean, progresses = painted(files)
    assert progresses[-1]["done"] and progresses[-1]["iteration"] == 7 and mean
    assert "this is the last good picture" in progresses[-1]["note"]


def test_one_run_at_a_time(files):
    first = stylize_pictures(*files, **VALUES | {"iterations": 2000})
    for _ in range(3):
        next(first)
    with SERVER.run_slot.wait() as waiting:
        assert next(waiting) is None  # there is no place
        first.close()
        assert list(waiting) == []


def test_a_run_ends_when_the_server_closes(files):
    server = Server()
    programs = Services(server).programs
    run = programs.stylize_pictures(*files, **VALUES | {"iterations": 2000})
    folder = Path(next(run)[0]).parent
    next(run)
    server.close()
    with pytest.raises(gr.Error, match="The server was stopped"):
        next(run)
    assert server.run_slot.ended() and not folder.exists()
