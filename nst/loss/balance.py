"""How the content and the style loss are weighed against each other.

`WeightedSum` is the loss of Gatys et al. 2016, eq. 7. The same weights hardly show on one pair of
pictures and are all there is to see on another: across six pairs, what they left of the style loss
varied by as much as its mean. `RemainingStyle` is what `Settings.style_strength` stands for.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

REMAINING_AT_100 = 0.003
"""Share of the content picture's style loss that the strongest style aims to leave."""
CURVE = 1.75
"""Power of what is left of the scale in the logarithm of the share: above 1, it falls faster at low
strengths, where the strokes only begin to show."""
GIVING_WAY = 8
"""Power of the strength in what the content loss loses."""
STIFFNESS = 1.0
"""How dear it is to stay away from the share, in units of the content loss."""
LEAST_START = 1e-6
"""Floor for the style loss that shares are taken of: a picture in its own style has none."""


class Balance(Protocol):
    """What an `Objective` minimises, given the content and the style loss (scalars)."""

    def __call__(self, content_loss: Tensor, style_loss: Tensor) -> "Weighed": ...  # noqa: D102


class Weighed(NamedTuple):
    """A sum and its derivatives with respect to the content and the style loss."""

    loss: Tensor
    by_content: float
    by_style: float | Tensor


@dataclass(frozen=True)
class WeightedSum:
    """Eq. 7 of Gatys et al. 2016: α content loss + β style loss."""

    content_weight: float
    style_weight: float

    def __call__(self, content_loss: Tensor, style_loss: Tensor) -> Weighed:
        """The weighted sum."""
        loss = self.content_weight * content_loss + self.style_weight * style_loss
        return Weighed(loss, self.content_weight, self.style_weight)


PLAIN = WeightedSum(1.0, 20.0)
"""Weights that suit many pictures: the compact network learned with them, and what compares
networks or optimisers needs the same loss for all."""


@dataclass(frozen=True)
class RemainingStyle:
    """Content loss, plus a penalty on the logarithm of style loss that is left beyond a share.

    The gradient is that of eq. 7 with a style weight that grows until the share is reached,
    whatever weight a pair of pictures needs for that. Halfway in the logarithm looks halfway, too:
    the content loss rises about evenly with it.

    Attributes:
        style_strength: 0 … 100.
        start: the content picture's style loss.
    """

    style_strength: float
    start: float

    @property
    def share(self) -> float:
        """The share of the style loss at the start that is to remain: 1 … `REMAINING_AT_100`."""
        return REMAINING_AT_100 ** (1 - (1 - self.style_strength / 100) ** CURVE)

    def __call__(self, content_loss: Tensor, style_loss: Tensor) -> Weighed:
        """The sum."""
        # Near strength 100 the content gives way altogether.
        content_weight = 1 - (self.style_strength / 100) ** GIVING_WAY
        allowed = self.share * max(self.start, LEAST_START)
        held = style_loss.clamp_min(allowed)
        excess = torch.log(held / allowed)
        loss = content_weight * content_loss + STIFFNESS / 2 * excess.square()
        return Weighed(loss, content_weight, STIFFNESS * excess / held)
