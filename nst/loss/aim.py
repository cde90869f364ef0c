"""What a picture is to come to, in terms of moments: the part of an objective that sees no picture.

`Wanted` is what settings ask of a network, `Aim` is that with the targets made of pictures. How
moments are had, of a whole picture at once or tile by tile, is for `nst.loss.objective` and
`nst.loss.tiled`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from nst.features.metric import Metric
from nst.features.network import FeatureNetwork
from nst.features.trace import Source
from nst.loss.balance import Balance, RemainingStyle
from nst.loss.content import ContentTarget
from nst.loss.moments import mean_products
from nst.loss.regions import Region
from nst.loss.statistic import Compared, StyleStatistic, effort, statistic_of
from nst.settings import STYLE_LAYERS, Settings
from nst.specs import InputError


class Moments(NamedTuple):
    """A Gram matrix (1, C, C) and a mean (1, C), None where it is not compared."""

    gram: Tensor
    mean: Tensor | None


StyleMoments = Mapping[str, tuple[Tensor, Tensor]]
"""The Gram matrix and the mean of each style layer for a style picture."""


@dataclass(frozen=True)
class Comparison:
    """One layer's moments in one region, and what they are to be.

    Attributes:
        root: (1, 1, h, w), see `nst.loss.regions.root_guide`; None for the whole picture.
        weight: all of an objective's sum to 1.
    """

    layer: str
    target: StyleStatistic
    root: Tensor | None
    weight: float

    def features(self, activations: Mapping[str, Tensor]) -> Tensor:
        """What moments are taken of: the layer's activations (1, C, h, w), times the root."""
        features = activations[self.layer]
        return features if self.root is None else features * self.root.to(features)

    def moments(self, features: Tensor) -> Moments:
        """The moments of `features`, as far as they are compared."""
        mean = self.target.mean_of(features, self.root) if self.target.needs_mean else None
        return Moments(mean_products(features), mean)

    def source(self, features: Tensor, compared: Compared, by_style: float | Tensor) -> Source:
        """Where the gradient enters.

        Args:
            features: as above.
            compared: of their moments.
            by_style: the derivative of a loss with respect to the style loss.
        """
        source = Source(features, compared.by_gram, compared.by_mean, self.root)
        return source.times(self.weight * by_style)


class Judged(NamedTuple):
    """The loss of moments, and its gradient.

    Attributes:
        loss: a scalar, without total variation.
        parts: the content and the style loss.
        slopes: for each content layer, with respect to the Gram matrix of the difference.
        compared: for each comparison, its own loss with its gradient.
        by_style: of `loss` with respect to the style loss.
    """

    loss: Tensor
    parts: list[Tensor]
    slopes: dict[str, Tensor]
    compared: list[Compared]
    by_style: float | Tensor


@dataclass(frozen=True)
class Aim:
    """Targets, and how they are weighed.

    Attributes:
        contents: by content layer.
    """

    contents: Mapping[str, ContentTarget]
    comparisons: Sequence[Comparison]
    balance: Balance

    def judge(self, differences: Mapping[str, Tensor], moments: Iterable[Moments]) -> Judged:
        """The loss of moments, by operations that a CUDA graph can hold.

        Args:
            differences: by content layer, the Gram matrix of the difference to the content.
            moments: by comparison.
        """
        contents = [target.loss(differences[k]) for k, target in self.contents.items()]
        compared = _compared(self.comparisons, moments)
        parts = [torch.stack(contents).mean(), _style_loss(self.comparisons, compared)]
        loss, by_content, by_style = self.balance(*parts)
        share = by_content / len(self.contents)
        slopes = {k: share * target.slope for k, target in self.contents.items()}
        return Judged(loss, parts, slopes, compared, by_style)


def _compared(comparisons: Sequence[Comparison], moments: Iterable[Moments]) -> list[Compared]:
    pairs = zip(comparisons, moments, strict=True)
    return [comparison.target.compare(*own) for comparison, own in pairs]


def _style_loss(comparisons: Sequence[Comparison], compared: Sequence[Compared]) -> Tensor:
    """The weighted sum of all comparisons' losses."""
    pairs = zip(comparisons, compared, strict=True)
    return torch.stack([comparison.weight * own.loss for comparison, own in pairs]).sum()


@dataclass(frozen=True)
class Wanted:
    """What settings ask of a network.

    Attributes:
        weights: of the style layers.
        contents: the layers that the content loss compares.
        strength: as `RemainingStyle` has it.
    """

    statistic: type[StyleStatistic]
    metrics: Mapping[str, Metric]
    weights: Mapping[str, float]
    contents: Sequence[str]
    strength: float
    tv_weight: float

    @classmethod
    def of(cls, features: FeatureNetwork, settings: Settings) -> "Wanted":
        """Those of a network.

        Raises:
            InputError: as `used_layers`.
        """
        strength = effort(settings.style_loss, settings.style_strength)
        return cls(
            statistic_of(settings.style_loss),
            features.metrics,
            used_layers(features, settings),
            content_layers(features, settings),
            strength,
            # Smoothness goes with the strokes: at strength 0 the content picture is the optimum.
            settings.tv_weight * (strength / 50) ** 2,
        )

    @property
    def layers(self) -> set[str]:
        """All that are compared."""
        return {*self.contents, *self.weights}

    def comparisons(
        self,
        regions: Sequence[Region],
        styles: Sequence[Sequence[StyleMoments]],
        sizes: Mapping[str, tuple[int, int]],
    ) -> list[Comparison]:
        """What is compared in each region and layer.

        Args:
            styles: by region, the moments of its styles.
            sizes: (height, width) of each style layer for the content picture.
        """
        whole = sum(self.weights.values()) * sum(region.weight for region in regions)
        return [
            Comparison(
                layer,
                self.statistic.of(*blended, self.metrics.get(layer)),
                region.root_at(sizes[layer]),
                self.weights[layer] * region.weight / whole,
            )
            for region, own in zip(regions, styles, strict=True)
            for layer, blended in _blended(region, own).items()
        ]

    def aim(
        self,
        contents: Mapping[str, ContentTarget],
        comparisons: Sequence[Comparison],
        start: Iterable[Moments],
        balance: Balance | None,
    ) -> Aim:
        """The targets weighed: as the settings say where `balance` is None.

        Args:
            start: by comparison, the content picture's moments.
        """
        if balance is None:
            loss = _style_loss(comparisons, _compared(comparisons, start))
            balance = RemainingStyle(self.strength, float(loss))
        return Aim(contents, comparisons, balance)


def _blended(region: Region, styles: Sequence[StyleMoments]) -> dict[str, tuple[Tensor, Tensor]]:
    """The moments of each layer for a region: those of its styles, blended."""
    whole = sum(weight for _, weight in region.styles)
    blended: dict[str, tuple[Tensor, Tensor]] = {}
    for (_, weight), moments in zip(region.styles, styles, strict=True):
        share = weight / whole
        for k, (gram, mean) in moments.items():
            grams, means = blended.get(k, (0.0, 0.0))
            blended[k] = grams + share * gram, means + share * mean
    return blended


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
