import pytest
import torch
from torch.autograd import gradcheck

from nst.features.metric import Metric
from nst.loss.gatys import content_loss, gram_matrix, relative_distance, style_loss
from nst.loss.moments import MomentsFunction
from nst.loss.total_variation import add_total_variation, total_variation_loss


def features(*rows):
    """Activations (1, C, 1, N), one row for each channel."""
    return torch.tensor(rows, dtype=torch.float32)[None, :, None, :]


def test_gram_matrix_by_hand():
    gram = gram_matrix(features([1, 2], [3, 4]))
    # Outer products (1, 3) and (2, 4), averaged over two pixels.
    assert torch.equal(gram, torch.tensor([[[2.5, 5.5], [5.5, 12.5]]]))


def test_gram_matrix_forgets_where_things_are():
    x = torch.rand(1, 5, 8, 6)
    assert torch.allclose(gram_matrix(x), gram_matrix(x.flip(2, 3)))


def test_gram_matrix_does_not_grow_with_the_picture():
    x = torch.rand(1, 3, 4, 4)
    assert torch.allclose(gram_matrix(x), gram_matrix(x.repeat(1, 1, 3, 2)))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gram_matrix_in_a_metric_is_that_of_the_mapped_features(layout):
    x = torch.rand(2, 4, 7, 5).contiguous(memory_format=layout)
    metric = Metric(torch.randn(6, 4), torch.randn(6))
    mapped = torch.einsum("oc,nchw->nohw", metric.weight, x) + metric.bias.view(1, -1, 1, 1)
    assert torch.allclose(gram_matrix(x, metric), gram_matrix(mapped), atol=1e-5)


def test_content_loss_by_hand():
    # (1 - 2)² + (2 - 2)² over 2² + 2².
    assert content_loss(features([1, 2]), features([2, 2])).item() == pytest.approx(1 / 8)


def test_content_loss_in_a_metric_is_that_of_the_mapped_features():
    x, target = torch.rand(1, 4, 7, 5), torch.rand(1, 4, 7, 5)
    metric = Metric(torch.randn(6, 4), torch.randn(6))
    mapped, mapped_target = (
        torch.einsum("oc,nchw->nohw", metric.weight, f) + metric.bias.view(1, -1, 1, 1)
        for f in (x, target)
    )
    expected = content_loss(mapped, mapped_target)
    assert content_loss(x, target, metric).item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_losses_are_0_at_the_target_1_at_nothing_and_ignore_scale(scale):
    x = scale * torch.rand(1, 3, 4, 4)
    gram = gram_matrix(x)
    for loss, value, target in ((content_loss, x, x), (style_loss, gram, gram)):
        assert loss(value, target).item() == 0
        assert loss(torch.zeros_like(value), target).item() == pytest.approx(1)
        assert loss(2 * value, target).item() == pytest.approx(1)


def test_a_black_target_gives_finite_losses():
    zero = torch.zeros(1, 3, 4, 4)
    assert torch.isfinite(content_loss(torch.rand(1, 3, 4, 4), zero))
    assert relative_distance(zero, zero).item() == 0


def test_total_variation_of_a_checkerboard_is_2():
    board = (torch.arange(6)[:, None] + torch.arange(6)[None]) % 2
    image = board.float().expand(1, 3, 6, 6)
    assert total_variation_loss(image).item() == 2


def test_total_variation_of_a_ramp_and_of_a_flat_picture():
    ramp = torch.arange(5).float().mul(0.1).expand(1, 3, 4, 5)
    assert total_variation_loss(ramp).item() == pytest.approx(0.01)
    assert total_variation_loss(torch.full((1, 3, 4, 5), 0.3)).item() == 0


def test_gradients_are_right():
    torch.manual_seed(0)
    x = torch.rand(1, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    target = torch.rand(1, 3, 4, 4, dtype=torch.float64)
    assert gradcheck(total_variation_loss, x)
    assert gradcheck(lambda x: relative_distance(x, target), x)


def test_the_moments_gradient_is_the_numerical_one():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 3, 4, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    assert gradcheck(MomentsFunction.apply, x)


@pytest.mark.parametrize("size", [(1, 1), (7, 13), (64, 64)])
def test_the_moments_do_not_depend_on_chunks_or_layout(size):
    x = torch.randn(1, 5, *size, generator=torch.Generator().manual_seed(1))
    gram, mean = MomentsFunction.apply(x)
    flat = x.flatten(2)
    assert torch.allclose(gram, flat @ flat.transpose(1, 2) / flat.shape[2], atol=1e-5)
    assert torch.allclose(mean, flat.mean(2), atol=1e-6)
    other, _ = MomentsFunction.apply(x.contiguous(memory_format=torch.channels_last))
    assert torch.allclose(gram, other, atol=1e-6)


def test_a_gram_matrix_of_bfloat16_is_nearly_that_of_float32():
    x = torch.rand(1, 16, 128, 128, generator=torch.Generator().manual_seed(2)).bfloat16()
    exact = gram_matrix(x.double())
    assert (gram_matrix(x) - exact).norm() < 4e-4 * exact.norm()


def test_the_written_out_gradient_of_total_variation_is_autograds():
    image = torch.rand(1, 3, 5, 7, dtype=torch.float64, requires_grad=True)
    loss = total_variation_loss(image)
    (expected,) = torch.autograd.grad(3 * loss, image)
    gradient = torch.ones_like(image)
    assert torch.equal(add_total_variation(gradient, image.detach(), 3), loss.detach())
    assert torch.allclose(gradient, 1 + expected)


def test_a_rotated_metric_keeps_every_loss():
    generator = torch.Generator().manual_seed(0)
    weight, bias = (torch.randn(*s, generator=generator) for s in ((9, 3), (9,)))
    metric, (x, y) = Metric(weight, bias), torch.rand(2, 1, 3, 4, 5, generator=generator)
    rotated = metric.rotated()
    assert rotated.weight.shape == (4, 3)
    for loss in (
        lambda m: style_loss(gram_matrix(x, m), gram_matrix(y, m)),
        lambda m: content_loss(x, y, m),
    ):
        assert loss(rotated).item() == pytest.approx(loss(metric).item(), rel=1e-4)
