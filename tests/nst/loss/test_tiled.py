"""An objective in tiles is the objective, to rounding."""

from dataclasses import replace

import pytest
import torch

from nst import Settings
from nst.features.metric import Metric
from nst.features.network import COMPACT, VGG19, FeatureNetwork
from nst.loss.evaluated import AmongGreys
from nst.loss.objective import Objective
from nst.loss.regions import Region, Within
from nst.loss.tiled import TiledObjective
from nst.settings import STYLE_LOSSES

SIZES = {"odd": (97, 130), "narrow": (150, 17), "one tile": (40, 48)}


def picture(seed, height, width, channels=3):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(1, channels, height, width, generator=generator).double()


@pytest.fixture(scope="module", params=["vgg19", "compact"])
def features(request):
    """A network of each table with few channels, in float64; the compact one has its metrics."""
    torch.manual_seed(0)
    table = VGG19 if request.param == "vgg19" else COMPACT
    network = FeatureNetwork(request.param, [replace(row, channels=6) for row in table])
    for convolution in network.convolutions:
        torch.nn.init.kaiming_normal_(convolution.weight)
    if request.param == "compact":
        network.metrics = {
            k: Metric(torch.randn(7, 6).double(), torch.randn(7).double()) for k in network.layers
        }
    return network.to(memory_format=torch.channels_last).double().requires_grad_(False)


def regions(kind, height, width):
    """One style, or a blend and another one where masks have them, one style cut out."""
    if kind == "one":
        return [Region([(picture(2, 77, 91), 1.0)])]
    guide = picture(3, height, width, 1)
    blend = [(picture(2, 77, 91), 1.0), (picture(4, 60, 120, 4), 2.0)]
    return [Region(blend, guide, 0.4), Region([(picture(5, 20, 200), 1.0)], 1 - guide, 0.6)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["one", "regions"])
@pytest.mark.parametrize("style_loss", STYLE_LOSSES)
def test_loss_and_gradient_are_the_untiled_ones(style_loss, kind, size, features):
    height, width = SIZES[size]
    content, image = picture(0, height, width), picture(1, height, width)
    given = features, content, regions(kind, height, width), Settings(style_loss=style_loss)
    loss, gradient, losses = Objective(*given).evaluate(image)
    tiled = TiledObjective(*given, side=32)
    for _ in range(2):  # the first one makes the targets
        own_loss, own_gradient, own_losses = tiled.evaluate(image)
        assert own_loss == pytest.approx(loss, rel=1e-10)
        assert vars(own_losses) == pytest.approx(vars(losses), rel=1e-10)
        assert (own_gradient - gradient).abs().max() < 1e-10 * gradient.abs().max()


def test_masks_and_greys_see_no_difference(features):
    content, image, mask = picture(0, 97, 80), picture(1, 97, 80), picture(6, 97, 80, 1)
    given = features, content, regions("one", 97, 80), Settings()
    ends = [
        AmongGreys(Within(objective, content, mask)).evaluate(image)
        for objective in (Objective(*given), TiledObjective(*given, side=48))
    ]
    assert ends[0][0] == pytest.approx(ends[1][0], rel=1e-10)
    assert (ends[0][1] - ends[1][1]).abs().max() < 1e-10 * ends[0][1].abs().max()


def test_in_float32_it_is_the_same_but_for_rounding(tiny):
    content, image, style = (picture(i, 160, 144).float() for i in range(3))
    given = tiny, content, [Region([(style, 1.0)])], Settings()
    loss, gradient, _ = Objective(*given).evaluate(image)
    own_loss, own, _ = TiledObjective(*given, side=64).evaluate(image)
    assert own_loss == pytest.approx(loss, rel=1e-4)
    assert own.dtype == torch.float32
    assert (own - gradient).norm() < 2e-4 * gradient.norm()


def test_it_can_be_left_after_each_tile(tiny):
    content, image, style = (picture(i, 64, 96).float() for i in range(3))
    objective = TiledObjective(tiny, content, [Region([(style, 1.0)])], Settings(), side=32)
    first, second = [list(objective.in_parts(image)) for _ in range(2)]
    # Two tiles, each seen twice, and once before that, as are the style's.
    assert len(first) == 8 and len(second) == 4
    for shares in (first, second):
        assert shares == sorted(shares) and shares[0] > 0 and shares[-1] < 1
    parts = objective.in_parts(image)
    next(parts)
    parts.close()
    assert torch.equal(objective.evaluate(image)[1], objective.evaluate(image)[1])
