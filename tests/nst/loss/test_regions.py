import pytest
import torch

from nst import Settings
from nst.loss.balance import PLAIN
from nst.loss.gatys import gram_matrix
from nst.loss.moments import channel_means, mean_products, moments
from nst.loss.objective import Objective
from nst.loss.regions import Region, Within, divide, everywhere, root_guide

LEFT = torch.tensor([[1.0, 0.0], [1.0, 0.0]]).view(1, 1, 2, 2)


def picture(seed, height=32, width=40):
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def halves(height=32, width=40):
    guide = torch.zeros(1, 1, height, width)
    guide[..., : width // 2] = 1
    return guide


def test_guided_moments_by_hand():
    # One channel 1, 2, 3, 4 with weights 1, 1, 0, 2: squares sum to 1 + 4 + 32 over 4.
    features = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).view(1, 1, 2, 2)
    guide = torch.tensor([[0.5, 0.5], [0.0, 1.0]]).view(1, 1, 2, 2)
    root = root_guide(guide, (2, 2))
    gram, mean = mean_products(features * root), channel_means(features * root, root)
    assert gram.item() == pytest.approx(37 / 4)
    assert mean.item() == pytest.approx((1 + 2 + 8) / 4)


def test_a_guide_of_one_half_has_the_moments_of_that_half():
    features = torch.rand(1, 5, 8, 6)
    guide = halves(8, 6)
    root = root_guide(guide, (8, 6))
    gram, mean = mean_products(features * root), channel_means(features * root, root)
    expected_gram, expected_mean = moments(features[..., :3].contiguous())
    assert torch.allclose(gram, expected_gram, rtol=1e-5)
    assert torch.allclose(mean, expected_mean, rtol=1e-5)


def test_guides_are_averaged_down_and_keep_their_scale():
    root = root_guide(torch.rand(1, 1, 32, 40), (4, 5))
    assert root.shape == (1, 1, 4, 5)
    assert root.square().mean().item() == pytest.approx(1)


def test_styles_without_masks_are_blended_everywhere():
    a, b = (picture(0), 2.0), (picture(1), 1.0)
    (region,) = divide([a, b], [None, None], None)
    assert region.guide is None and region.styles == [a, b]


def test_a_style_without_a_mask_gets_what_is_left():
    a, b = (picture(0), 1.0), (picture(1), 2.0)
    placed, rest = divide([a, b], [LEFT, None], None)
    assert torch.equal(placed.guide, LEFT) and torch.equal(rest.guide, 1 - LEFT)
    assert (placed.weight, rest.weight) == (0.5, 1.0)  # half of the area each


def test_a_mask_leaves_out_what_is_outside_it():
    a, b = (picture(0), 1.0), (picture(1), 1.0)
    regions = divide([a, b], [LEFT, None], 1 - LEFT)
    assert len(regions) == 1 and regions[0].styles == [b]


@pytest.mark.parametrize("regions", ["one", "two"])
def test_the_guided_gradient_is_autograds(regions, tiny):
    content, image = picture(0), picture(1)
    chosen = {
        "one": [Region([(picture(2), 1.0), (picture(3), 3.0)], halves())],
        "two": [Region([(picture(2), 1.0)], halves(), 0.3), Region([(picture(3), 1.0)], None, 0.9)],
    }[regions]
    settings = Settings(tv_weight=0, style_loss="gram")
    _, gradient, losses = Objective(tiny, content, chosen, settings, PLAIN).evaluate(image)
    leaf, weights = image.clone().requires_grad_(), settings.layer_weights
    activations = tiny(leaf, weights)
    total = 0
    for region in chosen:
        for layer in weights:
            whole = sum(w for _, w in region.styles)
            target = sum(w / whole * gram_matrix(tiny(s, [layer])[layer]) for s, w in region.styles)
            x = activations[layer]
            if region.guide is not None:
                x = x * root_guide(region.guide, x.shape[2:])
            distance = (gram_matrix(x) - target).square().sum() / target.square().sum()
            total = total + region.weight * distance / 5
    style = total / sum(region.weight for region in chosen)
    layer = tiny.content_layer
    target = tiny(content, [layer])[layer]
    own = (tiny(leaf, [layer])[layer] - target).square().sum() / target.square().sum()
    (expected,) = torch.autograd.grad(own + 20 * style, leaf)
    assert losses.style == pytest.approx(style.item(), rel=1e-4)
    assert (gradient - expected).norm() < 1e-4 * expected.norm()


def test_the_mean_enters_guided_gradients_too():
    from nst import load_features

    network = load_features("compact", "cpu", torch.float32)
    image = picture(1, 48, 48)
    guide = halves(48, 48)
    objective = Objective(
        network, picture(0, 48, 48), [Region([(picture(2), 1.0)], guide)], Settings(), PLAIN
    )
    _, gradient, _ = objective.evaluate(image)
    direction = gradient / gradient.norm()
    ends = [objective.evaluate(image + h * direction)[0] for h in (-0.02, 0.02)]
    assert (ends[1] - ends[0]) / 0.04 == pytest.approx(float(gradient.norm()), rel=0.01)


def test_within_a_mask_only_the_inside_moves(tiny):
    content, mask = picture(0), halves()
    objective = Within(Objective(tiny, content, everywhere(picture(2)), Settings()), content, mask)
    _, gradient, _ = objective.evaluate(picture(1))
    assert gradient[..., 20:].abs().max() == 0 and gradient[..., :20].abs().max() > 0
    seen = objective.picture(picture(1))
    assert torch.equal(seen[..., 20:], content[..., 20:])
    assert torch.allclose(seen[..., :20], picture(1)[..., :20])


@pytest.mark.parametrize("style_loss", ["wasserstein", "gram"])
def test_a_style_counts_by_its_alpha(tiny, style_loss):
    settings, content = Settings(style_loss=style_loss), picture(0)
    opaque, alpha = picture(1), halves()
    whole = torch.cat([opaque, torch.ones_like(alpha)], 1)
    half = torch.cat([opaque, alpha], 1)
    losses = [
        Objective(tiny, content, everywhere(style), settings, PLAIN).evaluate(content)[2].style
        for style in (opaque, whole, half)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert abs(losses[2] / losses[0] - 1) > 1e-3
    # A picture has no distance to itself, where a guide lets through what the alpha does.
    placed = [Region([(torch.cat([content, alpha], 1), 1.0)], alpha)]
    same = Objective(tiny, content, placed, settings, PLAIN).evaluate(content)[2].style
    assert same == pytest.approx(0, abs=1e-5)
