"""What is known of a clip: the size that it is painted at."""

import pytest
from PIL import Image

from nst import InputError
from nst.video.clip import result_size
from tests.nst.video.clips import clip_of


@pytest.mark.parametrize(
    ("size", "longest", "result"),
    [((640, 360), 512, (512, 288)), ((100, 75), 64, (64, 48)), ((99, 67), 65, (66, 44))],
)
def test_results_have_even_sides(size, longest, result):
    assert result_size(clip_of([Image.new("RGB", size)]), longest) == result


def test_a_narrow_clip_is_refused():
    with pytest.raises(InputError, match="The clip is too narrow for size 64"):
        result_size(clip_of([Image.new("RGB", (400, 40))]), 64)
