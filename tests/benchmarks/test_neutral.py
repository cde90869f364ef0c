"""The neutral measure reads 1, 0 and 1 for the photograph; the published recipe keeps its steps."""

import pytest
import torch
from torch import Tensor

from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import Yardstick
from benchmarks.quality.published import Average, Gaussian, scales, total_variation
from nst.pictures.tensors import to_tensor
from tests.conftest import waves

CONTENT, STYLE = waves(96, 64, 4, (0.9, 0.5, 0.2)), waves(80, 100, 19, (0.3, 0.8, 0.9))


@pytest.fixture(scope="module")
def reference() -> Reference:
    try:
        return load_reference("cpu")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))


def _yardstick(reference: Reference) -> tuple[Yardstick, Tensor, Tensor]:
    content, style = to_tensor(CONTENT), to_tensor(STYLE)
    return Yardstick(reference, content, style), content, style


def test_the_photograph_has_all_of_the_style_left_and_its_own_drawing(reference: Reference) -> None:
    yardstick, content, _ = _yardstick(reference)
    measured = yardstick.measure(content)
    assert all(left == 1 for left in measured.left.values())
    assert measured.style_left == 1
    assert measured.content == 0
    assert measured.edges == pytest.approx(1, abs=1e-6)


def test_the_painting_has_no_style_left_and_lost_the_drawing(reference: Reference) -> None:
    content = to_tensor(CONTENT)
    painting = to_tensor(waves(96, 64, 19, (0.3, 0.8, 0.9)))
    measured = Yardstick(reference, content, painting).measure(painting)
    assert measured.style_left == 0
    assert measured.content > 0.1
    assert measured.edges < 0.9


def test_scales_grow_by_the_root_of_two_and_end_at_the_size() -> None:
    assert scales(512) == [128, 181, 256, 362, 512]
    assert scales(128) == [128]
    assert scales(96) == [96]


def test_the_average_forgets_by_a_hundredth_and_starts_unbiased() -> None:
    average = Average(torch.tensor([2.0]))
    assert float(average.value) == pytest.approx(2)
    average.add(torch.tensor([3.0]))
    # (0.01 · 0.99 · 2 + 0.01 · 3) / (1 − 0.99²)
    assert float(average.value) == pytest.approx((0.0198 + 0.03) / 0.0199)


def test_the_distance_of_gaussians_by_hand() -> None:
    """Two independent channels: squared differences of means and of standard deviations."""
    one = torch.tensor([[[[0.0, 2, 0, 2]], [[0.0, 0, 4, 4]]]])  # deviations 1, 2; means 1, 2
    two = torch.tensor([[[[0.0, 6, 0, 6]], [[0.0, 0, 2, 2]]]])  # deviations 3, 1; means 3, 1
    distance = float(Gaussian.of(one).distance(two))
    assert distance == pytest.approx((4 + 1) / 2 + (4 + 1) / 2, rel=1e-3)
    assert float(Gaussian.of(one).distance(one)) == pytest.approx(0, abs=1e-4)


def test_total_variation_by_hand() -> None:
    image = torch.tensor([[[[0.0, 1], [0, 3]]]])
    # down: 0, 2; across: 1, 3; squared 4 + 1 + 9 over four numbers
    assert float(total_variation(image)) == pytest.approx(14 / 4)
