"""Frames as tasks: the clip that one process paints, few of them ahead, and what ends it."""

import os
from contextlib import closing
from dataclasses import replace
from itertools import islice

import pytest

from nst.batch import frames
from nst.batch.frames import painted_by
from nst.batch.here import Here
from nst.batch.processes import Processes
from nst.batch.tasks import OUT_OF_MEMORY, SPARE, Done
from nst.batch.work import Filming
from nst.instant import painting
from nst.instant.names import instant_styles
from nst.pictures.prepared import prepare
from nst.settings import InstantSettings
from nst.specs import InputError
from nst.video import instant
from nst.video.kept import Kept
from nst.video.sequence import taken
from tests.nst.batch.workers import Backwards, Mortal, Noting, Small
from tests.nst.video.clips import clip_of, textured

SETTINGS = InstantSettings(style=instant_styles()[0], size=64)
SIZE = 64, 48
WORK = Filming(settings=SETTINGS, size=SIZE)


@pytest.fixture(autouse=True)
def painted_small(monkeypatch):
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


def scene(frames, closed=None):
    """A clip that has twice the detail of its painting, in which something changes."""
    return clip_of([textured(128, 96, seed // 2) for seed in range(frames)], closed)


def images(painted):
    return [frame.image.tobytes() for frame in painted]


def by(pool, clip, kept=None):
    return instant.carried_along(painted_by(pool, taken(clip, SIZE, kept)), SETTINGS)


def test_a_style_by_name_and_a_painting_paint_the_same_as_without_tasks(style):
    own = InstantSettings(style="own", size=64)
    for settings, given in ((SETTINGS, None), (own, prepare(style))):
        alone = images(instant.paint_clip(scene(2), settings, style=given))
        with Here(Filming(settings=settings, size=SIZE, style=given)) as pool:
            assert pool.abouts()[0].recipes[settings.style].settings == settings
            drawn = painted_by(pool, taken(scene(2), SIZE))
            assert images(instant.carried_along(drawn, settings)) == alone


def test_what_is_kept_is_not_given_to_anybody(tmp_path):
    whole, kept = list(instant.paint_clip(scene(5), SETTINGS)), Kept.opened(tmp_path / "a", {})
    for number in range(3):
        kept.put(number, whole[number].image)
    with Backwards(WORK, 2) as pool:
        assert images(by(pool, scene(5), kept)) == images(whole)
        assert pool.begun == 2
        for number in (3, 4):
            kept.put(number, whole[number].image)
        assert images(by(pool, scene(5), kept)) == images(whole)
        assert pool.begun == 2


def test_few_frames_are_drawn_ahead_and_closing_closes_the_clip():
    closed, read = [], []
    clip = scene(30, closed)
    pictures = clip._read
    clip = replace(clip, _read=lambda path: map_noting(pictures(path), read))
    with Backwards(WORK, 3) as pool, closing(by(pool, clip)) as painted:
        for number, _ in enumerate(islice(painted, 8)):
            assert len(read) <= number + 3 + SPARE + 1
        assert not closed
    assert closed and len(read) < 15


def map_noting(pictures, read):
    with closing(pictures):
        for picture in pictures:
            read.append(picture)
            yield picture


@pytest.mark.parametrize(
    ("reason", "kind"), [(OUT_OF_MEMORY, MemoryError), ("It cannot be done.", InputError)]
)
def test_a_frame_that_fails_ends_the_clip(reason, kind):
    class Failing(Here):
        def done(self, tasks):
            for number, _ in enumerate(tasks):
                yield Done(number, reason=reason)

    closed = []
    with Failing(lambda: None) as pool, pytest.raises(kind, match=reason):
        next(by(pool, scene(3, closed)))
    assert closed


def test_what_needs_too_much_memory_is_refused_when_workers_load(monkeypatch):
    def refuse(*_):
        raise InputError("Too large.")

    monkeypatch.setattr(painting, "check_fits", refuse)
    with pytest.raises(InputError, match=r"Too large\."):
        frames.Alone(WORK)


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_dies_loses_nothing_and_none_is_left(one_thread, tmp_path):
    (tmp_path / "numbers").mkdir()
    alone = images(instant.paint_clip(scene(6), SETTINGS))
    load = Noting(Small(Mortal(WORK, tmp_path)), tmp_path / "numbers")
    with Processes(load, 2) as pool:
        assert images(by(pool, scene(6))) == alone and (tmp_path / "died").exists()
        with closing(by(pool, scene(6))) as again:
            next(again)
    processes = [int(path.name) for path in (tmp_path / "numbers").iterdir()]
    assert processes and not any(map(alive, processes))
