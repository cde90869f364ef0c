"""What the decoder learns on: crops of photographs, and where each group of them is to go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import torch
from torch import Tensor
from torch.nn import functional as F

from nst.instant.transport import CONTENT_LAYER, LAYERS, Aim, Moments, Transport, mixed
from training.common.crops import Crops
from training.instant.perception import HALVINGS

SIDE, BATCH, GROUP = 160, 4, 2
"""Of the crops in pixels; how many make a step, and how many of them are one picture's."""
COARSE = 0.4
"""Share of the steps in which styles are halved once more, as they are for a first, coarse step."""
ITS_OWN = 0.5
"""Share of the groups that go to a style in its own colours; for the others red, green and blue are
exchanged, so that few paintings teach many palettes."""
WHOLE = 0.75
"""Share of the groups that go all the way to a style; the others go a part of it."""
ORDERS = list(permutations(range(3)))
"""Of red, green and blue, their own first."""
LEAST_START = 0.15
"""Floor for a photograph's style loss, in parts of which a painting's is counted."""


@dataclass(frozen=True)
class Scene:
    """Photographs, and where they go.

    Attributes:
        photographs: (N, 3, H, W), by how often they were halved.
        contents: their activations at the content layer, likewise.
        aims: by group, and how often it was halved.
        starts: (G,), the groups' style losses, before anything was done.
    """

    photographs: Sequence[Tensor]
    contents: Sequence[Tensor]
    aims: Sequence[Sequence[Aim]]
    starts: Tensor


def of_groups(moments: Moments, groups: int) -> list[Moments]:
    """The moments of groups, given those of their pictures."""
    means = {k: [m.unflatten(0, (groups, -1)).mean(1) for m in pair] for k, pair in moments.items()}
    return [
        {k: (gram[i : i + 1], mean[i : i + 1]) for k, (gram, mean) in means.items()}
        for i in range(groups)
    ]


class Scenes:
    """Draws scenes from photographs and style pictures, from one seeded generator."""

    def __init__(
        self,
        photographs: Sequence[Tensor],
        styles: Sequence[Tensor],
        transport: Transport,
        generator: torch.Generator,
    ) -> None:
        """Prepare to draw.

        Args:
            photographs: uint8 (3, H, W).
            styles: (1, 3, H, W) in [0, 1].
        """
        self._crops = Crops(photographs, SIDE, generator)
        self._styles, self._transport, self._generator = styles, transport, generator
        self._measured: dict[tuple[int, int, int], Moments] = {}

    @torch.no_grad()
    def draw(self) -> Scene:
        """The next one."""
        device = self._transport.features.device
        crops = self._crops.plain(BATCH).to(device)
        photographs = [F.avg_pool2d(crops, 2**halvings) for halvings in HALVINGS]
        seen = [self._transport.see(photograph) for photograph in photographs]
        groups = BATCH // GROUP
        own = list(zip(*(of_groups(self._transport.moments(s), groups) for s in seen), strict=True))
        further = int(self._uniform() < COARSE)
        aims, starts = [], []
        for photograph in own:
            which = self._style()
            share = 1.0 if self._uniform() < WHOLE else self._uniform()
            style = [self._moments(which, halvings + further) for halvings in HALVINGS]
            whole = [self._transport.aim(moments) for moments in style]
            starts.append(_distance(photograph, whole))
            aims.append(whole if share == 1 else self._between(photograph, style, share))
        contents = [s.activations[CONTENT_LAYER] for s in seen]
        return Scene(
            photographs, contents, aims, torch.tensor(starts, device=device).clamp_min(LEAST_START)
        )

    def _uniform(self) -> float:
        return float(torch.rand(1, generator=self._generator))

    def _style(self) -> tuple[int, int]:
        """One of the styles, and one of the orders of its colours."""
        number, order = (int(self._uniform() * n) for n in (len(self._styles), len(ORDERS)))
        return number, 0 if self._uniform() < ITS_OWN else order

    def _moments(self, which: tuple[int, int], halvings: int) -> Moments:
        """Of a style, measured when it is drawn for the first time."""
        key = *which, halvings
        if key not in self._measured:
            number, order = which
            style = F.avg_pool2d(self._styles[number][:, ORDERS[order]], 2**halvings)
            seen = self._transport.see(style.to(self._transport.features.device))
            self._measured[key] = self._transport.moments(seen)
        return self._measured[key]

    def _between(
        self, photograph: Sequence[Moments], style: Sequence[Moments], share: float
    ) -> list[Aim]:
        return [
            self._transport.aim(mixed([(theirs, 1 - share), (its, share)]))
            for theirs, its in zip(photograph, style, strict=True)
        ]


def _distance(own: Sequence[Mapping[str, tuple[Tensor, Tensor]]], aims: Sequence[Aim]) -> float:
    """The mean Wasserstein distance over layers and sizes."""
    losses = [
        aim[layer].compare(*moments[layer]).loss
        for moments, aim in zip(own, aims, strict=True)
        for layer in LAYERS
    ]
    return float(torch.stack(losses).mean())
