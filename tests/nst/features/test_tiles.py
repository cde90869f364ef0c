"""Tiles of a picture: every pixel once, and a network sees in a tile what it sees in the whole."""

from dataclasses import replace

import pytest
import torch

from nst.features.network import COMPACT, VGG19, FeatureNetwork
from nst.features.tiles import Layers, Tiling

NAMES = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def network(table):
    """A network of a table with few channels, in float64."""
    torch.manual_seed(0)
    made = FeatureNetwork("narrow", [replace(row, channels=4) for row in table])
    for convolution in made.convolutions:
        torch.nn.init.kaiming_normal_(convolution.weight)
    return made.to(memory_format=torch.channels_last).double().requires_grad_(False)


@pytest.mark.parametrize("size", [(64, 64), (97, 130), (16, 300), (129, 128)])
@pytest.mark.parametrize("table", [VGG19, COMPACT], ids=["vgg19", "compact"])
def test_a_network_sees_in_tiles_what_it_sees_in_the_whole(table, size):
    features, layers = network(table), Layers.of(table, NAMES)
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1)).double()
    whole, tiles = features(image, NAMES), layers.tiling(32).tiles(*size)
    assert {k: tuple(x.shape[2:]) for k, x in whole.items()} == layers.sizes(*size)
    counts = {k: torch.zeros_like(x) for k, x in whole.items()}
    for tile in tiles:
        for k, x in features(tile.of(image), NAMES).items():
            stride = layers.strides[k]
            assert torch.allclose(tile.inner(x, stride), tile.own(whole[k], stride), rtol=1e-10)
            tile.own(counts[k], stride).add_(1)
    assert len(tiles) > 1 or max(size) < 64 + layers.reach
    assert all((count == 1).all() for count in counts.values())


@pytest.mark.parametrize("table", [VGG19, COMPACT], ids=["vgg19", "compact"])
@pytest.mark.parametrize("deepest", NAMES)
def test_the_reach_is_that_of_the_receptive_field(table, deepest):
    features, layers = network(table), Layers.of(table, [deepest])
    for convolution in features.convolutions:
        convolution.weight.abs_()  # so that all of them let something through
    image = torch.rand(1, 3, 16, 512).double().requires_grad_()
    stride = layers.strides[deepest]
    activation = features(image, [deepest])[deepest][..., 256 // stride].sum()
    (gradient,) = torch.autograd.grad(activation, image)
    seen = gradient.abs().sum((0, 1, 2)).nonzero().flatten()
    assert 256 - layers.reach <= seen.min() < 256 - layers.reach + stride
    assert seen.max() < 256 + stride + layers.reach


def test_tiles_begin_where_all_layers_have_a_pixel_begin():
    assert Layers.of(VGG19, NAMES).tiling(100) == Tiling(96, 80)
    assert Layers.of(COMPACT, NAMES).tiling(5) == Tiling(16, 48)
    assert Layers.of(COMPACT, ["relu1_1"]).tiling(5) == Tiling(5, 1)
