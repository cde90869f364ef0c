"""L-BFGS with all that it decides on the device: the same as the one that a processor steers."""

import copy
import math

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from nst import Settings
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.optim.lbfgs import ProjectedLBFGS
from nst.optim.resident import ResidentLBFGS

SHAPE = (1, 3, 12, 10)
WORSE, UNHEARD_OF, TURNED = 25, 40, 55
"""Evaluations of `walk` that give a loss that is too high, none at all, and a gradient
that falls where it should rise: no pair to remember."""


def hilly(dtype):
    """A loss over pictures that is not convex, and lowest where many pixels are at a bound."""
    generator = torch.Generator().manual_seed(0)
    size = math.prod(SHAPE)
    turns = torch.randn(size, size, generator=generator).to(dtype) / size**0.5
    pulls = torch.randn(size, generator=generator).to(dtype)

    def evaluate(image):
        x = image.flatten().clone().requires_grad_()
        z = turns @ (4 * x - 2)
        loss = (torch.sin(2 * z) + 0.3 * (z - pulls).square()).sum() + 3 * x @ pulls + 500
        (gradient,) = torch.autograd.grad(loss, x)
        return loss.item(), gradient.view(SHAPE)

    return evaluate


def walk(evaluate, optimizers, count):
    """Have all optimisers make the steps of the first one, and yield after each."""
    last = optimizers[0].image, torch.zeros(SHAPE)
    for number in range(count):
        image = optimizers[0].image
        loss, gradient = evaluate(image)
        if number == WORSE:
            loss *= 5
        if number == TURNED:
            gradient = last[1] - (image - last[0])
        last = image, gradient
        for optimizer in optimizers:
            if number == UNHEARD_OF:
                optimizer.retreat()
            else:
                optimizer.step(loss, gradient)
        yield number


@pytest.mark.parametrize(("dtype", "most"), [(torch.float64, 1e-12), (torch.float32, 2e-5)])
def test_the_way_is_the_one_that_a_processor_takes(dtype, most):
    start = torch.full(SHAPE, 0.5, dtype=dtype)
    plain, resident = ProjectedLBFGS(start), ResidentLBFGS(start)
    counts, bounded = [], 0.0
    for _ in walk(hilly(dtype), (plain, resident), 90):
        assert (resident.image - plain.image).abs().max() < most
        assert resident._boldness == pytest.approx(plain._boldness, rel=1e-6)
        assert resident._first_step == pytest.approx(plain._first_step)
        counts.append(len(plain._memory._slots))
        assert resident._memory.count == counts[-1]
        bounded = max(bounded, ((plain.image == 0) | (plain.image == 1)).double().mean().item())
    # It had to go back twice and to reject a pair, a full memory, and pixels at bounds.
    assert counts[WORSE] == counts[UNHEARD_OF] == 0 and counts[WORSE - 1] == 10
    assert (counts[TURNED - 1], counts[TURNED], counts[TURNED + 1]) == (10, 9, 10)
    assert bounded > 0.1


@pytest.mark.parametrize("loss", ["wasserstein", "gram"])
def test_a_picture_is_painted_as_by_the_other(loss, tiny):
    content, style = torch.rand(2, 1, 3, 48, 40, generator=torch.Generator().manual_seed(0))
    objective = Objective(tiny, content, everywhere(style), Settings(style_loss=loss))
    plain, resident = ProjectedLBFGS(content), ResidentLBFGS(content)
    for _ in range(12):
        value, gradient, _ = objective.evaluate(plain.image)
        for optimizer in (plain, resident):
            optimizer.step(value, gradient)
        way = (plain.image - content).norm()
        assert (resident.image - plain.image).norm() < 2e-3 * way


def test_before_there_is_a_gradient_it_stays_where_it_is():
    start = torch.full(SHAPE, 0.25)
    optimizer = ResidentLBFGS(start)
    optimizer.step(0.0, torch.zeros(SHAPE))
    optimizer.retreat()
    optimizer.step(math.inf, torch.full(SHAPE, math.nan))
    assert torch.equal(optimizer.image, start)
    evaluate = hilly(torch.float32)
    optimizer.step(*evaluate(start))
    size = (optimizer.image - start).square().mean().sqrt()
    assert size == pytest.approx(ProjectedLBFGS(start)._first_step / 16, rel=1e-3)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_leave_nothing_behind(bad):
    start, evaluate = torch.full(SHAPE, 0.5), hilly(torch.float32)
    clean, hit = ResidentLBFGS(start), ResidentLBFGS(start)
    list(walk(evaluate, (clean, hit), 12))
    clean.retreat()
    hit.step(bad, torch.full(SHAPE, bad))
    for _ in range(12):
        assert torch.equal(hit.image, clean.image)
        for optimizer in (clean, hit):
            optimizer.step(*evaluate(optimizer.image))


def test_the_start_and_pictures_already_given_are_never_changed():
    start, evaluate = torch.full(SHAPE, 0.5), hilly(torch.float32)
    optimizer, images = ResidentLBFGS(start), []
    for _ in walk(evaluate, (optimizer,), 20):
        images.append((optimizer.image, optimizer.image.clone()))
    assert torch.equal(start, torch.full(SHAPE, 0.5))
    assert all(torch.equal(image, copy) for image, copy in images)


def test_a_copy_goes_its_own_way():
    start, evaluate = torch.full(SHAPE, 0.5), hilly(torch.float32)
    optimizer = ResidentLBFGS(start)
    list(walk(evaluate, (optimizer,), 15))
    copied = copy.deepcopy(optimizer)
    images = []
    for one in (optimizer, copied):
        list(walk(evaluate, (one,), 15))
        images.append(one.image)
    assert torch.equal(*images)


@pytest.mark.parametrize("after", [0, 1, 30])
def test_a_step_can_be_repeated_from_its_state(after):
    evaluate = hilly(torch.float32)
    optimizer = ResidentLBFGS(torch.full(SHAPE, 0.5))
    list(walk(evaluate, (optimizer,), after))
    image, before = optimizer.image, [tensor.clone() for tensor in optimizer.state]
    loss, gradient = evaluate(image)
    optimizer.step(loss, gradient)
    moved, state = optimizer.image, [tensor.clone() for tensor in optimizer.state]
    for tensor, value in zip(optimizer.state, before, strict=True):
        tensor.copy_(value)
    optimizer.image = image
    optimizer.step(loss, gradient)
    assert torch.equal(optimizer.image, moved)
    assert all(torch.equal(a, b) for a, b in zip(optimizer.state, state, strict=True))


def test_a_step_that_was_recorded_does_for_all_others():
    evaluate = hilly(torch.float32)
    start = torch.full(SHAPE, 0.5)
    plain, recorded = ResidentLBFGS(start), ResidentLBFGS(start)
    loss, gradient = evaluate(start)
    given = start, torch.tensor(loss, dtype=torch.float64), gradient
    moved = make_fx(lambda *given: recorded.moved(*given))(*given)  # which makes that step, too
    plain.step(loss, gradient)
    for number in range(60):
        image, (loss, gradient) = plain.image, evaluate(plain.image)
        if number == WORSE:
            loss *= 5
        plain.step(loss, gradient)
        again = moved(image, torch.tensor(loss, dtype=torch.float64), gradient)
        assert torch.equal(again, plain.image)
