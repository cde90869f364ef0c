"""What a picture is optimised for at one scale: targets, weights, the loss and its gradient."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nst.features.network import FeatureNetwork
from nst.features.trace import Source
from nst.loss.balance import Balance, RemainingStyle
from nst.loss.content import ContentTarget
from nst.loss.evaluated import Losses
from nst.loss.moments import mean_products
from nst.loss.regions import Region, root_guide
from nst.loss.statistic import StyleStatistic, effort, statistic_of
from nst.loss.total_variation import add_total_variation
from nst.machine.graph import Recorder
from nst.settings import STYLE_LAYERS, Settings
from nst.specs import InputError


@dataclass(frozen=True)
class _Comparison:
    """One layer's moments in one region, and what they are to be.

    Attributes:
        root: (1, 1, h, w), see `nst.loss.regions.root_guide`; None for the whole picture.
        weight: all of an objective's sum to 1.
    """

    layer: str
    target: StyleStatistic
    root: Tensor | None
    weight: float

    def see(self, activations: Mapping[str, Tensor]) -> tuple[Tensor, Source]:
        """The style loss, a scalar, and where its gradient enters."""
        features = activations[self.layer]
        if self.root is not None:
            features = features * self.root.to(features)
        needed = self.target.needs_mean
        mean = self.target.mean_of(features, self.root) if needed else None
        loss, by_gram, by_mean = self.target.compare(mean_products(features), mean)
        return loss, Source(features, by_gram, by_mean, self.root)


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


def content_layers(features: FeatureNetwork, settings: Settings) -> list[str]:
    """The layers that the content loss compares, each once."""
    wanted = statistic_of(settings.style_loss).content_layers
    return list(dict.fromkeys(features.first_reached(layers) for layers in wanted))


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
        self.statistic = statistic_of(settings.style_loss)
        strength = effort(settings.style_loss, settings.style_strength)
        # Smoothness goes with the strokes: at strength 0 the content picture itself is the optimum.
        self.tv_weight = settings.tv_weight * (strength / 50) ** 2
        weights = used_layers(features, settings)
        with torch.no_grad():
            compared = content_layers(features, settings)
            activations = features(content, {*compared, *weights})
            self.contents = {
                k: ContentTarget.of(activations[k], self.metrics.get(k)) for k in compared
            }
            whole = sum(weights.values()) * sum(region.weight for region in regions)
            self.comparisons = [
                _Comparison(
                    k,
                    self.statistic.of(*blended, self.metrics.get(k)),
                    region.root_at(activations[k].shape[2:]),
                    weights[k] * region.weight / whole,
                )
                for region in regions
                for k, blended in self._blended(region, weights).items()
            ]
            start = self._style_loss(self._seen(activations))
        self.layers = list(activations)
        self.balance = balance or RemainingStyle(strength, float(start))
        self._recorder = Recorder() if content.device.type == "cuda" else None

    def _blended(self, region: Region, layers: Iterable[str]) -> dict[str, tuple[Tensor, Tensor]]:
        """The moments of each layer for a region: those of its styles, blended."""
        whole = sum(weight for _, weight in region.styles)
        blended: dict[str, tuple[Tensor, Tensor]] = {}
        for style, weight in region.styles:
            share = weight / whole
            for k, (gram, mean) in self._moments(style, layers).items():
                grams, means = blended.get(k, (0.0, 0.0))
                blended[k] = grams + share * gram, means + share * mean
        return blended

    def _moments(self, style: Tensor, layers: Iterable[str]) -> dict[str, tuple[Tensor, Tensor]]:
        """The Gram matrix and the mean of each layer for a style (1, 3, H, W), or with alpha."""
        colours, alpha = style[:, :3], style[:, 3:]
        moments = {}
        for k, x in self.features(colours, layers).items():
            root = root_guide(alpha, x.shape[2:]).to(x) if alpha.numel() else None
            x = x if root is None else x * root
            moments[k] = mean_products(x), self.statistic.mean_of(x, root)
        return moments

    def picture(self, image: Tensor) -> Tensor:
        """What is to be seen of an optimised image (1, 3, H, W): all of it."""
        return image

    @torch.no_grad()
    def evaluate(self, image: Tensor) -> tuple[float, Tensor, Losses]:
        """Return the loss, its gradient (1, 3, H, W) and its parts for an image (1, 3, H, W).

        A loss that is finite has a gradient that is finite everywhere.
        """
        if self._recorder is None:
            numbers, gradient = self.measure(image)
        else:
            numbers, gradient = self._recorder(self.measure, image)
        total, *parts = numbers.tolist()  # the one wait for a GPU
        return total, gradient, Losses(*parts)

    @torch.no_grad()
    def measure(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """See `nst.loss.evaluated.Measure`.

        Nothing is left to autograd: the other files here have the losses' gradients and the sum's,
        and `nst.features.trace` the way back through the network.
        """
        trace = self.features.trace(image, self.layers)
        seen = self._seen(trace.activations)
        differences = {
            k: trace.activations[k] - target.features for k, target in self.contents.items()
        }
        losses = [self.contents[k].loss(mean_products(x)) for k, x in differences.items()]
        parts = [torch.stack(losses).mean(), self._style_loss(seen)]
        loss, by_content, by_style = self.balance(*parts)
        sources: dict[str, list[Source]] = {layer: [] for layer in self.layers}
        for layer, difference in differences.items():
            slope = by_content / len(differences) * self.contents[layer].slope
            sources[layer].append(Source(difference, slope))
        for comparison, (_, source) in zip(self.comparisons, seen, strict=True):
            sources[comparison.layer].append(source.times(comparison.weight * by_style))
        gradient = trace.gradient(sources)
        parts.append(add_total_variation(gradient, image, self.tv_weight))
        # One NaN or infinity in the gradient is enough to make its sum one, and 0 times it a NaN.
        loss = loss + self.tv_weight * parts[2] + 0 * gradient.sum()
        return torch.stack([loss, *parts]), gradient

    def _seen(self, activations: Mapping[str, Tensor]) -> list[tuple[Tensor, Source]]:
        """The style losses of all comparisons, and where their gradients enter."""
        return [comparison.see(activations) for comparison in self.comparisons]

    def _style_loss(self, seen: Sequence[tuple[Tensor, Source]]) -> Tensor:
        """Their weighted sum."""
        pairs = zip(self.comparisons, seen, strict=True)
        return torch.stack([comparison.weight * loss for comparison, (loss, _) in pairs]).sum()
