"""Frames painted one after the other: what each is given, closing, and going on."""

from itertools import pairwise

from PIL import ImageChops

from nst.video.clip import Frame
from nst.video.kept import Kept
from nst.video.sequence import in_sequence, taken, whole
from tests.nst.video.clips import clip_of, textured

SIZE = 30, 20


def negative_of(frame, _before):
    """Paint the negative, in two parts."""
    yield 0.5
    return ImageChops.invert(frame.photograph)


def test_a_frame_is_given_the_one_before():
    images, seen = [textured(60, 40, seed) for seed in range(3)], []

    def paint(frame, before):
        seen.append((frame, before))
        return (yield from negative_of(frame, before))

    parts = list(in_sequence(taken(clip_of(images), SIZE), paint))
    assert [part if isinstance(part, float) else "frame" for part in parts] == [0.5, "frame"] * 3
    assert [frame.photograph.size for frame, _ in seen] == [SIZE] * 3
    assert [frame.detailed.size for frame, _ in seen] == [(60, 40)] * 3  # all that there is
    assert seen[0][1] is None
    for (frame, _), (_, before) in pairwise(seen):
        assert before.photograph is frame.photograph
        negative = ImageChops.invert(frame.photograph)
        assert ImageChops.difference(before.painting, negative).getbbox() is None


def test_closing_closes_the_clip():
    closed = []
    clip = clip_of([textured(60, 40)] * 3, closed)
    frames = whole(in_sequence(taken(clip, SIZE), negative_of))
    assert isinstance(next(frames), Frame) and not closed
    frames.close()
    assert closed == [True]


def test_frames_that_are_kept_are_not_painted_again_up_to_the_first_that_is_missing(tmp_path):
    clip, kept = clip_of([textured(60, 40, s) for s in range(5)]), Kept.opened(tmp_path / "a", {})
    frames = list(whole(in_sequence(taken(clip, SIZE), negative_of)))
    whole_clip = [frame.image.tobytes() for frame in frames]
    for number in (0, 1, 3):
        kept.put(number, frames[number].image)
    painted = []

    def paint(frame, before):
        painted.append((frame.seconds, before.painting.tobytes()))
        return (yield from negative_of(frame, before))

    again = [f.image.tobytes() for f in whole(in_sequence(taken(clip, SIZE, kept), paint))]
    assert again == whole_clip
    assert painted == [(0.2, whole_clip[1]), (0.3, whole_clip[2]), (0.4, whole_clip[3])]
