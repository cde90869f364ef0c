"""Clips written and read again: times, colours, sound; whole or not at all."""

import av
import numpy as np
import pytest
from PIL import Image

from nst import InputError
from nst.video import writing
from nst.video.reading import open_clip
from tests.nst.video.clips import bars, clip_of, film, textured

TIMES = [0, 0.1, 0.15, 0.5]


def rewritten(clip, path, size=None):
    with writing.opened(path, clip, size or clip.size) as out:
        for frame in clip.pictures():
            out.add(frame)
    return open_clip(path)


@pytest.mark.parametrize("ending", list(writing.KINDS))
def test_frames_keep_their_times(ending, tmp_path):
    source = open_clip(film(tmp_path / "in.mp4", [textured(64, 48, s) for s in range(4)], TIMES))
    clip = rewritten(source, tmp_path / f"out{ending}")
    frames = list(clip.pictures())
    assert [frame.seconds for frame in frames] == pytest.approx(TIMES, abs=2e-3)
    assert clip.size == (64, 48)
    for before, after in zip(source.pictures(), frames, strict=True):
        away = np.abs(np.asarray(before.image).astype(int) - np.asarray(after.image)).mean()
        assert away < 14  # of 86 between two of them
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize("ending", list(writing.KINDS))
def test_the_same_frames_are_the_same_file(ending, tmp_path):
    clip = clip_of([textured(128, 96, seed) for seed in range(2)])
    one, other = (rewritten(clip, tmp_path / f"{name}{ending}").path for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("ending", [".mp4", ".mov", ".mkv", ".webm"])
def test_a_film_is_as_long_as_its_frames_are_shown(ending, tmp_path):
    shown = [100, 100, 100, 100, 100, 100, 2000, 3000]  # milliseconds; players stop at the length
    frames = [textured(64, 48, shift) for shift in range(len(shown))]
    source = tmp_path / "in.gif"
    frames[0].save(source, save_all=True, append_images=frames[1:], duration=shown)
    assert rewritten(open_clip(source), tmp_path / f"out{ending}").seconds == pytest.approx(5.6)


@pytest.mark.parametrize("ending", [".mp4", ".webm"])
def test_colours_are_tagged_as_they_are(ending, tmp_path):
    image, colours = bars()
    clip = rewritten(clip_of([image, image]), tmp_path / f"out{ending}")
    row = np.asarray(next(clip.pictures()).image)[24].astype(int)
    assert np.abs(row[8::16] - colours).max() <= 6
    with av.open(str(clip.path)) as container:
        assert container.streams.video[0].codec_context.colorspace == writing.BT709


@pytest.mark.parametrize(
    ("codec", "ending", "written"),
    [
        ("aac", ".mp4", "aac"),
        ("aac", ".mkv", "aac"),
        ("aac", ".webm", "opus"),
        ("libopus", ".webm", "opus"),
        ("libopus", ".mov", "aac"),
    ],
)
def test_sound_is_taken_over(codec, ending, written, tmp_path):
    times = [n / 10 for n in range(8)]
    source = film(tmp_path / "in.mkv", [bars()[0]] * 8, times, sound=codec)
    clip = rewritten(open_clip(source), tmp_path / f"out{ending}")
    with av.open(str(clip.path)) as container:
        (stream,) = container.streams.audio
        assert stream.codec_context.name == written
        samples = np.concatenate([f.to_ndarray()[0] for f in container.decode(stream)])
    assert len(samples) / 48_000 == pytest.approx(0.7, abs=0.06)
    assert samples.std() > 0.1  # the tone's


def test_sound_that_is_copied_is_the_same_to_the_bit(tmp_path):
    source = film(tmp_path / "in.mp4", [bars()[0]] * 4, [0, 0.1, 0.2, 0.3], sound="aac")
    clip = rewritten(open_clip(source), tmp_path / "out.mp4")

    def packets(path):
        with av.open(str(path)) as container:
            return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]

    assert packets(source) == packets(clip.path)


def test_the_last_frame_is_shown_as_long_as_it_was(tmp_path):
    image = bars()[0]
    for ending in (".mp4", ".gif"):
        clip = rewritten(clip_of([image, textured(64, 48)]), tmp_path / f"out{ending}")
        assert clip.seconds == pytest.approx(0.2, abs=0.011)


def test_nothing_is_written_of_what_fails(tmp_path):
    path = tmp_path / "out.mp4"
    clip = clip_of([bars()[0]])
    with pytest.raises(KeyboardInterrupt), writing.opened(path, clip, clip.size) as out:
        out.add(next(clip.pictures()))
        raise KeyboardInterrupt
    with pytest.raises(InputError, match="no frames"), writing.opened(path, clip, clip.size):
        pass
    assert list(tmp_path.iterdir()) == []


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"must end in one of .mp4, .mov"):
        writing.kind_of(tmp_path / "out.mpg")


def test_a_frame_of_another_size_is_made_to_fit(tmp_path):
    clip = clip_of([bars()[0], Image.new("RGB", (30, 20))])
    assert rewritten(clip, tmp_path / "out.mp4", (48, 36)).size == (48, 36)
