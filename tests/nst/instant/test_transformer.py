"""The image transformation network: shapes, borders, bands, and what its rows mean."""

import pytest
import torch
from torch.nn import functional as F

from nst.instant import transformer
from nst.instant.transformer import ConditionalNorm, Convolution, Transformer, noise

STYLES = ("photograph", "a", "b")


@pytest.fixture
def network() -> Transformer:
    torch.manual_seed(0)
    network = Transformer(STYLES)
    for _, row in network.rows():
        torch.nn.init.normal_(row, 0.5, 0.3)
    return network.requires_grad_(False)


def picture(height: int, width: int) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("size", [(16, 16), (17, 18), (31, 64), (50, 19)])
def test_the_result_has_the_size_of_the_picture(network, size):
    assert network(picture(*size), torch.eye(3)[1:2]).shape == (1, 3, *size)


def test_normalised_channels_have_the_scale_and_shift_of_their_mixture():
    norm = ConditionalNorm(2, 2)
    with torch.no_grad():
        norm.scale.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        norm.shift.copy_(torch.tensor([[0.0, -1.0], [4.0, 1.0]]))
        x = 5 + 3 * torch.randn(2, 2, 40, 50)
        y = norm(x, torch.tensor([[1.0, 0.0], [0.5, 0.5]]))
    torch.testing.assert_close(y.mean((2, 3)), torch.tensor([[0.0, -1.0], [2.0, 0.0]]))
    deviations = y.std((2, 3), correction=0)
    torch.testing.assert_close(
        deviations, torch.tensor([[1.0, 2.0], [2.0, 3.0]]), rtol=1e-4, atol=0
    )


def test_a_row_of_ones_and_zeros_leaves_normalised_channels_alone():
    norm = ConditionalNorm(3, 1).requires_grad_(False)
    x = torch.randn(1, 3, 20, 20)
    x = (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), keepdim=True, correction=0)
    torch.testing.assert_close(norm(x, torch.ones(1, 1)), x, rtol=1e-4, atol=1e-4)


def test_a_convolution_reflects_at_the_borders_and_enlarges_smoothly():
    convolution = Convolution(1, 1, 3, up=2)
    with torch.no_grad():
        convolution.weight.zero_()
        convolution.weight[0, 0, 0, 1] = 1  # the pixel above
        result = convolution(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    enlarged = [[1.0, 1.25, 1.75, 2], [1.5, 1.75, 2.25, 2.5]]
    enlarged += [[2.5, 2.75, 3.25, 3.5], [3, 3.25, 3.75, 4]]
    assert result[0, 0].tolist() == [enlarged[1], enlarged[0], enlarged[1], enlarged[2]]


@pytest.mark.parametrize("options", [{}, {"stride": 2}, {"up": 2}])
@pytest.mark.parametrize("kernel", [3, 5])
def test_a_convolution_in_bands_equals_a_padded_one(monkeypatch, options, kernel):
    torch.manual_seed(0)
    convolution = Convolution(3, 4, kernel, **options).requires_grad_(False)
    x = torch.randn(2, 3, 22, 12)
    whole = F.interpolate(x, scale_factor=options.get("up", 1), mode="bilinear")
    whole = F.pad(whole, (kernel // 2,) * 4, mode="reflect")
    whole = F.conv2d(whole, convolution.weight, stride=options.get("stride", 1))
    torch.testing.assert_close(convolution(x), whole)
    monkeypatch.setattr(transformer, "BAND_PIXELS", 70)
    torch.testing.assert_close(convolution(x), whole)


def test_bands_have_no_seams(network, monkeypatch):
    whole = network(picture(70, 45), torch.eye(3)[1:2])
    monkeypatch.setattr(transformer, "BAND_PIXELS", 200)
    torch.testing.assert_close(network(picture(70, 45), torch.eye(3)[1:2]), whole)


def test_pictures_of_a_batch_do_not_mix(network):
    pictures = torch.cat([picture(24, 24), 1 - picture(24, 24)])
    mixture = torch.tensor([[0.0, 1, 0], [0.2, 0.3, 0.5]])
    alone = [network(pictures[i : i + 1], mixture[i : i + 1]) for i in range(2)]
    torch.testing.assert_close(network(pictures, mixture), torch.cat(alone), rtol=1e-4, atol=1e-5)


def test_the_photographs_row_starts_as_the_photograph():
    image = picture(20, 20)
    network = Transformer(STYLES).requires_grad_(False)
    torch.testing.assert_close(network(image, torch.eye(3)[:1]), image)


def test_a_flat_picture_gives_finite_values(network):
    assert network(torch.zeros(1, 3, 32, 32), torch.eye(3)[1:2]).isfinite().all()


def test_rows_and_kernels_are_all_parameters(network):
    rows = [parameter for _, parameter in network.rows()]
    assert len(rows) + len(network.kernels()) == len(list(network.parameters()))
    assert all(len(row) == len(STYLES) for row in rows)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_noise_has_a_grain_of_each_size_and_is_that_of_its_seed():
    grains = noise((33, 50), seeded(3))
    assert grains.shape == (3, 33, 50)
    assert torch.equal(grains, noise((33, 50), seeded(3)))
    steps = grains.diff(dim=2).abs().mean((1, 2))
    assert steps[0] > 1.3 * steps[1] > 1.69 * steps[2] > 0


def test_a_picture_is_painted_with_the_same_noise_every_time(network):
    image, style = picture(24, 32), torch.eye(3)[1:2]
    painted = network(image, style)
    assert torch.equal(painted, network(image, style))
    assert not torch.equal(painted, network(image, style, seeded(1)))


def test_a_style_without_grain_takes_no_noise(network):
    image, style = picture(24, 32), torch.eye(3)[1:2]
    for amounts in (network.grain, network.half_grain, network.full_grain):
        assert not torch.equal(network(image, style), network(image, style, seeded(1)))
        amounts[1] = 0
    assert torch.equal(network(image, style), network(image, style, seeded(1)))
