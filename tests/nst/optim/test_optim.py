import itertools
import math

import pytest
import torch

from nst.optim.adam import ProjectedAdam
from nst.optim.halved import history_of
from nst.optim.history import HISTORY, History
from nst.optim.lbfgs import FIRST_STEP, LONGEST_STEP, ProjectedLBFGS

SHAPE = (1, 3, 6, 5)


def quadratic(seed=0, condition=100.0):
    """A convex loss over pictures, its minimum inside [0, 1]; returns (loss, minimum)."""
    generator = torch.Generator().manual_seed(seed)
    minimum = 0.2 + 0.6 * torch.rand(SHAPE, generator=generator)
    size = minimum.numel()
    basis, _ = torch.linalg.qr(torch.randn(size, size, generator=generator))
    curvature = basis @ torch.diag(torch.logspace(0, math.log10(condition), size)) @ basis.T

    def loss(x):
        d = (x - minimum).flatten()
        return 0.5 * d @ curvature @ d

    return loss, minimum


def run(optimiser, loss, iterations, scale=1.0):
    """Evaluate and step `iterations` times; returns the pictures evaluated and their losses."""
    images, losses = [], []
    for _ in range(iterations):
        x = optimiser.image.clone().requires_grad_()
        value = loss(x) * scale
        (gradient,) = torch.autograd.grad(value, x)
        images.append(optimiser.image)
        losses.append(value.item() / scale)
        optimiser.step(value.item(), gradient)
    return images, losses


def test_lbfgs_solves_a_quadratic():
    loss, minimum = quadratic()
    images, losses = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 80)
    assert losses[-1] < 1e-4 * losses[0]
    assert torch.allclose(images[-1], minimum, atol=0.02)


def test_lbfgs_beats_adam():
    loss, _ = quadratic()
    ours = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 60)[1]
    adam = run(ProjectedAdam(torch.full(SHAPE, 0.5)), loss, 60)[1]
    assert min(ours) < min(adam)


@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1e4])
def test_lbfgs_does_not_care_for_the_scale_of_the_loss(scale):
    loss, _ = quadratic()
    plain, _ = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 30)
    scaled, _ = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 30, scale)
    for a, b in zip(plain, scaled, strict=True):
        assert torch.allclose(a, b, atol=1e-3)


@pytest.mark.parametrize("kind", [ProjectedLBFGS, ProjectedAdam])
def test_pictures_stay_in_the_box_and_reach_a_minimum_at_its_bounds(kind):
    target = torch.linspace(-0.5, 1.5, math.prod(SHAPE)).view(SHAPE)
    weights = torch.linspace(1, 9, math.prod(SHAPE)).view(SHAPE)
    images, _ = run(
        kind(torch.full(SHAPE, 0.5)), lambda x: (weights * (x - target) ** 2).sum(), 120
    )
    assert all(image.min() >= 0 and image.max() <= 1 for image in images)
    assert torch.allclose(images[-1], target.clamp(0, 1), atol=0.02)


def test_the_first_step_and_the_longest_step():
    loss, _ = quadratic()
    images, _ = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 12)
    sizes = [(b - a).square().mean().sqrt().item() for a, b in itertools.pairwise(images)]
    assert sizes[0] == pytest.approx(FIRST_STEP, rel=1e-4)
    assert max(sizes) <= LONGEST_STEP * 1.001


@pytest.mark.parametrize("kind", [ProjectedLBFGS, ProjectedAdam])
def test_no_gradient_no_move(kind):
    optimiser = kind(torch.full(SHAPE, 0.25))
    for _ in range(3):
        optimiser.step(0.0, torch.zeros(SHAPE))
    assert torch.equal(optimiser.image, torch.full(SHAPE, 0.25))


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e9])
def test_a_step_that_explodes_is_taken_back(bad):
    loss, _ = quadratic()
    optimiser = ProjectedLBFGS(torch.full(SHAPE, 0.5))
    good, _ = run(optimiser, loss, 5)
    optimiser.step(bad, torch.full(SHAPE, bad))
    assert torch.isfinite(optimiser.image).all()
    # It starts over near the last good picture, with a step smaller than any first step.
    assert (optimiser.image - good[-1]).square().mean().sqrt() < 2 * LONGEST_STEP
    _, losses = run(optimiser, loss, 60)
    assert losses[-1] < 0.01 * losses[0]


@pytest.mark.parametrize("kind", [ProjectedLBFGS, ProjectedAdam])
def test_the_start_and_pictures_already_given_are_never_changed(kind):
    loss, _ = quadratic()
    start = torch.full(SHAPE, 0.5)
    optimiser = kind(start)
    images, _ = run(optimiser, loss, 3)
    copies = [image.clone() for image in images]
    run(optimiser, loss, 3)
    assert torch.equal(start, torch.full(SHAPE, 0.5))
    assert all(torch.equal(a, b) for a, b in zip(images, copies, strict=True))


@pytest.mark.parametrize("scale", [2.0**-13, 2.0**13])
def test_scaling_the_loss_by_a_power_of_two_changes_not_one_bit(scale):
    loss, _ = quadratic(seed=1)
    plain, _ = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 40)
    scaled, _ = run(ProjectedLBFGS(torch.full(SHAPE, 0.5)), loss, 40, scale)
    assert all(torch.equal(a, b) for a, b in zip(plain, scaled, strict=True))


def two_loops(pairs, gradient, diagonal, boldness):
    """The recursion of Nocedal & Wright 2006, algorithm 7.4, on whole vectors."""
    q, alphas = gradient, []
    for s, y in reversed(pairs):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    s, y = pairs[-1]
    short, long = s @ y / (y @ (diagonal * y)), s @ (s / diagonal) / (s @ y)
    q = diagonal * q * short ** (1 - boldness) * long**boldness
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        q = q + s * (alpha - (y @ q) / (s @ y))
    return -q


@pytest.mark.parametrize("count", [1, 5, HISTORY + 7])
@pytest.mark.parametrize("boldness", [0.0, 0.5])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_the_recursion_on_coefficients_is_the_recursion_on_vectors(
    count, boldness, kind, monkeypatch
):
    monkeypatch.setattr("nst.optim.halved.CHUNK", 100)
    monkeypatch.setattr("nst.optim.halved.HALVED_PIXELS", 0 if kind == torch.bfloat16 else 10**9)
    generator = torch.Generator().manual_seed(count)
    memory, pairs = history_of(torch.zeros(SHAPE)), []
    for number in range(count):
        s, zero = torch.randn(SHAPE, generator=generator), torch.zeros(SHAPE)
        y = s + 0.3 * torch.randn(SHAPE, generator=generator)
        if number == 3:
            memory.add((s, zero), (-y, zero))  # negative curvature: not remembered
            memory.direction(s.clone(), torch.ones(SHAPE), boldness)
        memory.add((s, zero), (y, zero))
        if number < count - 1:
            memory.direction(s.clone(), torch.ones(SHAPE), boldness)
        pairs.append((s.flatten().to(kind).double(), y.flatten().to(kind).double()))
    gradient, diagonal = torch.randn(SHAPE, generator=generator), 0.5 + torch.rand(SHAPE)
    vectors = gradient.flatten().double(), diagonal.flatten().double()
    expected = two_loops(pairs[-HISTORY:], *vectors, boldness)
    direction = memory.direction(gradient, diagonal, boldness)
    assert torch.allclose(direction.flatten().double(), expected, rtol=1e-3, atol=1e-4)


def test_an_empty_memory_knows_no_direction():
    memory = History(torch.zeros(SHAPE))
    assert memory.direction(torch.ones(SHAPE), torch.ones(SHAPE), 0.5) is None
    one, zero = torch.ones(SHAPE), torch.zeros(SHAPE)
    memory.add((one, zero), (zero, one))
    assert memory.direction(torch.ones(SHAPE), torch.ones(SHAPE), 0.5) is None


@pytest.mark.parametrize("kind", [ProjectedLBFGS, ProjectedAdam])
def test_a_retreat_goes_back_and_on_with_smaller_steps(kind):
    loss, _ = quadratic()
    optimiser = kind(torch.full(SHAPE, 0.5))
    optimiser.retreat()  # nothing to go back to: it stays
    assert torch.equal(optimiser.image, torch.full(SHAPE, 0.5))
    run(optimiser, loss, 4)
    good, losses = run(optimiser, loss, 1)
    optimiser.retreat()
    assert (optimiser.image - good[-1]).square().mean().sqrt() < FIRST_STEP
    _, more = run(optimiser, loss, 40)
    assert more[-1] < losses[-1]
