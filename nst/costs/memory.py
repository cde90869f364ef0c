"""What a run needs of memory, from its network's table, and what the machine has of it.

A run whose need is above what is free would end with the process killed, long after it began:
`check_fits` refuses it before any work, with the largest size that does fit. Pictures are seen as a
whole as long as that fits and they are not very large, else in tiles (`nst.loss.tiled`).
"""

import bisect
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass

from nst.costs import work
from nst.features.network import Convolution, FeatureNetwork
from nst.features.tiles import Layers
from nst.loss.aim import content_layers, used_layers
from nst.machine.available import available_bytes, gigabytes
from nst.optim.halved import is_large
from nst.optim.history import HISTORY
from nst.pictures import bounds
from nst.settings import MAX_SIDE, Settings, range_of
from nst.specs import InputError, Range

FIXED_BYTES = {"lbfgs": 40e6, "adam": 180e6}
"""What a process's first run takes at any size: kernels, and what PyTorch loads to have Adam."""
SLACK = 1.35
"""What the allocator takes over what is asked of it: freed memory leaves holes."""
KEPT_PICTURES = {"lbfgs": 9, "adam": 15}
"""Pictures (1, 3, H, W) in float32 that live through an iteration: target, start, best, the latest
ones, their gradients and averages; without L-BFGS's pairs."""
PICTURE_BYTES = 12
"""A pixel of such a picture."""
PLACE_BYTES = 8
"""What a GPU keeps of each maximum of a pooling until the way back, beside the maximum itself."""
ROOT_BYTES = 6
"""A pixel of a region's roots at all layers."""
SIDES = {"cpu": (768, 512, 384, 256), "cuda": (2048, 1024, 512)}
"""Sides of tiles, in pixels, of which the first that fits is taken: larger ones see less twice. On
a processor, with what is around them, 768 pixels keep blocks below `allocator.LARGEST_KEPT`."""
VARIABLE = "NST_TILE"
"""Environment variable that says which side, whatever fits."""
TILE = Range(label="Tile", help="Side.", default=768, minimum=16, maximum=MAX_SIDE, step=16)
Size = tuple[int, int]
HEADROOM = 0.95
"""Share of the free memory that a size named in a refusal may take: what is free fluctuates."""


@dataclass(frozen=True)
class _Layer:
    """A convolution for a picture of some size: its inputs, the places of those, its outputs, in
    bytes."""

    row: Convolution
    inputs: int
    places: int
    outputs: int
    compared: bool


@dataclass(frozen=True)
class _Run:
    """What decides the bytes of a run, beside its size.

    Attributes:
        guided: regions that masks make.
    """

    settings: Settings
    features: FeatureNetwork
    guided: int

    def bytes(self, size: Size, side: int | None) -> int:
        """What a run at (width, height) adds to the process's memory, by the side of tiles."""
        peak = max(self._iteration(size, side), self._style(size, side))
        return round(FIXED_BYTES[self.settings.optimizer] + SLACK * peak)

    def sides(self, size: Size) -> list[int | None]:
        """The ways to see a picture, the best one first; None is all at once."""
        if named := os.environ.get(VARIABLE):
            return [int(TILE.check(VARIABLE, int(named) if named.isdecimal() else named))]
        kind, longest = self.features.device.type, max(size)
        tiles = [None, *(side for side in SIDES.get(kind, SIDES["cpu"]) if side < longest)]
        return tiles[work.in_tiles(math.prod(size), kind) :]

    def chosen(self, size: Size) -> int | None:
        """The first of these that fits, or the one that takes least."""
        sides, free = self.sides(size), available_bytes(self.features.device)
        fits = (side for side in sides if self.bytes(size, side) <= free)
        return next(fits, min(sides, key=lambda side: self.bytes(size, side)))

    def least(self, size: Size) -> int:
        """The bytes of the one that takes least."""
        return min(self.bytes(size, side) for side in self.sides(size))

    @property
    def _styled(self) -> set[str]:
        return set(used_layers(self.features, self.settings))

    def _iteration(self, size: Size, side: int | None) -> int:
        contents = set(content_layers(self.features, self.settings))
        seen = self._seen(size, side, self._styled | contents)
        layers = list(_layers(self.features, self._styled | contents, seen))
        # The differences to the content layers' targets.
        compared = sum(x.outputs for x in layers if x.row.layer in contents)
        # Under a guide, the style layers are compared in copies that are multiplied by it.
        compared += self.guided * sum(x.outputs for x in layers if x.row.layer in self._styled)
        if side is not None:  # a tile's own activations, cut out of those with what is around it
            compared += sum(x.outputs for x in layers if x.compared)
            compared += self.guided * ROOT_BYTES * math.prod(size)
        targets = sum(
            x.outputs
            for x in _layers(self.features, self._styled | contents, size)
            if x.row.layer in contents
        )
        return round(self._pictures(size)) + targets + compared + _way_back(layers)

    def _pictures(self, size: Size) -> float:
        """The bytes of what is as large as the picture."""
        pictures: float = KEPT_PICTURES[self.settings.optimizer]
        if self.settings.optimizer == "lbfgs":
            each = 0.5 if is_large(math.prod(size)) else 1
            pictures += 2 * min(HISTORY, self.settings.iterations) * each
        return pictures * math.prod(size) * PICTURE_BYTES

    def _style(self, size: Size, side: int | None) -> int:
        """The forward pass over the style picture, which keeps the compared activations.

        Its aspect ratio is not known here: a square is the most that it can be.
        """
        longest = max(bounds.MIN_RESULT_SIDE, round(max(size) * self.settings.style_scale))
        seen = self._seen((longest, longest), side, self._styled)
        # Inputs pass, unless they are kept.
        kept, passing, peak = longest * longest * PICTURE_BYTES, 0, 0
        for layer in _layers(self.features, self._styled, seen):
            passing = layer.inputs if layer.row.pool else passing
            peak = max(peak, kept + passing + layer.outputs)
            kept += layer.outputs * layer.compared
            passing = layer.outputs * (not layer.compared)
        return peak

    def _seen(self, size: Size, side: int | None, used: set[str]) -> Size:
        """(width, height) of what is seen at once."""
        if side is None:
            return size
        most = side + 2 * Layers.of(self.features.table, used).reach
        return min(size[0], most), min(size[1], most)


def run_bytes(
    content_size: Size, settings: Settings, features: FeatureNetwork, guided: int = 0
) -> int:
    """Return what a run adds to the process's memory (on a GPU: the GPU's) at its peak, in bytes.

    It is reached at the finest scale, in an iteration, or before them in the style picture's
    activations, where that picture is the larger one. It depends on what is free where the picture
    would not fit as a whole.

    Args:
        content_size: (width, height) of the content picture as it is given.
        guided: regions that masks make.

    Raises:
        InputError: as `nst.pictures.bounds.fit` and `nst.loss.aim.used_layers` do.
    """
    size = bounds.fit(*content_size, settings.size, "content image")
    run = _Run(settings, features, guided)
    return run.bytes(size, run.chosen(size))


def tile_side(
    size: Size, settings: Settings, features: FeatureNetwork, guided: int = 0
) -> int | None:
    """The side of the tiles in which a picture of (width, height) is to be seen, in pixels.

    None is for all at once.
    """
    return _Run(settings, features, guided).chosen(size)


def _layers(
    features: FeatureNetwork, compared: set[str], size: tuple[int, int]
) -> Iterator[_Layer]:
    """The convolutions up to the deepest compared one, for a picture of (width, height)."""
    (width, height), channels, item = size, 3, features.dtype.itemsize
    left = set(compared)
    for row in features.table:
        if row.pool:
            width, height = width // 2, height // 2
        inputs = channels * width * height * item
        kept = row.pool and features.device.type == "cuda"
        places = inputs // item * PLACE_BYTES * kept
        width, height = math.ceil(width / row.stride), math.ceil(height / row.stride)
        channels = row.channels
        outputs = channels * width * height * item
        yield _Layer(row, inputs, places, outputs, row.layer in compared)
        left.discard(row.layer)
        if not left:
            return


def _way_back(layers: list[_Layer]) -> int:
    """Peak bytes of activations and gradients on the way back (`nst.features.trace`).

    Activations go as the way back passes them, except those that the losses compare.
    """
    passed = sum(layer.outputs for layer in layers if layer.compared)
    ahead = before = layers[0].inputs
    peak = 0
    for layer in layers:
        passed -= layer.outputs * layer.compared
        ahead += layer.places + layer.outputs
        gradients = layer.inputs + layer.outputs
        if layer.row.pool:
            gradients += before
        if layer.row.stride > 1:  # oneDNN makes its gradient in a scratch space of the same size
            gradients += layer.inputs
        peak = max(peak, ahead + passed + gradients)
        before = layer.outputs
    return peak


def check_fits(
    content_size: tuple[int, int], settings: Settings, features: FeatureNetwork, guided: int = 0
) -> None:
    """Refuse a run that needs more memory than is free.

    Raises:
        InputError: with the need, what is free, and the largest size that fits.
    """
    run = _Run(settings, features, guided)

    def needed(longest: int) -> int:
        return run.least(bounds.fit(*content_size, longest, "content image"))

    free = available_bytes(features.device)
    if needed(settings.size) <= free:
        return
    low, high = min(content_size), max(content_size)
    # Smaller ones would leave a narrow picture too few pixels across.
    smallest = max(int(range_of("size").minimum), math.ceil(bounds.MIN_RESULT_SIDE * high / low))
    sizes = range(smallest, settings.size)
    count = bisect.bisect_right(sizes, HEADROOM * free, key=needed)
    fits = f"the largest size that fits is {sizes[count - 1]}" if count else "no size fits"
    raise InputError(
        f"A run at size {settings.size} needs about {gigabytes(needed(settings.size))} of memory, "
        f"and {gigabytes(free)} are free: {fits}.",
        subject="size",
        code="does not fit",
    )
