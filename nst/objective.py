"""What a picture is optimised for at one scale: targets, weights, the loss and its gradient."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nst.features import FeatureNetwork
from nst.losses import (
    add_total_variation,
    content_size,
    difference_loss,
    gram_matrix,
    in_metric,
    moments,
    style_loss,
)
from nst.settings import STYLE_LAYERS, InputError, Settings
from nst.trace import Source, Trace

STYLE_BALANCE = 20.0
"""Style over content in the loss at style strength 50."""


@dataclass(frozen=True)
class Losses:
    """The parts of the loss, before they are weighted."""

    content: float
    style: float
    total_variation: float


def used_layers(features: FeatureNetwork, settings: Settings) -> dict[str, float]:
    """The style layers that have a weight and that the network reaches, with their weights.

    Raises:
        InputError: there is none; a partial VGG19 does not reach the deep layers.
    """
    weights = {k: w for k, w in settings.layer_weights.items() if w and k in features.layers}
    if not weights:
        reached = ", ".join(f"{k}_weight" for k in STYLE_LAYERS if k in features.layers)
        raise InputError(
            f"The weights of {features.name} reach no style layer in use: set one of {reached}."
        )
    return weights


class Objective:
    """The loss of eq. 7 of Gatys et al. 2016 at one scale, with total variation added.

    Args:
        content: (1, 3, H, W) in [0, 1].
        style: (1, 3, H', W') in [0, 1].
    """

    def __init__(
        self, features: FeatureNetwork, content: Tensor, style: Tensor, settings: Settings
    ) -> None:
        self.features = features
        weights = used_layers(features, settings)
        self.layer_weights = {layer: w / sum(weights.values()) for layer, w in weights.items()}
        # The strength moves weight from one loss to the other; squared, so that equal steps of it
        # look more alike. At 0 the content picture itself is the optimum.
        strength = settings.style_strength / 100
        self.content_weight = (1 - strength) ** 2
        self.style_weight = STYLE_BALANCE * strength**2
        self.tv_weight = settings.tv_weight * strength**2
        layer, self.metrics = features.content_layer, features.metrics
        with torch.no_grad():
            self.content = features(content, [layer])[layer]
            self.content_size = content_size(self.content, self.metrics.get(layer))
            activations = features(style, self.layer_weights)
            self.grams = {
                k: gram_matrix(activations[k], self.metrics.get(k)) for k in self.layer_weights
            }

    def evaluate(self, image: Tensor) -> tuple[float, Tensor, Losses]:
        """Return the loss, its gradient (1, 3, H, W) and its parts for an image (1, 3, H, W).

        Autograd sees the small end only, from Gram matrices to the loss; the way back through the
        network is written out in `nst.trace`.
        """
        layer = self.features.content_layer
        names = [layer, *self.layer_weights]
        trace = Trace(self.features, image, names)
        compared = [trace.activations[name] for name in names]
        compared[0] = compared[0] - self.content
        leaves = [[x.requires_grad_() for x in moments(features)] for features in compared]
        with torch.enable_grad():
            parts = self._parts(leaves)
            loss = self.content_weight * parts[0] + self.style_weight * parts[1]
            inputs = [x for pair in leaves for x in pair]
            gradients = torch.autograd.grad(loss, inputs, allow_unused=True)
        sources: dict[str, list[Source]] = {name: [] for name in names}
        for name, *source in zip(names, compared, gradients[::2], gradients[1::2], strict=True):
            sources[name].append(Source(*source))
        gradient = trace.gradient(sources)
        parts.append(add_total_variation(gradient, image, self.tv_weight))
        loss = loss.detach() + self.tv_weight * parts[2]
        total, *values = torch.stack([loss, *parts]).tolist()
        return total, gradient, Losses(*values)

    def _parts(self, moments_of: list[list[Tensor]]) -> list[Tensor]:
        """The content and the style loss.

        Args:
            moments_of: those of the content layer's difference, then of the style layers.
        """
        (difference, _), *compared = moments_of
        metric = self.metrics.get(self.features.content_layer)
        distances = [
            weight * style_loss(in_metric(*pair, self.metrics.get(layer)), self.grams[layer])
            for pair, (layer, weight) in zip(compared, self.layer_weights.items(), strict=True)
        ]
        return [
            difference_loss(difference, self.content_size, metric),
            torch.stack(distances).sum(),
        ]
