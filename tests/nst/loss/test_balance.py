import math

import pytest
import torch

from nst.loss.balance import LEAST_START, STIFFNESS, RemainingStyle, WeightedSum


def value(balance, content, style):
    return float(balance(torch.tensor(content), torch.tensor(style)).loss)


def test_the_weighted_sum_by_hand():
    assert value(WeightedSum(2.0, 30.0), 0.5, 0.1) == pytest.approx(4.0)


def test_the_share_falls_from_1_evenly_on_a_curve():
    shares = [RemainingStyle(t, 1.0).share for t in range(0, 101, 10)]
    assert shares[0] == 1 and shares == sorted(shares, reverse=True)
    # Half way: 0.003 to the power of 1 - 0.5 ** 1.75.
    assert shares[5] == pytest.approx(math.exp(math.log(0.003) * (1 - 0.5**1.75)))


def test_nothing_is_asked_of_a_style_loss_that_is_small_enough():
    balance = RemainingStyle(50, 4.0)
    content_weight = 1 - 0.5**8
    assert value(balance, 0.3, 0.9 * 4 * balance.share) == pytest.approx(0.3 * content_weight)
    # One e-fold too much costs half the stiffness.
    over = value(balance, 0.3, math.e * 4 * balance.share)
    assert over == pytest.approx(0.3 * content_weight + STIFFNESS / 2, rel=1e-5)


def test_strength_0_wants_the_content_and_strength_100_the_style_alone():
    assert value(RemainingStyle(0, 1.0), 0.2, 1.0) == pytest.approx(0.2)
    alone = RemainingStyle(100, 1.0)
    assert value(alone, 0.2, 0.5) == value(alone, 5.0, 0.5)


@pytest.mark.parametrize("start", [0.0, LEAST_START / 10])
def test_a_picture_in_its_own_style_has_a_finite_derivative(start):
    loss, _, by_style = RemainingStyle(50, start)(torch.zeros(()), torch.zeros(()))
    assert loss.item() == 0 and by_style.item() == 0


@pytest.mark.parametrize("balance", [WeightedSum(2.0, 30.0), RemainingStyle(60, 3.0)])
@pytest.mark.parametrize("style", [2.0, 0.5, 0.001])
def test_the_derivatives_are_autograds(balance, style):
    parts = [torch.tensor(x, requires_grad=True) for x in (0.4, style)]
    loss, *derivatives = balance(*parts)
    expected = torch.autograd.grad(loss, parts)
    assert [torch.as_tensor(x).item() for x in derivatives] == pytest.approx(
        [x.item() for x in expected]
    )
