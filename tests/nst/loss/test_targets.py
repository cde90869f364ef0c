import pytest
import torch

from nst.loss.content import ContentTarget
from nst.loss.gatys import content_loss, gram_matrix
from nst.loss.moments import moments


def test_the_content_loss_is_that_of_the_losses_with_its_gradient(metric, pictures):
    x, target = pictures
    gram = gram_matrix(x - target).requires_grad_()
    content = ContentTarget.of(*moments(target), metric)
    loss = content.loss(gram)
    assert loss.item() == pytest.approx(content_loss(x, target, metric).item())
    (expected,) = torch.autograd.grad(loss, gram)
    assert torch.allclose(content.slope, expected)


def test_a_black_target_gives_a_finite_loss():
    black = torch.zeros(1, 4, 3, 3, dtype=torch.float64)
    assert torch.isfinite(ContentTarget.of(*moments(black), None).slope).all()
