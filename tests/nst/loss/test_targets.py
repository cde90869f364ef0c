import pytest
import torch

from nst.features.metric import Metric
from nst.loss.content import ContentTarget
from nst.loss.gatys import content_loss, gram_matrix


@pytest.fixture(params=[False, True], ids=["plain", "metric"])
def metric(request):
    generator = torch.Generator().manual_seed(0)
    weight, bias = (torch.randn(*s, generator=generator).double() for s in ((6, 4), (6,)))
    return Metric(weight, bias) if request.param else None


@pytest.fixture
def pictures():
    """Two pictures' activations (1, 4, 7, 5)."""
    generator = torch.Generator().manual_seed(1)
    return torch.rand(2, 1, 4, 7, 5, generator=generator, dtype=torch.float64)


def test_the_content_loss_is_that_of_the_losses_with_its_gradient(metric, pictures):
    x, target = pictures
    gram = gram_matrix(x - target).requires_grad_()
    content = ContentTarget.of(target, metric)
    loss = content.loss(gram)
    assert loss.item() == pytest.approx(content_loss(x, target, metric).item())
    (expected,) = torch.autograd.grad(loss, gram)
    assert torch.allclose(content.slope, expected)


def test_a_black_target_gives_a_finite_loss():
    black = torch.zeros(1, 4, 3, 3, dtype=torch.float64)
    assert torch.isfinite(ContentTarget.of(black, None).slope).all()
