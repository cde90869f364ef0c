"""Optimal transport of activations in closed form: where it leads, and whose gradient it is."""

import pytest
import torch

from nst.features.loading import load_features
from nst.instant.transport import LAYERS, PIXELS, Transport, mixed
from nst.loss.moments import moments
from nst.loss.wasserstein import covariance_of
from training.instant.perception import distances


@pytest.fixture(scope="module")
def transport() -> Transport:
    return Transport(load_features("compact", "cpu", torch.float32))


def picture(seed: int, side: int = 64) -> torch.Tensor:
    """Colours that vary together, in another way for every seed."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.eye(3) + torch.rand(3, 3, generator=generator)
    noise = torch.randn(1, 3, side, side, generator=generator)
    return (0.5 + 0.1 * torch.einsum("ij,njhw->nihw", mix, noise)).clamp(0, 1)


@torch.no_grad()
def test_moved_colours_have_the_styles_mean_and_covariance(transport):
    seen, style = transport.see(picture(0)), transport.moments(transport.see(picture(1)))
    moves = transport.displacements(seen, transport.moments(seen), transport.aim(style))
    gram, mean = moments(seen.image + moves[PIXELS])
    torch.testing.assert_close(mean, style[PIXELS][1], rtol=1e-4, atol=1e-4)
    wanted = covariance_of(*style[PIXELS])
    assert (covariance_of(gram, mean) - wanted).norm() < 0.02 * wanted.norm()


@torch.no_grad()
def test_what_is_there_already_is_not_moved(transport):
    seen = transport.see(picture(0))
    own = transport.moments(seen)
    moves = transport.displacements(seen, own, transport.aim(own))
    assert set(moves) == {*LAYERS, PIXELS}
    for layer, move in moves.items():
        # Of what a move usually is: one, and of colours a tenth.
        assert move.abs().max() < (1e-3 if layer == PIXELS else 0.02), layer


def test_a_move_of_colours_is_half_of_the_gradient(transport):
    image = picture(0).requires_grad_(True)
    style = transport.moments(transport.see(picture(1)))
    aim = transport.aim(style)[PIXELS]
    loss = distances({(0, PIXELS): moments(image)}, [{(0, PIXELS): aim}]).sum()
    loss.backward()
    with torch.no_grad():
        seen = transport.see(image.detach())
        move = transport.displacements(seen, transport.moments(seen), {PIXELS: aim})[PIXELS]
    pixels = image[0, 0].numel()
    torch.testing.assert_close(
        move, -image.grad * pixels * float(aim.spread) / 2, rtol=1e-3, atol=1e-5
    )


@torch.no_grad()
def test_nothing_holds_back_a_photograph_from_itself(transport):
    seen = transport.see(picture(0))
    content = transport.content(picture(0))
    assert torch.equal(transport.held(seen, content), torch.zeros_like(content))
    assert transport.held(transport.see(picture(1)), content).abs().mean() > 0.1


def test_a_mixture_has_the_means_of_moments(transport):
    one, other = ({PIXELS: moments(picture(seed))} for seed in (0, 1))
    both = mixed([(one, 0.25), (other, 0.75)])[PIXELS]
    for part, a, b in zip(both, one[PIXELS], other[PIXELS], strict=True):
        torch.testing.assert_close(part, 0.25 * a + 0.75 * b)
