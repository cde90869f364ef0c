"""A short video behind the page and the API, without a server."""

import pytest
from PIL import Image

from nst.video import reading
from tests.served import SERVICES
from web.runs import clip_run
from web.runs.refusals import Refused

VALUES = {"style_name": "mosaic", "strength": 85, "size": 64, "color": "style"}
CLIPS = SERVICES.clips


@pytest.fixture
def clip(tmp_path, content, style):
    """Three frames of an animation, a tenth of a second each."""
    path = tmp_path / "my holiday.gif"
    frames = [Image.blend(content, style.resize(content.size), share / 3) for share in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


def test_frames_come_one_by_one_and_at_last_the_video_of_them(clip):
    seen, opened = [], None
    for update in CLIPS.open(str(clip), **VALUES):
        seen.append(update)
        if update.file:
            opened = reading.open_clip(update.file)
    first, *frames, last = seen
    assert first.progress.frame == 0 and first.seen is None and first.progress.eta_seconds is None
    assert [u.progress.frame for u in frames] == [1, 2, 3]
    assert all(u.seen[:2] == b"\xff\xd8" and u.file is None for u in frames)
    assert last.progress.done and last.progress.eta_seconds == 0 and last.progress.frame == 3
    assert opened.frames == 3 and max(opened.size) == 64
    assert opened.seconds == pytest.approx(0.3, abs=0.02)
    assert opened.path.name == "my-holiday-in-the-style-of-mosaic.mp4"
    assert not opened.path.exists()


def test_programs_get_the_same_as_a_dictionary(clip):
    *_, (file, progress) = CLIPS.paint_clip(str(clip), "mosaic", 85, 64, "none", 50)
    assert file.endswith(".mp4") and progress["done"] and progress["frames"] == 3


def test_closing_stops_and_leaves_nothing(clip, monkeypatch, tmp_path):
    monkeypatch.setattr(clip_run.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    updates = CLIPS.open(str(clip), **VALUES)
    next(updates), next(updates)
    updates.close()
    assert not list((tmp_path / "temporary").iterdir())


def test_no_time_for_all_gives_what_there_is(clip, monkeypatch):
    monkeypatch.setattr(clip_run, "RUN_SECONDS", 0)
    *_, last = CLIPS.open(str(clip), **VALUES)
    assert last.progress.done and last.progress.frame == 1
    assert (
        last.progress.note == "There was no time for all of it: after 0.0 s the video stands still."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": 2048}, "size of a video must be 1024 at most here, not 2048"),
        ({"style_name": "none such"}, "style_name must be one of"),
        ({"strength": 101}, "strength must be"),
        ({"style_name": "own"}, "a painting that you give, and none is given"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(clip, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        next(CLIPS.open(str(clip), **VALUES | changes))


def test_a_long_video_is_refused(clip, monkeypatch):
    monkeypatch.setattr(clip_run, "CLIP_SECONDS", 0.2)
    with pytest.raises(Refused, match=r"The video is too long: 0\.2 s are the limit"):
        next(CLIPS.open(str(clip), **VALUES))


@pytest.mark.parametrize("given", [None, "none.mp4", __file__])
def test_no_video_is_refused(given):
    with pytest.raises(Refused):
        next(CLIPS.open(given, **VALUES))
