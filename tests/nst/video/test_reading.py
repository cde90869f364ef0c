"""Clips of all kinds: their frames, times, colours and turns; and what is refused."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from nst import InputError
from nst.video import clip as clips
from nst.video.reading import open_clip
from tests.nst.video.clips import bars, film, song, textured, turned

TIMES = [0, 0.1, 0.15, 0.5]


def at_bars(image: Image.Image) -> np.ndarray:
    """The colours in the middle of each bar."""
    row = np.asarray(image)[image.height // 2].astype(int)
    return row[image.width // 8 :: image.width // 4]


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "avi"])
def test_a_film_has_its_frames(ending, tmp_path):
    images = [textured(64, 48, seed) for seed in range(4)]
    path, times = tmp_path / f"clip.{ending}", TIMES
    if ending == "avi":  # which has no times of its own
        times = [0, 0.1, 0.2, 0.3]
        film(path, images, times, codec="mpeg4", tick=Fraction(1, 10))
    else:
        film(path, images, times, codec="libvpx-vp9" if ending == "webm" else "libx264")
    clip = open_clip(path)
    frames = list(clip.pictures())
    assert clip.size == (64, 48) and not clip.sound
    assert [frame.seconds for frame in frames] == pytest.approx(times, abs=2e-3)
    for image, frame in zip(images, frames, strict=True):
        grey = (np.asarray(picture.convert("L")).astype(int) for picture in (image, frame.image))
        assert np.abs(np.subtract(*grey)).mean() < 10  # two of them differ by 45


@pytest.mark.parametrize(
    ("matrix", "tagged", "full", "height"),
    [
        *((1, True, False, 48), (5, True, False, 48), (1, True, True, 48)),
        *((5, False, False, 48), (1, False, False, 720)),
    ],
    ids=["709", "601", "709 full", "small and untold", "large and untold"],
)
def test_colours_are_those_that_were_filmed(matrix, tagged, full, height, tmp_path):
    image, colours = bars(64, height)
    path = film(tmp_path / "a.mp4", [image], [0], matrix=matrix, tagged=tagged, full=full)
    frame = next(open_clip(path).pictures())
    assert np.abs(at_bars(frame.image) - colours).max() <= 3


@pytest.mark.parametrize(("transfer", "level"), [(18, 138), (16, 181)], ids=["HLG", "PQ"])
def test_hdr_is_brought_to_a_usual_screen(transfer, level, tmp_path):
    """The middle of HLG is 0.25 of white, that of PQ 92 of 203 cd/m²: 138 and 181 in sRGB."""
    grey = Image.new("RGB", (64, 48), (128, 128, 128))
    path = film(tmp_path / "a.mp4", [grey], [0], matrix=9, transfer=transfer)
    image = next(open_clip(path).pictures()).image
    assert np.abs(np.asarray(image).astype(int) - level).max() <= 2


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((0, 1, -1, 0), Image.Transpose.ROTATE_270),
        ((-1, 0, 0, -1), Image.Transpose.ROTATE_180),
        ((0, -1, 1, 0), Image.Transpose.ROTATE_90),
        ((-1, 0, 0, 1), Image.Transpose.FLIP_LEFT_RIGHT),
    ],
)
def test_a_film_is_upright(matrix, turn, tmp_path):
    path = film(tmp_path / "a.mp4", [textured(64, 48)], [0])
    lying = next(open_clip(path).pictures()).image
    clip = open_clip(turned(path, matrix))
    upright = next(clip.pictures()).image
    assert clip.size == upright.size
    assert np.array_equal(np.asarray(upright), np.asarray(lying.transpose(turn)))


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_an_animation_has_its_frames(ending, tmp_path):
    images = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / f"clip.{ending}"
    images[0].save(path, save_all=True, append_images=images[1:], duration=[100, 300, 200])
    clip = open_clip(path)
    assert (clip.size, clip.frames, clip.sound) == ((40, 30), 3, False)
    assert clip.seconds == pytest.approx(0.6)
    frames = list(clip.pictures())
    assert [frame.seconds for frame in frames] == pytest.approx([0, 0.1, 0.4])
    for image, frame in zip(images, frames, strict=True):
        assert np.abs(np.asarray(frame.image).astype(int) - np.asarray(image)).max() <= 6


def test_sound_is_heard_of(tmp_path):
    assert open_clip(film(tmp_path / "a.mp4", [bars()[0]] * 3, [0, 0.1, 0.2], sound="aac")).sound


def text(path):
    path.write_text("#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nsecret.mp4\n")
    return path


def truncated(path):
    film(path, [textured(64, 48)] * 3, [0, 0.1, 0.2])
    path.write_bytes(path.read_bytes()[:600])
    return path


def still(path):
    bars()[0].save(path)
    return path


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (song, "a.mp4", "has no moving picture in it"),
        (truncated, "a.mp4", "is damaged, or no moving picture"),
        (text, "a.m3u8", "is damaged, or no moving picture"),  # it would read another file
        (still, "a.png", "is a single picture"),
        (still, "a.jpg", "is damaged, or no moving picture"),
        (lambda path: path, "a.mp4", "cannot be opened"),
        (lambda path: path.parent, "a.mp4", "is a folder"),
        (lambda path: None, "a.mp4", "is missing"),
    ],
)
def test_what_is_no_clip_is_refused_in_a_sentence(make, name, words, tmp_path):
    with pytest.raises(InputError, match=words) as caught:
        open_clip(make(tmp_path / name))
    assert str(caught.value).startswith("The clip ") and str(caught.value).endswith(".")


def test_what_is_damaged_later_is_refused_there(tmp_path):
    path = film(
        tmp_path / "a.mkv", [textured(64, 48, s) for s in range(30)], [s / 10 for s in range(30)]
    )
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : -2000] = bytes(len(data) - 2000 - len(data) // 2)
    path.write_bytes(data)
    frames = 0
    try:
        for _ in open_clip(path).pictures():
            frames += 1
    except InputError as error:
        assert error.code == "damaged"
    assert 0 < frames < 30


def test_what_is_damaged_amid_a_film_is_passed_over(tmp_path):
    times = [s / 10 for s in range(8)]
    path = film(tmp_path / "a.mp4", [textured(64, 48, s) for s in range(8)], times)
    with av.open(str(path)) as container:
        damaged = list(container.demux(container.streams.video[0]))[4]
    data = bytearray(path.read_bytes())
    data[damaged.pos : damaged.pos + damaged.size] = b"\xff" * damaged.size
    path.write_bytes(data)
    found = [round(frame.seconds, 3) for frame in open_clip(path).pictures()]
    assert found == times[:4] + times[5:]


def test_limits_hold_for_what_is_said_and_for_what_comes(tmp_path):
    path = film(tmp_path / "a.mkv", [bars()[0]] * 4, [0, 0.1, 0.2, 0.3])
    with pytest.raises(InputError, match=r"too long: 0\.2 s are the limit"):
        open_clip(path, most_seconds=0.2)
    with pytest.raises(InputError, match="too long: 2 frames are the limit"):
        open_clip(path, most_frames=2)
    clip = open_clip(path)
    lying = clips.Clip(**{**vars(clip), "most_frames": 2})
    with pytest.raises(InputError, match="2 frames are the limit"):
        list(lying.pictures())


def test_a_frame_that_is_not_later_is_left_out():
    frames = [clips.Frame(bars()[0], seconds) for seconds in (0, 0.1, 0.1, 0.05, 0.2)]
    assert [frame.seconds for frame in clips.advancing(iter(frames))] == [0, 0.1, 0.2]
