"""How training steps are taken: Muon as torch's, and a rate that rises, stays and falls."""

import pytest
import torch

from training.common.optimisers import DECAY, WARM_UP, Muon, learning_rate, orthogonal


@pytest.mark.parametrize("shape", [(12, 7), (7, 12)])
def test_muon_steps_as_torchs(shape):
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(shape, generator=generator)
    ours, theirs = (torch.nn.Parameter(start.clone()) for _ in range(2))
    optimisers = Muon([ours], lr=0.1), torch.optim.Muon([theirs], lr=0.1, weight_decay=DECAY)
    for _ in range(3):
        gradient = torch.randn(shape, generator=generator)
        for matrix, optimiser in zip((ours, theirs), optimisers, strict=True):
            matrix.grad = gradient.clone()
            optimiser.step()
    # Theirs is rounded to bfloat16 on the way, more often on processors with units for it.
    assert (ours - theirs).norm() < 0.05 * (ours - start).norm()


def test_singular_values_become_about_one():
    values = torch.linalg.svdvals(orthogonal(torch.diag(torch.tensor([5.0, 1.0, 0.2]))))
    assert (values > 0.6).all() and (values < 1.3).all()


def test_the_rate_rises_stays_and_falls_to_nothing():
    rates = [learning_rate(step, 10_000) for step in (0, WARM_UP // 2, WARM_UP, 1000, 5500, 10_000)]
    assert rates == pytest.approx([0, 0.5, 1, 1, 0.5, 0])
