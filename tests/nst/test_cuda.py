"""The same on a GPU, where there is one: results, precision, memory that comes back."""

import numpy as np
import pytest
import torch

from nst import Settings, load_features, stylize
from nst.instant import arbitrary, named, painting
from nst.loss.balance import PLAIN
from nst.loss.evaluated import AmongGreys
from nst.loss.objective import Objective
from nst.loss.regions import Region, everywhere
from nst.loss.tiled import TiledObjective
from nst.optim.iterations import Together, iterations_of
from nst.optim.lbfgs import FIRST_STEP, ProjectedLBFGS
from nst.optim.optimizer import OPTIMIZERS
from nst.settings import STYLE_LOSSES, InstantSettings

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


def last(*pictures, **options):
    *_, step = stylize(*pictures, **options)
    return step


@pytest.fixture
def full_precision(monkeypatch):
    """float32 that is float32: convolutions default to TF32, whose products have ten bits."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)


@pytest.mark.parametrize("style_loss", STYLE_LOSSES)
@pytest.mark.parametrize("guided", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_loss_and_gradient_are_the_processors(dtype, guided, style_loss, full_precision):
    generator = torch.Generator().manual_seed(0)
    content, style, image = torch.rand(3, 1, 3, 96, 80, generator=generator)
    guide = torch.linspace(0, 1, 80).expand(1, 1, 96, 80) if guided else None
    settings, ends = Settings(style_loss=style_loss), []
    for device, precision in (("cpu", torch.float32), ("cuda", dtype)):
        features = load_features("compact", device, precision)
        regions = [Region([(style.to(device), 1.0)], guide if guide is None else guide.to(device))]
        objective = Objective(features, content.to(device), regions, settings, PLAIN)
        loss, gradient, _ = objective.evaluate(image.to(device))
        ends.append((loss, gradient.cpu()))
    (loss, gradient), (other_loss, other) = ends
    tolerance = 0.002 if dtype is torch.float32 else 0.05
    assert other_loss == pytest.approx(loss, rel=tolerance)
    # In float32, products make roots of directions that hardly vary to one per cent.
    allowed = 0.015 if (dtype, style_loss) == (torch.float32, "wasserstein") else 3 * tolerance
    assert (other - gradient).norm() < allowed * gradient.norm()


@pytest.mark.parametrize("style_loss", STYLE_LOSSES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_in_tiles_it_is_the_whole_one(dtype, style_loss, full_precision):
    generator = torch.Generator().manual_seed(0)
    content, style, image = torch.rand(3, 1, 3, 200, 150, generator=generator).cuda()
    guide = torch.linspace(0, 1, 150).expand(1, 1, 200, 150).cuda()
    features = load_features("compact", "cuda", dtype)
    given = features, content, [Region([(style, 1.0)], guide)], Settings(style_loss=style_loss)
    loss, gradient, _ = Objective(*given, PLAIN).evaluate(image)
    other_loss, other, _ = TiledObjective(*given, side=64, balance=PLAIN).evaluate(image)
    tolerance = 0.002 if dtype is torch.float32 else 0.05
    assert other_loss == pytest.approx(loss, rel=tolerance)
    allowed = 0.015 if (dtype, style_loss) == (torch.float32, "wasserstein") else 3 * tolerance
    assert (other - gradient).norm() < allowed * gradient.norm()


@pytest.mark.parametrize("style_loss", STYLE_LOSSES)
@pytest.mark.parametrize("guided", [False, True])
def test_what_a_graph_replays_is_what_it_recorded(guided, style_loss):
    generator = torch.Generator().manual_seed(0)
    content, style, *images = torch.rand(10, 1, 3, 96, 80, generator=generator).cuda()
    guide = torch.linspace(0, 1, 80).expand(1, 1, 96, 80).cuda() if guided else None
    regions = [Region([(style, 1.0)], guide)]
    settings = Settings(style_loss=style_loss)
    objective = Objective(load_features("compact", "cuda"), content, regions, settings)
    for image in images:
        loss, gradient, _ = objective.evaluate(image)
        numbers, expected = objective.measure(image)
        assert loss == pytest.approx(numbers[0].item(), rel=1e-3)
        assert (gradient - expected).norm() < 1e-3 * expected.norm()
    assert objective._recorder.replays


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_whole_iterations_are_replayed_and_are_those_of_one_by_one(dtype, grey):
    content, style = torch.rand(2, 1, 3, 96, 80, generator=torch.Generator().manual_seed(0)).cuda()
    features = load_features("compact", "cuda", dtype)
    objective = Objective(features, content, everywhere(style), Settings())
    shown = AmongGreys(objective) if grey else objective
    ahead = list(iterations_of(shown, OPTIMIZERS["lbfgs"](content), 8))
    assert objective._recorder._calls == 0  # else no whole one was recorded, or it was not alike
    plain = list(iterations_of(shown, ProjectedLBFGS(content), 8))
    for (loss, losses, image), (other, others, another) in zip(ahead, plain, strict=True):
        assert loss == pytest.approx(other, rel=0.01)
        assert losses.style == pytest.approx(others.style, rel=0.01)
        assert (image - another).norm() <= 0.05 * (another - content).norm()


def test_a_loss_that_is_no_number_is_taken_back_inside_the_graph(full_precision):
    generator = torch.Generator().manual_seed(0)
    content, style = torch.rand(2, 1, 3, 96, 80, generator=generator).cuda()
    features = load_features("compact", "cuda", torch.float32)
    objective = Objective(features, content, everywhere(style), Settings())
    optimizer = OPTIMIZERS["lbfgs"](content)
    together = Together(objective.measure, optimizer)
    for _ in range(8):
        _, good = together()
    assert together.recorder.replays
    optimizer.image = torch.full_like(content, torch.nan)
    numbers, _ = together()
    assert numbers[0].isnan() and optimizer.image.isfinite().all()
    assert (optimizer.image - good).square().mean().sqrt() < FIRST_STEP
    assert together()[0].isfinite().all()


def test_the_optimiser_on_a_gpu_is_the_processors():
    target = torch.rand(1, 3, 40, 30, generator=torch.Generator().manual_seed(0)) * 1.4 - 0.2
    weights = torch.linspace(1, 30, target.numel()).view_as(target)
    start = torch.full_like(target, 0.5)
    here, there = ProjectedLBFGS(start), OPTIMIZERS["lbfgs"](start.cuda())
    for number in range(40):
        gradient = weights * (here.image - target)
        loss = float((gradient * (here.image - target)).sum()) * (9 if number == 20 else 1)
        here.step(loss, gradient)
        there.step(loss, gradient.cuda())
        assert (there.image.cpu() - here.image).abs().max() < 1e-3


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_a_run_ends_where_the_processors_does(content, style, optimizer):
    settings = Settings(iterations=60, size=128, optimizer=optimizer)
    here, there = (
        last(content, style, settings=settings, features=load_features("compact", device))
        for device in ("cpu", "cuda")
    )
    assert there.style_loss == pytest.approx(here.style_loss, rel=0.1)
    assert there.content_loss == pytest.approx(here.content_loss, rel=0.1)
    # Strokes differ, as between any two runs that differ by rounding; what they depict does not.
    large = [np.asarray(step.image.reduce(16), dtype=float) for step in (here, there)]
    assert np.abs(large[0] - large[1]).mean() < 10


def test_a_run_goes_on_and_leaves_no_memory_behind(content, style):
    settings = Settings(iterations=12, size=256)
    features = load_features("compact", "cuda")
    step = last(content, style, settings=settings, features=features)
    step = last(content, style, settings=settings, features=features, state=step.state)
    used = torch.cuda.memory_allocated()
    step = last(content, style, settings=settings, features=features, state=step.state)
    assert step.image.size == (256, 171)
    assert torch.cuda.memory_allocated() <= used + 2**20


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_instant_painting_is_the_processors(content, dtype):
    settings = InstantSettings(style="mosaic", size=256)
    devices = (("cpu", torch.float32), ("cuda", dtype))
    networks = (named.load_instant(*device) for device in devices)
    here, there = (painting.paint(content, settings, network=network) for network in networks)
    assert here.size == there.size
    assert np.abs(np.asarray(here, dtype=float) - np.asarray(there)).mean() < 5


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_painting_like_ones_own_is_the_processors(content, style, dtype):
    settings = InstantSettings(style="own", size=256)
    devices = (("cpu", torch.float32), ("cuda", dtype))
    networks = (arbitrary.load_arbitrary(*device) for device in devices)
    here, there = (painting.paint(content, settings, style=style, network=n) for n in networks)
    assert np.abs(np.asarray(here, dtype=float) - np.asarray(there)).mean() < 8
