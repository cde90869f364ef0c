"""How the compact feature network sees pictures, and the losses of the instant styles in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.function import BackwardCFunction
from torch.nn import functional as F

from nst.features.metric import Metric
from nst.features.network import FeatureNetwork
from nst.loss.gatys import gram_matrix
from nst.loss.moments import MomentsFunction
from nst.loss.wasserstein import Wasserstein
from nst.settings import INSTANT_SPECS

COMPARED = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
"""The layers of the style loss."""
HALVINGS = (0, 1)
"""How often paintings and styles are halved before they are compared: strokes, and what is made of
them."""
CONTENT_LAYER = "relu3_3"
"""Of the content loss, at the same sizes: halved, the drawing counts more than its texture."""
USUAL = INSTANT_SPECS["strength"].default / 100
"""The strength that aims at all of a style: above it, the content loss loses weight."""
COST = 0.34
"""The content loss that a painting may cost, whatever its style: the same for all, so that each
gives up content where it gains most style by it."""
TV_WEIGHT = 2.0
RANGE_WEIGHT = 50.0
"""Of the mean square by which values lie outside [0, 1], where they would be cut off."""
LATTICE, LATTICE_WEIGHT = 4, 50_000.0
"""Pixels from which on a network's pattern repeats, and the weight of the mean cell's square."""
Place = tuple[int, str]
"""How often a picture was halved, and a layer."""
Moments = dict[Place, tuple[Tensor, Tensor]]
"""Gram matrices (N, C, C) and means (N, C) of activations."""
Contents = list[Tensor]
"""Activations of the content layer (N, C, H, W), by how often the pictures were halved."""


@dataclass(frozen=True)
class Targets:
    """What the losses compare with.

    Attributes:
        moments: of the styles' pictures, by their row.
        statistics: of these moments.
        starts: (S,), the style loss of a photograph on average; 1 for the photograph's row.
    """

    moments: Mapping[int, Moments]
    statistics: Mapping[int, Mapping[Place, Wasserstein]]
    starts: Tensor


class Perception:
    """The feature network's view of pictures, and the losses in it."""

    def __init__(self, features: FeatureNetwork) -> None:
        self.features = features
        metric = features.metrics[CONTENT_LAYER]
        self.content_metric = Metric(metric.weight, torch.zeros_like(metric.bias))

    def content(self, images: Tensor) -> Contents:
        """The activations of pictures (N, 3, H, W) at the content layer."""
        halves = (F.avg_pool2d(images, 2**halvings) for halvings in HALVINGS)
        return [self.features(half, {CONTENT_LAYER})[CONTENT_LAYER] for half in halves]

    def see(self, images: Tensor) -> tuple[Moments, Contents]:
        """The moments of pictures (N, 3, H, W), and their activations at the content layer."""
        moments, contents = {}, []
        for halvings in HALVINGS:
            seen = self.features(F.avg_pool2d(images, 2**halvings), {*COMPARED, CONTENT_LAYER})
            contents.append(seen[CONTENT_LAYER])
            moments |= {(halvings, k): MomentsFunction.apply(seen[k]) for k in COMPARED}
        return moments, contents

    def content_loss(self, x: Contents, target: Contents) -> Tensor:
        """For each picture the mean over sizes of `nst.loss.gatys.content_loss`: (N,)."""
        losses = [self._size(a - b) / self._size(b) for a, b in zip(x, target, strict=True)]
        return torch.stack(losses).mean(0)

    def _size(self, activations: Tensor) -> Tensor:
        """The mean square of activations (N, C, H, W) in the content layer's metric: (N,)."""
        return gram_matrix(activations, self.content_metric).diagonal(dim1=1, dim2=2).sum(1)

    def style_loss(
        self, moments: Moments, photographs: Tensor, mixture: Tensor, targets: Targets
    ) -> Tensor:
        """For each group the mean over layers and sizes of the Wasserstein distance: (G,).

        The paintings of a group have one Gaussian: an even sky need not have all that a style has,
        as long as others have it.

        Args:
            moments: of the paintings.
            photographs: (N, 3, H, W), which a painting of less strength is nearer to.
            mixture: (G, S), of the photograph and one style, each for N / G pictures in a row.
        """
        aims = []
        for shares, theirs in zip(mixture, photographs.chunk(len(mixture)), strict=True):
            row = int(shares[1:].argmax()) + 1
            aims.append(self._aims(theirs, row, min(1.0, float(shares[row]) / USUAL), targets))
        return distances(moments, aims)

    def _aims(
        self, photographs: Tensor, row: int, share: float, targets: Targets
    ) -> Mapping[Place, Wasserstein]:
        """What a picture is compared with: a style, or what lies between it and the photograph."""
        if share == 1:
            return targets.statistics[row]
        with torch.no_grad():
            own, _ = self.see(photographs)
        return {
            place: self._statistic(
                place,
                *(
                    share * s + (1 - share) * o.mean(0, keepdim=True)
                    for s, o in zip(style, own[place], strict=True)
                ),
            )
            for place, style in targets.moments[row].items()
        }

    def _statistic(self, place: Place, gram: Tensor, means: Tensor) -> Wasserstein:
        return Wasserstein.of(gram, means, self.features.metrics.get(place[1]))

    @torch.no_grad()
    def targets(self, styles: dict[int, Tensor], photographs: Tensor, rows: int) -> Targets:
        """Measure pictures of styles (1, 3, H, W), and how far photographs are from them.

        Args:
            styles: by their row.
            photographs: (N, 3, H, W).
            rows: of the network; those without a picture stay 1 in `starts`.
        """
        own, _ = self.see(photographs)
        starts = torch.ones(rows, device=photographs.device)
        moments = {row: self.see(picture)[0] for row, picture in styles.items()}
        statistics = {
            row: {place: self._statistic(place, *m) for place, m in of_row.items()}
            for row, of_row in moments.items()
        }
        targets = Targets(moments, statistics, starts)
        for row in styles:
            whole = F.one_hot(torch.tensor([row]), rows)
            starts[row] = self.style_loss(own, photographs, whole, targets).mean()
        return targets


def distances(
    moments: Mapping[Place, tuple[Tensor, Tensor]], aims: Sequence[Mapping[Place, Wasserstein]]
) -> Tensor:
    """For each group of paintings the mean distance of their moments to its aims: (G,)."""
    grouped = {
        place: [m.unflatten(0, (len(aims), -1)).mean(1) for m in pair]
        for place, pair in moments.items()
    }
    losses = []
    for i, aim in enumerate(aims):
        pairs = {place: [m[i : i + 1] for m in grouped[place]] for place in aim}
        losses.append(torch.stack([_Distance.apply(*pairs[p], aim[p]) for p in aim]).mean())
    return torch.stack(losses)


def blemishes(painted: Tensor) -> dict[str, Tensor]:
    """The loss's terms for paintings (N, 3, H, W) by themselves.

    Variation; what is cut off; and what is the same in every cell of four pixels' side, as a
    network weaves it that enlarges twice, instead of grain.
    """
    outside = painted - painted.clamp(0, 1)
    fine = painted - F.avg_pool2d(painted, LATTICE + 1, 1, LATTICE // 2, count_include_pad=False)
    whole = [side // LATTICE * LATTICE for side in fine.shape[2:]]
    cells = fine[:, :, : whole[0], : whole[1]].unflatten(3, (-1, LATTICE))
    cell = cells.unflatten(2, (-1, LATTICE)).mean((2, 4))
    across, down = painted.diff(dim=3), painted.diff(dim=2)
    return {
        "variation": TV_WEIGHT * (across.square().mean() + down.square().mean()),
        "range": RANGE_WEIGHT * outside.square().mean(),
        "lattice": LATTICE_WEIGHT * cell.square().mean(),
    }


class _Distance(torch.autograd.Function):
    """`Wasserstein.compare` for autograd."""

    @staticmethod
    def forward(
        ctx: BackwardCFunction, gram: Tensor, means: Tensor, statistic: Wasserstein
    ) -> Tensor:
        """The loss of moments (1, C, C) and (1, C): a scalar."""
        compared = statistic.compare(gram, means)
        ctx.save_for_backward(compared.by_gram, compared.by_mean)
        return compared.loss

    @staticmethod
    def backward(ctx: BackwardCFunction, loss: Tensor) -> tuple[Tensor, Tensor, None]:
        """The gradients that `compare` gave with it."""
        by_gram, by_mean = ctx.saved_tensors
        return loss * by_gram, loss * by_mean, None
