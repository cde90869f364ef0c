import pytest
import torch

from nst.losses import Metric, content_loss, gram_matrix, in_metric, moments, style_loss
from nst.targets import ContentTarget, StyleTarget


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


def test_the_style_loss_is_that_of_the_losses_with_its_gradient(metric, pictures):
    gram, mean = (part.requires_grad_() for part in moments(pictures[0]))
    loss, by_gram, by_mean = StyleTarget.of(*moments(pictures[1]), metric).compare(gram, mean)
    expected = style_loss(in_metric(gram, mean, metric), gram_matrix(pictures[1], metric))
    assert loss.item() == pytest.approx(expected.item())
    slopes = torch.autograd.grad(expected, [gram, mean], allow_unused=True)
    assert torch.allclose(by_gram, slopes[0])
    assert by_mean is slopes[1] is None or torch.allclose(by_mean, slopes[1])


def test_style_by_hand():
    # Of one channel: (3 - 1)² over 1².
    target = StyleTarget.of(torch.ones(1, 1, 1), None, None)
    loss, slope, mean = target.compare(torch.full((1, 1, 1), 3.0), None)
    assert (loss.item(), slope.item(), mean) == (4.0, 4.0, None)


def test_a_black_target_gives_finite_losses(metric):
    black = torch.zeros(1, 4, 3, 3, dtype=torch.float64)
    loss, slope, _ = StyleTarget.of(*moments(black), None).compare(*moments(black + 1))
    assert torch.isfinite(loss) and torch.isfinite(slope).all()
    assert torch.isfinite(ContentTarget.of(black, None).slope).all()
