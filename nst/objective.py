"""What a picture is optimised for at one scale: targets, weights, the loss and its gradient."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nst.balance import Balance, RemainingStyle
from nst.features import FeatureNetwork
from nst.losses import (
    add_total_variation,
    content_size,
    difference_loss,
    gram_matrix,
    in_metric,
    mean_products,
    moments,
    style_loss,
)
from nst.regions import Region, root_guide
from nst.settings import STYLE_LAYERS, InputError, Settings
from nst.trace import Source, Trace


@dataclass(frozen=True)
class Losses:
    """The parts of the loss, before they are weighted."""

    content: float
    style: float
    total_variation: float


@dataclass(frozen=True)
class _Comparison:
    """One layer's Gram matrix in one region, and what it is to be.

    Attributes:
        target: (1, C', C'), in the layer's metric.
        root: (1, 1, h, w), see `nst.regions.root_guide`; None for the whole picture.
        weight: all of an objective's sum to 1.
    """

    layer: str
    target: Tensor
    root: Tensor | None
    weight: float


@dataclass(frozen=True)
class _Seen:
    """What a loss sees of a picture: the moments of activations, or of a difference to others.

    Where the mean is None, the loss does not depend on it.
    """

    layer: str
    features: Tensor
    root: Tensor | None
    gram: Tensor
    mean: Tensor | None


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
    """Content and style loss in a balance, with total variation added, at one scale.

    Args:
        content: (1, 3, H, W) in [0, 1].
        regions: at least one.
        balance: of content and style; what `settings.style_strength` says when None.
    """

    def __init__(
        self,
        features: FeatureNetwork,
        content: Tensor,
        regions: Sequence[Region],
        settings: Settings,
        balance: Balance | None = None,
    ) -> None:
        self.features, self.metrics = features, features.metrics
        # Smoothness goes with the strokes: at strength 0 the content picture itself is the optimum.
        self.tv_weight = settings.tv_weight * (settings.style_strength / 50) ** 2
        layer, weights = features.content_layer, used_layers(features, settings)
        with torch.no_grad():
            activations = features(content, {layer, *weights})
            self.content = activations[layer]
            self.content_size = content_size(self.content, self.metrics.get(layer))
            whole = sum(weights.values()) * sum(region.weight for region in regions)
            self.comparisons = [
                _Comparison(k, target, root, weights[k] * region.weight / whole)
                for region in regions
                for k, (target, root) in self._targets(region, activations, weights).items()
            ]
            start = self._style_loss(self._compared(activations))
        self.layers = list(activations)
        self.balance = balance or RemainingStyle(settings.style_strength, float(start))

    def _targets(
        self, region: Region, activations: Mapping[str, Tensor], layers: Iterable[str]
    ) -> dict[str, tuple[Tensor, Tensor | None]]:
        """The blended Gram matrix and the guide's root of each layer for a region."""
        whole = sum(weight for _, weight in region.styles)
        grams = dict.fromkeys(layers, 0.0)
        for style, weight in region.styles:
            for k, x in self.features(style, grams).items():
                grams[k] = grams[k] + weight / whole * gram_matrix(x, self.metrics.get(k))
        if region.guide is None:
            return {k: (gram, None) for k, gram in grams.items()}
        return {
            k: (gram, root_guide(region.guide, activations[k].shape[2:]))
            for k, gram in grams.items()
        }

    def picture(self, image: Tensor) -> Tensor:
        """What is to be seen of an optimised image (1, 3, H, W): all of it."""
        return image

    def evaluate(self, image: Tensor) -> tuple[float, Tensor, Losses]:
        """Return the loss, its gradient (1, 3, H, W) and its parts for an image (1, 3, H, W).

        Autograd sees the small end only, from Gram matrices to the loss; the way back through the
        network is written out in `nst.trace`.
        """
        trace = Trace(self.features, image, self.layers)
        content, styles = self._difference(trace.activations), self._compared(trace.activations)
        leaves = [content.gram, *(x for seen in styles for x in (seen.gram, seen.mean))]
        for leaf in leaves:
            leaf.requires_grad_()
        with torch.enable_grad():
            parts = [self._content_loss(content), self._style_loss(styles)]
            loss = self.balance(*parts)
            of_content, *of_styles = torch.autograd.grad(loss, leaves, allow_unused=True)
        sources: dict[str, list[Source]] = {layer: [] for layer in self.layers}
        sources[content.layer].append(Source(content.features, of_content))
        for seen, *of_moments in zip(styles, of_styles[::2], of_styles[1::2], strict=True):
            sources[seen.layer].append(Source(seen.features, *of_moments, seen.root))
        gradient = trace.gradient(sources)
        parts.append(add_total_variation(gradient, image, self.tv_weight))
        loss = loss.detach() + self.tv_weight * parts[2]
        total, *values = torch.stack([loss, *parts]).tolist()
        return total, gradient, Losses(*values)

    def _difference(self, activations: Mapping[str, Tensor]) -> _Seen:
        layer = self.features.content_layer
        difference = activations[layer] - self.content
        return _Seen(layer, difference, None, mean_products(difference), None)

    def _compared(self, activations: Mapping[str, Tensor]) -> list[_Seen]:
        """What each comparison compares: activations, multiplied by their guide's root."""
        seen = []
        for comparison in self.comparisons:
            features, root = activations[comparison.layer], comparison.root
            guided = features if root is None else features * root.to(features)
            seen.append(_Seen(comparison.layer, guided, root, *moments(guided, root)))
        return seen

    def _content_loss(self, seen: _Seen) -> Tensor:
        return difference_loss(seen.gram, self.content_size, self.metrics.get(seen.layer))

    def _style_loss(self, styles: Sequence[_Seen]) -> Tensor:
        distances = [
            comparison.weight
            * style_loss(
                in_metric(seen.gram, seen.mean, self.metrics.get(seen.layer)), comparison.target
            )
            for comparison, seen in zip(self.comparisons, styles, strict=True)
        ]
        return torch.stack(distances).sum()
