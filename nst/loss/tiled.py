"""What a picture too large to be seen at once is optimised for: the same, tile by tile.

The loss is one of moments, which are means over the pixels: those of a picture are had from its
tiles', each seen with what has an effect on it around it. Then the loss and its gradient with
respect to the moments are had once, and each tile's own activations send theirs back: into the
tile and what is around it, where it adds to what other tiles send. So the loss and its gradient are
those of `nst.loss.objective` but for rounding, however small the tiles are, and activations take
the memory of one tile. The price is that what is around tiles is seen more than once, and
everything once more, for the moments.
"""

from collections.abc import Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nst.features.network import FeatureNetwork
from nst.features.tiles import Layers, Tile
from nst.features.trace import Source
from nst.loss.aim import Aim, Comparison, Judged, Moments, StyleMoments, Wanted
from nst.loss.balance import Balance
from nst.loss.content import ContentTarget
from nst.loss.evaluated import Evaluated, Evaluation, Losses, whole
from nst.loss.moments import mean_products, moments
from nst.loss.regions import Region, root_guide
from nst.loss.total_variation import add_total_variation
from nst.settings import Settings

LOOK, WAY_BACK = 1, 3
"""What a tile takes, in forward passes: to be seen, and to be seen and gone back from."""


@dataclass(frozen=True)
class _Given:
    """What targets are made of."""

    content: Tensor
    regions: Sequence[Region]
    balance: Balance | None

    @property
    def styles(self) -> list[list[Tensor]]:
        return [[style for style, _ in region.styles] for region in self.regions]


class _Means:
    """Moments of a picture, by names, from those of its tiles; added in float64."""

    def __init__(self) -> None:
        self._sums: dict[Hashable, list[Tensor]] = {}

    def add(self, name: Hashable, own: Sequence[Tensor], share: float) -> None:
        """Add those of a tile that has such a share of the picture's pixels."""
        parts = [share * each.double() for each in own]
        before = self._sums.get(name)
        if before is not None:
            parts = [a + b for a, b in zip(before, parts, strict=True)]
        self._sums[name] = parts

    def of(self, name: Hashable, dtype: torch.dtype) -> list[Tensor]:
        """Those of the picture."""
        return [each.to(dtype) for each in self._sums[name]]

    def both(self, name: Hashable, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """The Gram matrix and the mean of the picture."""
        gram, mean = self.of(name, dtype)
        return gram, mean


class TiledObjective(Evaluated):
    """As `nst.loss.objective.Objective`, with the memory of one tile; made when first evaluated.

    Args:
        side: of a tile in pixels, without what is around it.
    """

    def __init__(
        self,
        features: FeatureNetwork,
        content: Tensor,
        regions: Sequence[Region],
        settings: Settings,
        side: int,
        balance: Balance | None = None,
    ) -> None:
        self.features = features
        self._wanted = Wanted.of(features, settings)
        self.tv_weight = self._wanted.tv_weight
        self._layers = Layers.of(features.table, self._wanted.layers)
        self._tiling = self._layers.tiling(side)
        height, width = content.shape[2:]
        self._tiles = self._tiling.tiles(height, width)
        self._sizes = self._layers.sizes(height, width)
        self._given: _Given | None = _Given(content, regions, balance)
        self._aim: Aim | None = None
        # The content picture's activations, which are less to keep than to make again.
        self._contents: dict[str, Tensor] = {}

    def picture(self, image: Tensor) -> Tensor:
        """As `Objective.picture`."""
        return image

    def evaluate(self, image: Tensor) -> Evaluation:
        """As `Objective.evaluate`."""
        return whole(self.in_parts(image))

    @torch.no_grad()
    def in_parts(self, image: Tensor) -> Generator[float, None, Evaluation]:
        """As `evaluate`; yields what share is done after each tile."""
        work, done = self._evaluated(image), 0
        total = (LOOK + WAY_BACK) * len(self._tiles) + LOOK * self._tiles_of_targets()
        while True:
            try:
                done += next(work)
            except StopIteration as end:
                return end.value
            yield done / (total + 1)  # what is not of any tile

    def _tiles_of_targets(self) -> int:
        """Those that are to be seen before the first evaluation."""
        if self._given is None:
            return 0
        styles = (style for own in self._given.styles for style in own)
        return len(self._tiles) + sum(len(self._tiles_of(style)) for style in styles)

    def _tiles_of(self, picture: Tensor) -> list[Tile]:
        return self._tiling.tiles(picture.shape[2], picture.shape[3])

    def _evaluated(self, image: Tensor) -> Generator[int, None, Evaluation]:
        if self._given is not None:
            self._aim = yield from self._targets(self._given)
            self._given = None
        assert self._aim is not None
        judged = yield from self._judged(self._aim, image)
        gradient = yield from self._gradient(self._aim, judged, image)
        total_variation = add_total_variation(gradient, image, self.tv_weight)
        # As in `Objective`: no loss is finite whose gradient is not.
        loss = judged.loss + self.tv_weight * total_variation + 0 * gradient.sum()
        total, *parts = torch.stack([loss, *judged.parts, total_variation]).tolist()
        return total, gradient, Losses(*parts)

    def _targets(self, given: _Given) -> Generator[int, None, Aim]:
        styles: list[list[StyleMoments]] = []
        for own in given.styles:
            styles.append([])
            for style in own:
                styles[-1].append((yield from self._style(style)))
        comparisons = self._wanted.comparisons(given.regions, styles, self._sizes)
        means = _Means()
        for tile in self._tiles:
            self._keep(means, tile, comparisons, given.content)
            yield LOOK
        contents = {
            k: ContentTarget.of(*means.both(k, self._exact), self.features.metrics.get(k))
            for k in self._wanted.contents
        }
        start = _by_comparison(means, comparisons, self._exact)
        return self._wanted.aim(contents, comparisons, start, given.balance)

    def _keep(
        self, means: _Means, tile: Tile, comparisons: Sequence[Comparison], content: Tensor
    ) -> None:
        """Keep what is compared of a tile of the content picture, and add its moments."""
        seen = self._see(tile, content)
        self._compare(means, tile, comparisons, seen)
        for k in self._wanted.contents:
            x = seen[k]
            means.add(k, moments(x), self._share(k, x))
            if k not in self._contents:
                # In one piece: pieces among what comes and goes would break up the memory.
                shape = (1, x.shape[1], *self._sizes[k])
                self._contents[k] = torch.empty(
                    shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last
                )
            tile.own(self._contents[k], self._layers.strides[k]).copy_(x)

    def _difference(self, tile: Tile, layer: str, seen: Mapping[str, Tensor]) -> Tensor:
        """A tile's own activations less the content picture's."""
        return seen[layer] - tile.own(self._contents[layer], self._layers.strides[layer])

    @property
    def _exact(self) -> torch.dtype:
        """Of moments."""
        return torch.promote_types(self.features.dtype, torch.float32)

    def _style(self, style: Tensor) -> Generator[int, None, StyleMoments]:
        """The Gram matrix and the mean of each layer for a style (1, 3, H, W), or with alpha."""
        colours, alpha = style[:, :3], style[:, 3:]
        sizes = self._layers.sizes(style.shape[2], style.shape[3])
        roots = {k: root_guide(alpha, sizes[k]) for k in self._wanted.weights if alpha.numel()}
        means = _Means()
        for tile in self._tiles_of(style):
            for k, x in self._see(tile, colours, self._wanted.weights).items():
                root = tile.own(roots[k], self._layers.strides[k]).to(x) if roots else None
                x = x if root is None else x * root
                own = mean_products(x), self._wanted.statistic.mean_of(x, root)
                means.add(k, own, x[0, 0].numel() / (sizes[k][0] * sizes[k][1]))
            yield LOOK
        return {k: means.both(k, self._exact) for k in self._wanted.weights}

    def _judged(self, aim: Aim, image: Tensor) -> Generator[int, None, Judged]:
        """The loss of an image's moments."""
        means = _Means()
        for tile in self._tiles:
            seen = self._see(tile, image)
            self._compare(means, tile, aim.comparisons, seen)
            for k in aim.contents:
                difference = self._difference(tile, k, seen)
                means.add(k, [mean_products(difference)], self._share(k, difference))
            del seen, difference  # not to be held while the next tile is seen
            yield LOOK
        differences = {k: means.of(k, self._exact)[0] for k in aim.contents}
        return aim.judge(differences, _by_comparison(means, aim.comparisons, self._exact))

    def _gradient(self, aim: Aim, judged: Judged, image: Tensor) -> Generator[int, None, Tensor]:
        """The gradient of that loss, gathered from what each tile sends back."""
        gradient = torch.zeros_like(image)
        for tile in self._tiles:
            tile.of(gradient).add_(self._back(tile, aim, judged, image))
            yield WAY_BACK
        return gradient

    def _back(self, tile: Tile, aim: Aim, judged: Judged, image: Tensor) -> Tensor:
        """What a tile's own activations send back, to the tile and to what is around it."""
        trace = self.features.trace(tile.of(image), self._wanted.layers)
        seen = self._own(tile, trace.activations)
        sources: dict[str, list[Source]] = {layer: [] for layer in seen}
        for k, slope in judged.slopes.items():
            sources[k].append(Source(self._difference(tile, k, seen), slope))
        cut = self._cut(tile, aim.comparisons)
        for each, result in zip(cut, judged.compared, strict=True):
            source = each.source(each.features(seen), result, judged.by_style)
            sources[each.layer].append(source)
        return trace.gradient(self._sent(tile, sources))

    def _sent(self, tile: Tile, sources: Mapping[str, Sequence[Source]]) -> dict[str, list[Source]]:
        """The sources of a tile's own activations, as parts of the whole picture's."""
        return {
            k: [
                replace(
                    source.times(self._share(k, source.features)),
                    within=tile.window(self._layers.strides[k]),
                )
                for source in own
            ]
            for k, own in sources.items()
        }

    def _compare(
        self,
        means: _Means,
        tile: Tile,
        comparisons: Sequence[Comparison],
        seen: Mapping[str, Tensor],
    ) -> None:
        """Add a tile's moments, by the comparisons' numbers."""
        for number, each in enumerate(self._cut(tile, comparisons)):
            features = each.features(seen)
            own = [x for x in each.moments(features) if x is not None]
            means.add(number, own, self._share(each.layer, features))

    def _cut(self, tile: Tile, comparisons: Sequence[Comparison]) -> list[Comparison]:
        """Comparisons within a tile."""
        return [
            each
            if each.root is None
            else replace(each, root=tile.own(each.root, self._layers.strides[each.layer]))
            for each in comparisons
        ]

    def _see(
        self, tile: Tile, picture: Tensor, layers: Mapping[str, float] | set[str] | None = None
    ) -> dict[str, Tensor]:
        """A tile's own activations."""
        return self._own(tile, self.features(tile.of(picture), layers or self._wanted.layers))

    def _own(self, tile: Tile, activations: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """A tile's own of the activations that it has with what is around it, in one piece each."""
        return {
            k: tile.inner(x, self._layers.strides[k]).contiguous(memory_format=torch.channels_last)
            for k, x in activations.items()
        }

    def _share(self, layer: str, own: Tensor) -> float:
        """The share of a layer's pixels that a tile's own are."""
        height, width = self._sizes[layer]
        return own[0, 0].numel() / (height * width)


def _by_comparison(
    means: _Means, comparisons: Sequence[Comparison], dtype: torch.dtype
) -> list[Moments]:
    moments = (means.of(number, dtype) for number in range(len(comparisons)))
    return [Moments(gram, *(mean or (None,))) for gram, *mean in moments]
