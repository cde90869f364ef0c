"""What the page keeps of a run."""

import io
import itertools

import pytest
from PIL import Image

from web.runs.kept.record import COMPARED, LONGEST, MOST_FRAMES, Record
from web.runs.progress import Progress


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    Image.new("RGBA", (1600, 400), (255, 0, 0, 128)).save(path)
    return str(path)


def test_it_keeps_the_first_picture_and_the_last(picture, tmp_path):
    other = tmp_path / "other.jpg"
    Image.new("RGB", (1600, 400), "blue").save(other)
    record = Record({})
    record.add(picture, Progress(iteration=0, total=9, done=False))
    record.add(str(other), Progress(iteration=1, total=9, done=True))
    assert record.latest.iteration == 1
    assert record.before != record.after and len(record.frames) == len(record.points) == 2
    assert _size(record.after) == (COMPARED, COMPARED // 4)
    assert _size(record.frames[0]) == (LONGEST, LONGEST // 4)


def test_a_long_run_is_thinned_out_evenly(tmp_path):
    path = tmp_path / "small.jpg"
    Image.new("RGB", (8, 8)).save(path)
    record, last = Record({}), 5 * MOST_FRAMES
    for iteration in range(last + 1):
        record.add(str(path), Progress(iteration=iteration, total=9, done=iteration == last))
    kept = [point.iteration for point in record.points]
    assert MOST_FRAMES / 2 < len(kept) <= MOST_FRAMES and len(record.frames) == len(kept)
    assert kept[0] == 0 and kept[-1] == last
    assert {b - a for a, b in itertools.pairwise(kept)} == {8}


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.size
