from types import SimpleNamespace

import gradio as gr
import pytest

from web.page.clips.events import ClipPainting, ended
from web.page.clips.place import progress_of
from web.runs.clip_run import ClipProgress, ClipUpdate


def progress(**changes) -> ClipProgress:
    values = {"frame": 3, "frames": 12, "seconds": 4.0, "eta_seconds": 12.2, "device": "cpu"}
    return ClipProgress(**{**values, **changes})


class Clips:
    """In place of the server's: what is asked for, and updates for it."""

    def __init__(self, *updates) -> None:
        self.updates, self.asked = updates, None

    def open(self, clip, style=None, **values):
        self.asked = clip, style, values
        for update in self.updates:
            if isinstance(update, Exception):
                raise update
            yield update


def test_what_was_given_is_looked_into():
    clips = Clips()
    clips.look = lambda clip: SimpleNamespace(seconds=2.04, frames=30)
    said = ClipPainting(clips).look("a.mp4")["clip_said"]
    assert "A video of 2.0 s: 30 frames are to be painted." in said

    def refuse(clip):
        raise gr.Error("The video is damaged.")

    clips.look = refuse
    assert 'role="alert">The video is damaged.' in ClipPainting(clips).look("a.txt")["clip_said"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [((None, "mosaic", None), "Give a video"), (("a.mp4", "own", None), "Choose a painting")],
)
def test_what_is_missing_is_said_and_nothing_is_queued(given, sentence):
    painting = ClipPainting(Clips())
    with pytest.raises(gr.Error, match=sentence):
        painting.begin(*given)
    assert sentence in painting.missing(*given)["clip_said"]


def test_it_can_be_stopped_while_it_is_painted():
    begun = ClipPainting(Clips()).begin("a.mp4", "mosaic", None)
    assert begun["clip_stop"]["interactive"] and not begun["clip_paint"]["interactive"]
    assert "Waiting for a free place" in begun["clip_said"]  # until the first update
    assert ended()["clip_paint"]["interactive"] and not ended()["clip_stop"]["interactive"]
    assert ClipPainting(Clips()).missing("a.mp4", "mosaic", None) == {}


def test_each_frame_is_shown_and_the_video_at_the_end():
    clips = Clips(ClipUpdate(progress(), b"jpeg"), ClipUpdate(progress(done=True), file="out.mp4"))
    first, last = ClipPainting(clips).paint("a.mp4", "mosaic", "p.png", 85, 512, "style")
    values = {"style_name": "mosaic", "strength": 85, "size": 512, "color": "style"}
    assert clips.asked == ("a.mp4", None, values)  # the painting is not of a style by name
    assert "painted" not in first and last["painted"]["value"] == "out.mp4"


def test_a_painting_goes_with_the_style_that_is_its_own():
    clips = Clips()
    assert list(ClipPainting(clips).paint("a.mp4", "own", "p.png", 85, 512, "style")) == []
    assert clips.asked[1] == "p.png"


def test_a_sentence_is_said_in_its_place():
    clips = Clips(gr.Error("The video is too long."))
    (said,) = ClipPainting(clips).paint("a.mp4", "mosaic", None, 85, 512, "style")
    assert "too long" in said["clip_said"] and 'role="alert"' in said["clip_said"]


def test_the_line_tells_how_far_it_is():
    assert 'aria-valuenow="25"' in progress_of(progress(), None)
    assert "<b>25%</b><span>about 12 s left · frame 3 of 12</span>" in progress_of(progress(), None)
    assert "Painting …" in progress_of(progress(frame=0, eta_seconds=None), None)
    done = progress_of(progress(frame=12, done=True, note="<No> sound."), b"jpeg")
    assert "<b>12 frames in 4 s</b>" in done and "&lt;No&gt; sound." in done
    assert 'src="data:image/jpeg;base64,' in done
