"""Where styles go: masks on the content picture, and the statistics of what is under them.

Gatys et al. 2017, "Controlling Perceptual Factors in Neural Style Transfer", section 4: a guided
Gram matrix weighs every pixel by a guide. Here the guide of a layer is the mask itself, averaged
down to the layer's resolution, so that one mask serves all layers of any network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from nst.loss.evaluated import Evaluated, Seen


@dataclass(frozen=True)
class Region:
    """A part of the picture, and what it is to look like.

    Attributes:
        styles: (1, 3, H', W') in [0, 1], or (1, 4, H', W') with an alpha, by which pixels count;
            with the weights that their statistics are blended by.
        guide: (1, 1, H, W) in [0, 1], how much each pixel belongs to it; None for all of them.
        weight: how much it counts among the regions.
    """

    styles: Sequence[tuple[Tensor, float]]
    guide: Tensor | None = None
    weight: float = 1.0

    def root_at(self, size: tuple[int, int]) -> Tensor | None:
        """The guide's root at a layer's (height, width): see `root_guide`; None for all pixels."""
        return None if self.guide is None else root_guide(self.guide, size)


def everywhere(style: Tensor) -> list[Region]:
    """One style (1, 3, H', W') for the whole picture."""
    return [Region([(style, 1.0)])]


def divide(
    styles: Sequence[tuple[Tensor, float]], guides: Sequence[Tensor | None], mask: Tensor | None
) -> list[Region]:
    """The regions of a picture, from one guide for each style and a mask for all of them.

    Styles without a guide are blended where no other style's guide is, which is everywhere if no
    style has one. Each region counts by its area and its styles' weights.

    Args:
        styles: as a region's.
        guides: (1, 1, H, W) in [0, 1] or None, as many as styles.
        mask: (1, 1, H, W) in [0, 1], or None for everything.
    """
    return [
        Region(
            [styles[i] for i in numbers],
            guide,
            _area(guide) * sum(styles[i][1] for i in numbers),
        )
        for numbers, guide in painted(guides, mask)
    ]


def painted(
    guides: Sequence[Tensor | None], mask: Tensor | None
) -> list[tuple[list[int], Tensor | None]]:
    """Which styles, by their numbers, are blended where; see `divide`. Empty areas are left out."""
    areas: list[tuple[list[int], Tensor | None]]
    areas = [([i], guide) for i, guide in enumerate(guides) if guide is not None]
    rest = [i for i, guide in enumerate(guides) if guide is None]
    if rest:
        taken = [guide for _, guide in areas if guide is not None]
        areas.append((rest, (1 - torch.stack(taken).sum(0)).clamp(0, 1) if taken else None))
    if mask is not None:
        areas = [(numbers, mask if guide is None else guide * mask) for numbers, guide in areas]
    return [(numbers, guide) for numbers, guide in areas if _area(guide)]


def _area(guide: Tensor | None) -> float:
    """The share of the picture that a guide covers."""
    return 1.0 if guide is None else float(guide.mean())


def root_guide(guide: Tensor, size: tuple[int, int]) -> Tensor:
    """The root of a guide at a layer's resolution, for a mean square of 1.

    Features multiplied by it have the moments of the guided pixels: their Gram matrix is the guided
    one of Gatys et al. 2017, eq. 5.

    Args:
        guide: (1, 1, H, W) in [0, 1], not 0 everywhere.
        size: (height, width) of the layer.

    Returns:
        (1, 1, height, width).
    """
    weights = F.adaptive_avg_pool2d(guide, size)
    return (weights / weights.mean()).sqrt()


class Within(Seen):
    """An objective on what is under a mask: outside, the content picture shows, untouched.

    Args:
        content: (1, 3, H, W).
        mask: (1, 1, H, W) in [0, 1]; soft edges are soft transitions.
    """

    def __init__(self, objective: Evaluated, content: Tensor, mask: Tensor) -> None:
        super().__init__(objective)
        self.content, self.mask = content, mask

    def seen(self, image: Tensor) -> Tensor:
        """The image where the mask is, the content picture beside it."""
        return torch.lerp(self.content, image, self.mask)

    def back(self, gradient: Tensor) -> Tensor:
        """Nothing outside the mask."""
        return gradient.mul_(self.mask)
