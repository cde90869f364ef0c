"""What a style loss is, and how it is found by its name in `Settings.style_loss`."""

import pkgutil
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, NamedTuple, Protocol, Self

from torch import Tensor

from nst.features.metric import Metric
from nst.settings import SPECS, STYLE_LOSSES

ANCHORS = (0.0, 25.0, 50.0, 75.0, 100.0)
"""Strengths that an effort is named for; between them it lies on straight lines."""


class Compared(NamedTuple):
    """A style loss, a scalar, and its gradient.

    Attributes:
        by_gram: with respect to the Gram matrix, (1, C, C).
        by_mean: with respect to the mean, (1, C), or None for zero.
    """

    loss: Tensor
    by_gram: Tensor
    by_mean: Tensor | None


class StyleStatistic(Protocol):
    """How far moments are from a style's: 0 for equal ones.

    Attributes:
        efforts: what `nst.loss.balance.RemainingStyle` is told at the strengths 0, 25, 50, 75 and
            100, so that a strength looks the same by every statistic; rising from 0 to 100.
        content_layers: for each part of the content loss the layers that can serve, of which the
            first one that a network reaches does.
        needs_mean: whether moments are compared by their means, too.
    """

    efforts: ClassVar[tuple[float, ...]]
    content_layers: ClassVar[tuple[tuple[str, ...], ...]]
    needs_mean: bool

    @classmethod
    def of(cls, gram: Tensor, mean: Tensor, metric: Metric | None) -> Self:
        """The statistic of a style's moments, (1, C, C) and (1, C), compared in a metric."""

    @staticmethod
    def mean_of(features: Tensor, root: Tensor | None = None) -> Tensor:
        """The mean of activations, as exactly as it has to be: see `channel_means`."""

    def compare(self, gram: Tensor, mean: Tensor | None) -> Compared:
        """The loss of moments (1, C, C) and (1, C), by operations that a CUDA graph can hold."""


def statistic_of(name: str) -> type[StyleStatistic]:
    """The class of a style loss by its name."""
    return pkgutil.resolve_name(STYLE_LOSSES[name])


def effort(name: str, strength: float) -> float:
    """What a style strength means by a style loss: 0 … 100 in `RemainingStyle`'s terms."""
    return round(_between(strength, ANCHORS, statistic_of(name).efforts), 9)


def strength_of(name: str, effort: float) -> float:
    """The style strength with an effort: the inverse of `effort`, for recipes of before 1.2.

    Settings made before there were several style losses had efforts for strengths. Rounding in
    `effort` makes the way back exact.
    """
    SPECS["style_strength"].check("style_strength", effort)
    return _between(effort, statistic_of(name).efforts, ANCHORS)


def _between(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """The straight lines through points."""
    (x0, y0), (x1, y1) = next(
        (a, b) for a, b in pairwise(zip(xs, ys, strict=True)) if a[0] <= x <= b[0]
    )
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)
