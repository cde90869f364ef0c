"""The temporal loss: by hand, its gradient by finite differences, and around an objective."""

import pytest
import torch

from nst import Settings
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.loss.temporal import Steady, add_temporal


def test_the_loss_by_hand():
    image = torch.tensor([1.0, 2.0, 5.0, 0.0]).view(1, 1, 2, 2)
    before = torch.tensor([1.0, 0.0, 2.0, 4.0]).view(1, 1, 2, 2)
    seen = torch.tensor([1.0, 1.0, 0.5, 0.0]).view(1, 1, 2, 2)
    gradient = torch.ones(1, 1, 2, 2)
    loss = add_temporal(gradient, image, before, seen)
    assert loss.item() == pytest.approx((0 + 4 + 0.5 * 9 + 0) / 4)
    # 1, and twice c times the difference, over 4.
    assert gradient.flatten().tolist() == pytest.approx([1, 2, 1.75, 1])


def test_the_gradient_is_that_of_finite_differences():
    torch.manual_seed(0)
    image, before = (torch.rand(1, 3, 4, 5, dtype=torch.float64) for _ in range(2))
    seen = torch.rand(1, 1, 4, 5, dtype=torch.float64)
    gradient = torch.zeros_like(image)
    add_temporal(gradient, image, before, seen)
    for place in [(0, 0, 0, 0), (0, 2, 3, 1), (0, 1, 2, 4)]:
        ends = []
        for step in (1e-5, -1e-5):
            moved = image.clone()
            moved[place] += step
            ends.append(add_temporal(torch.zeros_like(moved), moved, before, seen).item())
        assert gradient[place].item() == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-6)


def test_it_is_added_to_an_objective_in_both_ways(tiny):
    torch.manual_seed(0)
    content, before, image = (torch.rand(1, 3, 32, 32) for _ in range(3))
    seen = torch.rand(1, 1, 32, 32)
    objective = Objective(tiny, content, everywhere(content.flip(2)), Settings())
    steady = Steady(objective, before, seen)
    loss, gradient, losses = objective.evaluate(image)
    added = add_temporal(gradient, image, before, seen)
    with_it = steady.evaluate(image)
    assert with_it[0] == pytest.approx(loss + float(added), rel=1e-6)
    assert torch.allclose(with_it[1], gradient) and with_it[2] == losses
    numbers, measured = steady.measure(image)
    assert numbers.tolist() == pytest.approx([with_it[0], *vars(losses).values()], rel=1e-6)
    assert torch.allclose(measured, gradient)
    assert steady.picture(image) is image
