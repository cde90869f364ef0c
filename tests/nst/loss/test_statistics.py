"""The style statistics: numbers by hand, gradients against autograd, and pictures at the edges."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch

from nst import InputError, Settings, stylize
from nst.loss.gatys import gram_matrix, in_metric, style_loss
from nst.loss.gram import Gram
from nst.loss.moments import moments
from nst.loss.statistic import ANCHORS, Compared, effort, statistic_of, strength_of
from nst.loss.wasserstein import Wasserstein, covariance_of, inverse_root_by_products
from nst.settings import SPECS, STYLE_LOSSES


def in_gram_of(metric, gram, mean):
    """The moments in a metric: covariance and mean."""
    affine = torch.eye(4).double() if metric is None else metric.weight
    bias = 0 if metric is None else metric.bias
    return affine @ covariance_of(gram, mean)[0] @ affine.T, mean[0] @ affine.T + bias


def distance(metric, given, target):
    """The Wasserstein distance as the textbook has it, by autograd, with the ridge on both."""
    (c, m), (t, n) = in_gram_of(metric, *given), in_gram_of(metric, *target)
    rank = 4  # of the metric: covariances have no more directions
    values, vectors = torch.linalg.eigh(t)
    values, vectors = values[-rank:], vectors[:, -rank:]
    affine_mean = n - (0 if metric is None else metric.bias)
    ridge = 1e-3 * values.mean() + 1e-4 * affine_mean.square().sum() / rank
    values = values + ridge
    root = vectors * values.sqrt() @ vectors.T
    both = vectors.T @ root @ c @ root @ vectors + ridge * torch.diag(values)
    shared = torch.linalg.eigvalsh(both).sqrt().sum()
    own = torch.trace(c) + rank * ridge + values.sum()
    return ((m - n).square().sum() + own - 2 * shared) / values.sum()


def test_the_wasserstein_loss_and_its_gradient_are_autograds(metric, pictures):
    gram, mean = (part.requires_grad_() for part in moments(pictures[0]))
    target = moments(pictures[1])
    loss, by_gram, by_mean = Wasserstein.of(*target, metric).compare(gram.detach(), mean.detach())
    expected = distance(metric, (gram, mean), target)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-9)
    slopes = torch.autograd.grad(expected, [gram, mean])
    symmetric = (slopes[0] + slopes[0].mT) / 2
    assert (by_gram - symmetric).norm() < 1e-6 * symmetric.norm()
    assert (by_mean - slopes[1]).norm() < 1e-6 * slopes[1].norm()


def test_the_gram_loss_is_that_of_the_losses_with_its_gradient(metric, pictures):
    gram, mean = (part.requires_grad_() for part in moments(pictures[0]))
    loss, by_gram, by_mean = Gram.of(*moments(pictures[1]), metric).compare(gram, mean)
    expected = style_loss(in_metric(gram, mean, metric), gram_matrix(pictures[1], metric))
    assert loss.item() == pytest.approx(expected.item())
    slopes = torch.autograd.grad(expected, [gram, mean], allow_unused=True)
    assert torch.allclose(by_gram, slopes[0])
    assert by_mean is slopes[1] is None or torch.allclose(by_mean, slopes[1])


def test_gram_by_hand():
    # Of one channel: (3 - 1)² over 1².
    target = Gram.of(torch.ones(1, 1, 1), None, None)
    loss, slope, mean = target.compare(torch.full((1, 1, 1), 3.0), None)
    assert (loss.item(), slope.item(), mean) == (4.0, 4.0, None)


def test_wasserstein_by_hand():
    # One channel: N(3, 4) to N(1, 1) is (3 - 1)² + (2 - 1)², over the style's variance of 1.
    target = Wasserstein.of(torch.tensor([[[2.0]]]), torch.tensor([[1.0]]), None)
    loss, by_gram, by_mean = target.compare(torch.tensor([[[13.0]]]), torch.tensor([[3.0]]))
    assert loss.item() == pytest.approx(5, rel=5e-3)  # the ridge is a thousandth of the variance
    # d/dC (√C - 1)² = 1 - 1/√C = ½; d/dm = 2 (3 - 1) - 2 · ½ · 3.
    assert by_gram.item() == pytest.approx(0.5, rel=5e-3)
    assert by_mean.item() == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_equal_moments_are_no_distance_apart(name, metric, pictures):
    same = moments(pictures[0])
    loss, by_gram, by_mean = statistic_of(name).of(*same, metric).compare(*same)
    assert abs(loss.item()) < 1e-9 and by_gram.abs().max() < 1e-6
    assert by_mean is None or by_mean.abs().max() < 1e-6


EDGES = {
    "flat": torch.full((1, 4, 8, 8), 0.3),
    "black": torch.zeros(1, 4, 8, 8),
    "two colours": torch.tensor([0.1, 0.9]).repeat(32).view(1, 1, 8, 8).expand(1, 4, 8, 8),
    "one direction": torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(2))
    * torch.tensor([1.0, 2, 3, 4]).view(1, 4, 1, 1),
    "few pixels": torch.rand(1, 4, 1, 2, generator=torch.Generator().manual_seed(3)),
    "ordinary": torch.rand(1, 4, 8, 8, generator=torch.Generator().manual_seed(4)),
}


@pytest.mark.parametrize("name", STYLE_LOSSES)
@pytest.mark.parametrize("style", EDGES)
@pytest.mark.parametrize("picture", EDGES)
def test_pictures_at_the_edges_have_finite_losses(name, style, picture):
    target = statistic_of(name).of(*moments(EDGES[style]), None)
    compared = target.compare(*moments(EDGES[picture]))
    assert all(part is None or torch.isfinite(part).all() for part in compared)
    assert compared.loss > -1e-3
    assert compared.loss.dtype == compared.by_gram.dtype == torch.float32


@pytest.mark.parametrize("size", [2, 33, 128])
def test_products_make_the_root_that_eigenvectors_make(size):
    generator = torch.Generator().manual_seed(size)
    basis = torch.linalg.qr(torch.randn(size, size, generator=generator).double()).Q
    values = torch.logspace(0, -4, size).double()
    matrix = (basis * values @ basis.T)[None]
    expected = basis * values.rsqrt() @ basis.T
    for dtype, tolerance in ((torch.float64, 0.01), (torch.float32, 0.02)):
        inverse = inverse_root_by_products(matrix.to(dtype))[0].double()
        assert (inverse - expected).norm() < tolerance * expected.norm()


def test_products_bear_a_matrix_that_rounding_has_made_indefinite():
    matrix = torch.diag(torch.tensor([1.0, 0.5, -1e-7, 0.0]))[None]
    assert torch.isfinite(inverse_root_by_products(matrix)).all()


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_strengths_mean_more_and_more(name):
    efforts = [effort(name, strength) for strength in range(101)]
    assert efforts[0] == 0 and efforts[-1] == 100
    assert efforts == sorted(set(efforts))
    assert [effort(name, s) for s in ANCHORS] == list(statistic_of(name).efforts)


@pytest.mark.parametrize("old", [0, 1, 12.5, 33.3, 50, 75, 99.9, 100])
def test_efforts_come_back_exactly_from_their_strengths(old):
    assert effort("gram", strength_of("gram", old)) == old


@dataclass(frozen=True)
class MeansAlone:
    """A toy statistic: how far the mean is."""

    efforts: ClassVar = ANCHORS
    content_layers: ClassVar = (("relu3_3",),)
    needs_mean: ClassVar = True
    mean_of: ClassVar = staticmethod(Wasserstein.mean_of)

    mean: torch.Tensor

    @classmethod
    def of(cls, gram, mean, metric):
        return cls(mean)

    def compare(self, gram, mean):
        away = mean - self.mean
        return Compared(away.square().sum(), torch.zeros_like(gram), 2 * away)


def test_a_third_statistic_costs_a_class_and_a_line(monkeypatch, tiny, content, style):
    here = f"{__name__}:MeansAlone"
    monkeypatch.setattr("nst.loss.statistic.STYLE_LOSSES", {**STYLE_LOSSES, "means": here})
    # What the line in `STYLE_LOSSES` does at import.
    choices = (*SPECS["style_loss"].choices, "means")
    monkeypatch.setitem(SPECS["style_loss"].__dict__, "choices", choices)
    settings = Settings(style_loss="means", size=64, iterations=20, style_strength=90)
    first, *_, last = stylize(content, style, settings, features=tiny)
    assert last.style_loss < 0.5 * first.style_loss


def test_a_state_of_another_loss_is_refused(tiny, content, style):
    settings = Settings(size=64, iterations=3)
    *_, last = stylize(content, style, settings, features=tiny)
    other = Settings(size=64, iterations=3, style_loss="gram")
    with pytest.raises(InputError, match="its style_loss changed"):
        stylize(content, style, other, features=tiny, state=last.state)
