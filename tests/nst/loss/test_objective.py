import gc
import weakref

import pytest
import torch

from nst import Settings, load_features
from nst.loss.aim import content_layers
from nst.loss.balance import PLAIN
from nst.loss.gatys import content_loss, gram_matrix, style_loss
from nst.loss.moments import MomentsFunction, moments
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.loss.total_variation import total_variation_loss
from nst.loss.wasserstein import Wasserstein
from nst.pictures import tensors
from nst.settings import STYLE_LOSSES


def by_autograd(network, content, style, image, settings, tv_weight):
    """The loss and its gradient from the public losses, by autograd alone."""
    weights = {k: w for k, w in settings.layer_weights.items() if k in network.layers}
    metrics, layers = network.metrics, content_layers(network, settings)
    with torch.no_grad():
        target = network(content, layers)
        painted = network(style, weights)
    image = image.clone().requires_grad_()
    activations = network(image, [*weights, *layers])
    contents = [content_loss(activations[k], target[k], metrics.get(k)) for k in layers]
    loss = sum(contents) / len(contents)
    for k, w in weights.items():
        if settings.style_loss == "gram":
            grams = [gram_matrix(x[k], metrics.get(k)) for x in (activations, painted)]
            one = style_loss(*grams)
        else:
            theirs, ours = moments(painted[k]), MomentsFunction.apply(activations[k])
            one = Wasserstein.of(*theirs, metrics.get(k)).compare(*ours).loss
        loss = loss + 20 * w / sum(weights.values()) * one
    loss = loss + tv_weight * total_variation_loss(image)
    (gradient,) = torch.autograd.grad(loss, image)
    return loss.item(), gradient


@pytest.mark.parametrize("name", STYLE_LOSSES)
@pytest.mark.parametrize("kind", ["tiny", "compact"])
def test_loss_and_gradient_are_those_of_the_losses(kind, name, tiny, content, style):
    network = tiny if kind == "tiny" else load_features("compact", "cpu", torch.float32)
    images = [tensors.to_tensor(tensors.resize_image(x, (64, 48))) for x in (content, style)]
    settings = Settings(relu2_1_weight=3, style_loss=name)
    image = (0.7 * images[0] + 0.3 * torch.rand_like(images[0])).clamp(0, 1)
    objective = Objective(network, images[0], everywhere(images[1]), settings, PLAIN)
    loss, gradient, losses = objective.evaluate(image)
    expected, expected_gradient = by_autograd(
        network, *images, image, settings, objective.tv_weight
    )
    assert loss == pytest.approx(expected, rel=1e-4)
    parts = losses.content + 20 * losses.style + objective.tv_weight * losses.total_variation
    assert loss == pytest.approx(parts, rel=1e-5)
    assert (gradient - expected_gradient).norm() < 1e-3 * expected_gradient.norm()


def test_an_objective_is_freed_at_once(tiny):
    picture = torch.rand(1, 3, 32, 32)
    objective = Objective(tiny, picture, everywhere(picture), Settings())
    objective.evaluate(picture)
    freed = weakref.ref(objective)
    gc.disable()
    del objective
    gc.enable()
    assert freed() is None  # its activations, or a GPU's, are not left for the garbage collector
