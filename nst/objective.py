"""What a picture is optimised for at one scale: targets, weights, the loss and its gradient."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nst.features import FeatureNetwork
from nst.losses import content_loss, gram_matrix, style_loss, total_variation_loss
from nst.settings import STYLE_LAYERS, InputError, Settings

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
        with torch.no_grad():
            self.content = features(content, [features.content_layer])[features.content_layer]
            self.grams = self._grams(features(style, self.layer_weights))

    def _grams(self, activations: dict[str, Tensor]) -> dict[str, Tensor]:
        metrics = self.features.metrics
        return {
            layer: gram_matrix(activations[layer], metrics.get(layer))
            for layer in self.layer_weights
        }

    def evaluate(self, image: Tensor) -> tuple[float, Tensor, Losses]:
        """Return the loss, its gradient (1, 3, H, W) and its parts for an image (1, 3, H, W)."""
        layer = self.features.content_layer
        image = image.detach().requires_grad_()
        with torch.enable_grad():
            activations = self.features(image, [*self.layer_weights, layer])
            content = content_loss(
                activations[layer], self.content, self.features.metrics.get(layer)
            )
            grams = self._grams(activations)
            style = torch.stack(
                [w * style_loss(grams[k], self.grams[k]) for k, w in self.layer_weights.items()]
            ).sum()
            tv = total_variation_loss(image)
            loss = self.content_weight * content + self.style_weight * style + self.tv_weight * tv
            (gradient,) = torch.autograd.grad(loss, image)
        total, *parts = torch.stack([loss, content, style, tv]).tolist()
        return total, gradient.contiguous(), Losses(*parts)
