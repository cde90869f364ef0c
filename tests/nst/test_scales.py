"""The scales of a run, by hand."""

import pytest

from nst.scales import coarse_to_fine, plan
from nst.settings import Settings


@pytest.mark.parametrize(
    ("size", "iterations", "longest"),
    [
        ((256, 200), 100, [256]),
        ((512, 400), 200, [256, 512]),
        ((1024, 700), 200, [256, 512, 1024]),
        ((512, 400), 15, [512]),
        ((1024, 70), 200, [1024]),
        ((64, 64), 1, [64]),
    ],
)
def test_scales(size, iterations, longest):
    scales = coarse_to_fine(size, iterations)
    assert [max(scale.size) for scale in scales] == longest
    assert scales[-1].size == size
    assert sum(scale.iterations for scale in scales) == iterations
    counts = [scale.iterations for scale in scales]
    assert counts == sorted(counts, reverse=True)  # most of them where they are cheap


@pytest.mark.parametrize(
    ("size", "start", "iterations", "longest"),
    [
        ((4096, 2731), (512, 341), 100, [1024, 2048, 4096]),
        ((4096, 2731), (1024, 683), 100, [2048, 4096]),
        ((4096, 2731), (720, 480), 100, [1024, 2048, 4096]),
        ((4096, 2731), (730, 487), 100, [2048, 4096]),  # 1024 is not clearly larger
        ((4096, 2731), (64, 43), 100, [256, 512, 1024, 2048, 4096]),
        ((4096, 2731), (512, 341), 25, [2048, 4096]),
        ((192, 128), (96, 64), 100, [192]),
        ((600, 400), (512, 341), 100, [600]),
        ((512, 341), (512, 341), 100, [512]),
        ((512, 341), (4000, 2667), 100, [512]),
        # Of another shape it is cropped to 512 × 341, the larger of both.
        ((4096, 2731), (512, 900), 100, [1024, 2048, 4096]),
        ((1365, 4096), (512, 512), 100, [1024, 2048, 4096]),
        ((4096, 2731), None, 100, [4096]),  # it may be as large as that
    ],
)
def test_from_a_picture_the_scales_are_larger_than_that(size, start, iterations, longest):
    settings = Settings(iterations=iterations, size=max(size), init="image")
    scales = plan(size, settings, start=start)
    assert [max(scale.size) for scale in scales] == longest
    assert scales[-1].size == size
    assert sum(scale.iterations for scale in scales) == iterations


def test_a_run_that_goes_on_has_no_coarser_scale():
    for init in ("content", "image"):
        (scale,) = plan((1024, 683), Settings(init=init), goes_on=True, start=(64, 43))
        assert scale.size == (1024, 683) and scale.iterations == Settings().iterations
