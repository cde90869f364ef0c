"""How the compact feature network sees pictures, and the losses of the instant styles in it."""

from dataclasses import dataclass
from statistics import mean

import torch
from torch import Tensor

from nst.features.metric import Metric
from nst.features.network import FeatureNetwork
from nst.loss.balance import PLAIN
from nst.loss.gatys import gram_matrix, relative_distance
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.optim.descent import optimise
from nst.optim.lbfgs import ProjectedLBFGS
from nst.settings import STYLE_LAYERS, Settings

GRAM_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT_LAYER = "relu3_3"
PAIRS, ITERATIONS = 2, 60
"""Photographs on which the optimiser is run for each style, and for how long."""


@dataclass(frozen=True)
class Targets:
    """What the losses compare with.

    Attributes:
        grams: for each layer the styles' Gram matrices (S, C, C), the photograph's row zero.
        starts: (S,), the style loss of a photograph on average; 1 for the photograph's row.
        costs: (S,), the content loss that the optimiser pays for the style; the least of all of
            them for the photograph's row.
    """

    grams: dict[str, Tensor]
    starts: Tensor
    costs: Tensor


class Perception:
    """The feature network's view of pictures, and the losses in it."""

    def __init__(self, features: FeatureNetwork) -> None:
        self.features = features
        metric = features.metrics[CONTENT_LAYER]
        self.content_metric = Metric(metric.weight, torch.zeros_like(metric.bias))

    def grams(self, activations: dict[str, Tensor]) -> dict[str, Tensor]:
        """The Gram matrices (N, C', C') of the style layers, in VGG19's metric."""
        metrics = self.features.metrics
        return {k: gram_matrix(activations[k], metrics.get(k)) for k in GRAM_LAYERS}

    def see(self, images: Tensor) -> dict[str, Tensor]:
        """The activations of pictures (N, 3, H, W) that the losses are made of."""
        return self.features(images, {*GRAM_LAYERS, CONTENT_LAYER})

    def content_loss(self, x: Tensor, target: Tensor) -> Tensor:
        """For each picture, as `nst.loss.gatys.content_loss`: (N,)."""
        sizes = [
            gram_matrix(f, self.content_metric).diagonal(dim1=1, dim2=2).sum(1)
            for f in (x - target, target)
        ]
        return sizes[0] / sizes[1]

    @torch.no_grad()
    def targets(self, styles: dict[int, Tensor], photographs: Tensor, rows: int) -> Targets:
        """Measure pictures of styles (1, 3, H, W), and how far photographs are from them.

        Args:
            styles: by their row.
            photographs: (N, 3, H, W).
            rows: of the network; those without a picture stay zero, and 1 in `starts`.
        """
        own = self.grams(self.see(photographs))
        grams = {k: gram.new_zeros(rows, *gram.shape[1:]) for k, gram in own.items()}
        starts, costs = torch.ones(2, rows, device=photographs.device)
        for row, picture in styles.items():
            for layer, gram in self.grams(self.see(picture)).items():
                grams[layer][row] = gram
            aims = {k: gram[row].expand_as(own[k]) for k, gram in grams.items()}
            starts[row] = style_loss(own, aims).mean()
            costs[row] = self._cost(picture, photographs[:PAIRS])
        costs[0] = costs[list(styles)].min()
        return Targets(grams, starts, costs)

    def _cost(self, style: Tensor, photographs: Tensor) -> float:
        """The mean content loss of what the optimiser makes of photographs (N, 3, H, W)."""
        weights = {f"{k}_weight": float(k in GRAM_LAYERS) for k in STYLE_LAYERS}
        settings = Settings(tv_weight=0, **weights)
        costs = []
        for photograph in photographs.split(1):
            target = Objective(self.features, photograph, everywhere(style), settings, PLAIN)
            *_, (losses, _) = optimise(target, ProjectedLBFGS(photograph), ITERATIONS)
            costs.append(losses.content)
        return mean(costs)


def style_loss(grams: dict[str, Tensor], targets: dict[str, Tensor]) -> Tensor:
    """Mean over the layers of the relative distance of Gram matrices (N, C, C): (N,)."""
    distances = [relative_distance(grams[k], targets[k]) for k in grams]
    return torch.stack(distances).mean(0)
