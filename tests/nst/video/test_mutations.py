"""Damaged clips into FFmpeg, which runs in this process: frames within limits, or a sentence."""

import random
from fractions import Fraction

import pytest

from nst.specs import InputError
from nst.video.reading import open_clip
from tests.nst.pictures.test_mutations import mutated
from tests.nst.video.clips import bars, film

KINDS = (("a.mp4", "libx264", "aac"), ("b.webm", "libvpx-vp9", "libopus"), ("c.mkv", "mpeg4", ""))
MOST = 40


@pytest.mark.parametrize(("name", "codec", "sound"), KINDS)
def test_a_mutated_clip_gives_frames_or_a_sentence(name, codec, sound, tmp_path):
    image, _ = bars()
    times = [0.0, 0.1, 0.2, 0.3]
    options = {"sound": sound, "codec": codec, "tick": Fraction(1, 1000)}
    whole = film(tmp_path / name, [image] * 4, times, **options).read_bytes()
    draw, path, read = random.Random(0), tmp_path / f"mutated-{name}", 0
    for number in range(150):
        # Every third is cut off somewhere, as an upload that broke is.
        cut = draw.randrange(len(whole)) if number % 3 == 0 else len(whole)
        path.write_bytes(mutated(whole, draw)[:cut])
        try:
            frames = list(open_clip(path, most_seconds=10, most_frames=MOST).pictures())
        except InputError as error:
            assert str(error).startswith("The clip ") and str(error).count("\n") == 0
        else:
            read += len(frames)
            assert len(frames) <= MOST and all(f.image.mode == "RGB" for f in frames)
    assert read
