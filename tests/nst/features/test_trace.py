import copy

import pytest
import torch
from torch.nn import functional as F

from nst.features.network import Convolution, FeatureNetwork
from nst.features.trace import Source, Trace
from nst.loss.gatys import gram_matrix
from nst.loss.moments import pull_back


@pytest.fixture
def image():
    return torch.rand(1, 3, 40, 33, generator=torch.Generator().manual_seed(0))


def test_activations_are_those_of_the_network(tiny, image):
    layers = ["relu1_1", "relu3_3", "relu4_1"]
    expected = tiny(image, layers)
    activations = Trace(tiny, image, layers).activations
    assert activations.keys() == expected.keys()
    assert all(torch.equal(activations[k], expected[k]) for k in layers)


@pytest.mark.parametrize(
    "layers", [["relu1_1"], ["relu5_1"], ["relu1_1", "relu3_1", "relu3_3", "relu5_1"]]
)
def test_the_gradient_is_autograds(tiny, image, layers):
    generator = torch.Generator().manual_seed(1)
    weights = {k: torch.randn(1, 8, 8, generator=generator) for k in layers}
    leaf = image.clone().requires_grad_()
    activations = tiny(leaf, layers)
    loss = sum((weights[k] * gram_matrix(activations[k])).sum() for k in layers)
    (expected,) = torch.autograd.grad(loss, leaf)
    trace = Trace(tiny, image, layers)
    sources = {k: [Source(trace.activations[k], weights[k])] for k in layers}
    assert torch.allclose(trace.gradient(sources), expected, rtol=1e-4, atol=1e-7)


@pytest.fixture
def strided():
    """Halves a picture twice, by strides inside convolutions as the compact network does."""
    rows = Convolution(8, "relu1_1"), Convolution(8, stride=2), Convolution(8, "relu2_1", stride=2)
    torch.manual_seed(4)
    network = FeatureNetwork("strided", rows).to(memory_format=torch.channels_last)
    return network.requires_grad_(False).eval()


@pytest.mark.parametrize("size", [(40, 32), (41, 32), (40, 33), (42, 38), (39, 37)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_way_back_through_strides_is_autograds_at_odd_sides_too(size, dtype, strided):
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(6))
    strided.convolutions.to(dtype)
    weights = torch.randn(1, 8, 8, generator=torch.Generator().manual_seed(7))
    means = torch.ones(1, 8)
    leaf = image.clone().requires_grad_()
    seen = strided(leaf, ["relu1_1", "relu2_1"])
    loss = (weights * gram_matrix(seen["relu2_1"])).sum() + seen["relu1_1"].mean((2, 3)).sum()
    (expected,) = torch.autograd.grad(loss, leaf)
    trace = Trace(strided, image, ["relu1_1", "relu2_1"])
    first, last = trace.activations["relu1_1"], trace.activations["relu2_1"]
    nothing = torch.zeros(1, 8, 8)
    sources = {"relu1_1": [Source(first, nothing, means)], "relu2_1": [Source(last, weights)]}
    error = (trace.gradient(sources) - expected).norm() / expected.norm()
    assert error < (1e-5 if dtype == torch.float32 else 0.03)


@pytest.mark.parametrize("size", [(41, 32), (40, 33), (39, 37)])
def test_no_strided_convolution_is_gone_back_through_to_an_odd_side(size, strided, monkeypatch):
    sides, made = [], F.conv_transpose2d

    def watched(inputs, weight, bias, stride, *rest):
        result = made(inputs, weight, bias, stride, *rest)
        sides.extend(result.shape[2:] if stride[0] == 2 else ())
        return result

    monkeypatch.setattr(F, "conv_transpose2d", watched)
    trace = Trace(strided, torch.rand(1, 3, *size), ["relu2_1"])
    sources = {"relu2_1": [Source(trace.activations["relu2_1"], torch.rand(1, 8, 8))]}
    assert trace.gradient(sources).shape[2:] == size
    assert len(sides) == 4 and not any(side % 2 for side in sides)


@pytest.mark.parametrize("size", [(40, 33), (41, 32), (39, 37)])
def test_poolings_are_gone_back_through_in_bands(size, tiny, monkeypatch):
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(5))
    gram = torch.rand(1, 8, 8)
    gradients = []
    for band_bytes in (2**30, 5000, 1):
        monkeypatch.setattr("nst.features.trace.BAND_BYTES", band_bytes)
        trace = Trace(tiny, image, ["relu4_1"])
        sources = {"relu4_1": [Source(trace.activations["relu4_1"], gram)]}
        gradients.append(trace.gradient(sources))
    assert gradients[0].abs().max() > 0
    assert all(torch.equal(gradients[0], other) for other in gradients[1:])


@pytest.mark.parametrize("size", [(40, 33), (41, 32), (39, 37)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_places_that_are_kept_are_those_that_are_found_again(size, dtype, tiny, monkeypatch):
    network = copy.deepcopy(tiny)
    network.convolutions.to(dtype)
    image = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(5))
    gram, gradients = torch.rand(1, 8, 8), []
    for keeps in (False, True):
        monkeypatch.setattr("nst.features.trace._keeps_places", lambda x, keeps=keeps: keeps)
        trace = Trace(network, image, ["relu4_1"])
        assert sum(layer.places is not None for layer in trace._layers) == 3 * keeps
        sources = {"relu4_1": [Source(trace.activations["relu4_1"], gram)]}
        gradients.append(trace.gradient(sources))
    assert gradients[0].abs().max() > 0
    assert torch.equal(*gradients)


def test_two_sources_of_one_layer_add_up(tiny, image):
    generator = torch.Generator().manual_seed(2)
    gram, other = (torch.randn(1, 8, 8, generator=generator) for _ in range(2))
    gradients = []
    for weights in ([gram], [other], [gram, other]):
        trace = Trace(tiny, image, ["relu3_1"])
        features = trace.activations["relu3_1"]
        gradients.append(trace.gradient({"relu3_1": [Source(features, w) for w in weights]}))
    assert torch.allclose(gradients[0] + gradients[1], gradients[2], rtol=1e-4, atol=1e-7)


def test_means_enter_where_they_belong(tiny, image):
    # By one layer that a pooling follows, one that a convolution follows, and the deepest.
    layers = ["relu1_1", "relu3_1", "relu3_3"]
    generator = torch.Generator().manual_seed(3)
    weights = {k: torch.randn(1, 8, generator=generator) for k in layers}
    leaf = image.clone().requires_grad_()
    activations = tiny(leaf, layers)
    loss = sum((weights[k] * activations[k].mean((2, 3))).sum() for k in layers)
    (expected,) = torch.autograd.grad(loss, leaf)
    trace = Trace(tiny, image, layers)
    nothing = torch.zeros(1, 8, 8)
    sources = {k: [Source(trace.activations[k], nothing, weights[k])] for k in layers}
    assert torch.allclose(trace.gradient(sources), expected, rtol=1e-4, atol=1e-7)


def test_pulling_back_accumulates_by_hand():
    # One channel, two pixels 1 and 3: the mean of squares has the gradient 2·f/2.
    features = torch.tensor([1.0, 3.0]).view(1, 1, 1, 2)
    gram = torch.ones(1, 1, 1)
    assert pull_back(features, gram).flatten().tolist() == [1.0, 3.0]
    onto = torch.tensor([10.0, 20.0]).view(1, 1, 1, 2)
    assert pull_back(features, gram, onto).flatten().tolist() == [11.0, 23.0]
