"""Frames painted one after the other: what each is given, closing, and going on."""

from itertools import pairwise

import pytest
from PIL import Image, ImageChops

from nst import InputError
from nst.video.clip import Frame
from nst.video.kept import Kept
from nst.video.sequence import in_sequence, result_size, whole
from tests.nst.video.clips import clip_of, textured


def negative_of(taken):
    """Paint the negative, in two parts."""
    yield 0.5
    return ImageChops.invert(taken.photograph)


def test_a_frame_is_given_the_one_before():
    images, seen = [textured(60, 40, seed) for seed in range(3)], []

    def paint(taken):
        seen.append(taken)
        return (yield from negative_of(taken))

    parts = list(in_sequence(clip_of(images), (30, 20), paint))
    assert [part if isinstance(part, float) else "frame" for part in parts] == [0.5, "frame"] * 3
    assert [taken.photograph.size for taken in seen] == [(30, 20)] * 3
    assert [taken.detailed.size for taken in seen] == [(60, 40)] * 3  # all that there is
    assert seen[0].before is None
    for before, after in pairwise(seen):
        assert after.before.photograph is before.photograph
        assert (
            ImageChops.difference(
                after.before.painting, ImageChops.invert(before.photograph)
            ).getbbox()
            is None
        )


def test_closing_closes_the_clip():
    closed = []
    frames = whole(in_sequence(clip_of([textured(60, 40)] * 3, closed), (30, 20), negative_of))
    assert isinstance(next(frames), Frame) and not closed
    frames.close()
    assert closed == [True]


def test_frames_that_are_kept_are_not_painted_again(tmp_path):
    clip, kept = clip_of([textured(60, 40, s) for s in range(4)]), Kept.opened(tmp_path / "a", {})
    whole_clip = [f.image.tobytes() for f in whole(in_sequence(clip, (30, 20), negative_of))]
    for number, frame in zip(
        range(2), whole(in_sequence(clip, (30, 20), negative_of)), strict=False
    ):
        kept.put(number, frame.image)
    painted = []

    def paint(taken):
        painted.append(taken)
        return (yield from negative_of(taken))

    again = [f.image.tobytes() for f in whole(in_sequence(clip, (30, 20), paint, kept))]
    assert again == whole_clip and len(painted) == 2
    assert painted[0].before.painting.tobytes() == whole_clip[1]


@pytest.mark.parametrize(
    ("size", "longest", "result"),
    [((640, 360), 512, (512, 288)), ((100, 75), 64, (64, 48)), ((99, 67), 65, (66, 44))],
)
def test_results_have_even_sides(size, longest, result):
    assert result_size(clip_of([Image.new("RGB", size)]), longest) == result


def test_a_narrow_clip_is_refused():
    with pytest.raises(InputError, match="The clip is too narrow for size 64"):
        result_size(clip_of([Image.new("RGB", (400, 40))]), 64)
