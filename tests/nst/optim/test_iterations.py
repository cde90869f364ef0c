"""Iterations that are launched ahead, as on a GPU, are those that are made one by one."""

import math

import pytest
import torch

from nst import Settings
from nst.loss.evaluated import AmongGreys, Evaluated, Losses, measure_of
from nst.loss.objective import Objective
from nst.loss.regions import Within, everywhere
from nst.machine.graph import FIRST_CALLS
from nst.optim.descent import BROKEN, optimise
from nst.optim.iterations import iterations_of
from nst.optim.lbfgs import ProjectedLBFGS
from nst.optim.resident import ResidentLBFGS
from nst.optim.watch import STALLED, Watch

SHAPE = (1, 3, 6, 5)
START = torch.full(SHAPE, 0.5)


class Valley(Evaluated):
    """The distance to a picture, which is lost sight of at some evaluations, from 1."""

    def __init__(self, lost=()):
        self.lost, self.measured, self.evaluated = lost, 0, 0

    def measure(self, image):
        self.measured += 1
        away = (image - torch.linspace(-0.2, 1, math.prod(SHAPE)).view(SHAPE)) * 10
        if self.measured in self.lost:
            away = away * math.nan
        loss = away.square().sum()
        return torch.stack([loss, loss / 2, loss / 3, loss / 6]), 20 * away

    def evaluate(self, image):
        self.evaluated += 1
        numbers, gradient = self.measure(image)
        loss, *parts = numbers.tolist()
        return loss, gradient, Losses(*parts)

    def picture(self, image):
        return image


@pytest.fixture
def graphs(monkeypatch):
    """Have graphs replay by calling again; an entry in the list spoils what they give."""

    def recorded(function, image):
        if spoilt == ["none"]:
            return None
        return lambda image: tuple(r * (2 if spoilt else 1) for r in function(image))

    spoilt = []
    monkeypatch.setattr("nst.machine.graph._recorded", recorded)
    return spoilt


def both(lost=(), count=40):
    """The optimisations of the same by either optimiser, as far as they come."""
    ways = []
    for kind in (ProjectedLBFGS, ResidentLBFGS):
        objective, optimizer, watch = Valley(lost), kind(START), Watch()
        ways.append((list(optimise(objective, optimizer, count, watch)), optimizer, watch))
    return ways


def check_same(one, other):
    assert len(one) == len(other)
    for (losses, image), (others, another) in zip(one, other, strict=True):
        assert losses.content == pytest.approx(others.content, rel=1e-3)
        assert torch.allclose(image, another, atol=1e-3)


@pytest.mark.parametrize("lost", [(), (9,), (2,), (9, 10)])
def test_a_run_is_the_processors_with_numbers_that_break_as_well(graphs, lost):
    # What is measured twice, to prove the graph, is not counted by the other.
    later = [number + (number > FIRST_CALLS) for number in lost]
    (plain, _, watch), (ahead, _, other) = both(lost, 25)[0], both(later, 25)[1]
    check_same(ahead, plain)
    assert other.note == watch.note and ("broke down" in watch.note) == bool(lost)


def test_no_picture_at_all_is_said(graphs):
    with pytest.raises(FloatingPointError, match=BROKEN):
        next(optimise(Valley(range(50)), ResidentLBFGS(START), 5))


@pytest.mark.parametrize("count", [1, 2, FIRST_CALLS, FIRST_CALLS + 1, 12])
def test_at_the_end_all_steps_are_made_and_none_besides(graphs, count):
    (plain, one, _), (ahead, other, _) = both(count=count)
    check_same(ahead, plain)
    assert torch.allclose(one.image, other.image, atol=1e-3)
    assert other._memory.count == len(one._memory._slots)


def test_the_next_iteration_is_launched_before_the_numbers_of_one_are_read(graphs):
    objective = Valley()
    seen = [objective.measured for _ in iterations_of(objective, ResidentLBFGS(START), 10)]
    assert seen == [2, 3, 5, 6, 7, 8, 9, 10, 11, 11]  # one of them twice, to prove the graph
    assert objective.evaluated == 0


@pytest.mark.parametrize("how", ["none", "wrong"])
def test_without_a_graph_it_goes_on_one_by_one(graphs, how):
    graphs.append(how)
    objective, optimizer = Valley(), ResidentLBFGS(START)
    ahead = list(optimise(objective, optimizer, 30, Watch()))
    check_same(ahead, both(count=30)[0][0])
    assert objective.evaluated == 30 - FIRST_CALLS - (how == "wrong")


def test_a_picture_that_stands_still_ends_it(graphs):
    class Flat(Valley):
        def measure(self, image):
            return torch.ones(4), torch.full(SHAPE, 0.01)

    watch = Watch()
    steps = list(optimise(Flat(), ResidentLBFGS(START), 100, watch))
    assert len(steps) == STALLED + 1 and "stopped changing" in watch.note


def test_what_surrounds_an_objective_measures_as_it_evaluates(tiny):
    generator = torch.Generator().manual_seed(0)
    content, style, image = torch.rand(3, 1, 3, 48, 40, generator=generator)
    mask = torch.linspace(0, 1, 40).expand(1, 1, 48, 40)
    objective = Objective(tiny, content, everywhere(style), Settings(tv_weight=1))
    for outer in (objective, Within(objective, content, mask), AmongGreys(objective)):
        loss, gradient, losses = outer.evaluate(image)
        numbers, measured = outer.measure(image)
        assert torch.equal(measured, gradient)
        assert [loss, losses.content, losses.style, losses.total_variation] == numbers.tolist()


def test_what_cannot_be_measured_is_evaluated(graphs):
    class Other(Evaluated):
        def __init__(self):
            self.valley = Valley()
            self.evaluate, self.picture = self.valley.evaluate, self.valley.picture

    objective = Other()
    assert measure_of(AmongGreys(objective)) is None
    assert measure_of(Within(objective, START, START[:, :1])) is None
    list(optimise(objective, ResidentLBFGS(START), 5))
    assert objective.valley.evaluated == 5
