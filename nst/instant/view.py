"""A picture as a feature network sees it, in tiles: what is kept of a large one is its moments."""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from nst.instant.decoder import REACH
from nst.instant.transport import CONTENT_LAYER, LAYERS, PIXELS, Moments, Seen, Transport, mixed
from nst.loss.moments import moments

SIDE = 768
"""Of a tile in pixels, without what it sees around itself: a multiple of 16, as `REACH` is."""
MOST_PIXELS = (SIDE + 2 * REACH) ** 2
"""Of a tile with what is around it; the last one has a narrow rest instead, at most."""
STRIDES = {PIXELS: 1} | {layer: 2**i for i, layer in enumerate(LAYERS)}
"""Pixels from one activation to the next."""


@dataclass(frozen=True)
class Tile:
    """A part of a picture: rows and columns, and those with what has an effect on them."""

    rows: slice
    columns: slice
    outer_rows: slice
    outer_columns: slice

    def of(self, image: Tensor, stride: int = 1) -> Tensor:
        """The tile with what is around it, of a picture or of what is `stride` times smaller."""
        return image[:, :, _strided(self.outer_rows, stride), _strided(self.outer_columns, stride)]

    def inner(self, outer: Tensor, stride: int = 1) -> Tensor:
        """The tile itself, of what was made of it with what is around it."""
        rows, columns = (
            _strided(slice(inner.start - around.start, inner.stop - around.start), stride)
            for inner, around in (
                (self.rows, self.outer_rows),
                (self.columns, self.outer_columns),
            )
        )
        return outer[:, :, rows, columns]


def tiles(height: int, width: int) -> list[Tile]:
    """The tiles of a picture, row by row."""
    return [
        Tile(rows, columns, _around(rows, height), _around(columns, width))
        for rows in _parts(height)
        for columns in _parts(width)
    ]


def _parts(length: int) -> Iterator[slice]:
    # A last one that is narrow would be all margin: it belongs to the one before.
    starts = range(0, max(1, length - REACH), SIDE)
    for start in starts:
        yield slice(start, length if start == starts[-1] else start + SIDE)


def _around(part: slice, length: int) -> slice:
    return slice(max(0, part.start - REACH), min(length, part.stop + REACH))


def _strided(part: slice, stride: int) -> slice:
    return slice(part.start // stride, -(-part.stop // stride))


class View:
    """A picture (1, 3, H, W) and what a network sees in it.

    Attributes:
        image: the picture.
        tiles: its parts. Of a picture that is one, what is seen is kept until it was taken, and
            the content for good.
    """

    def __init__(self, transport: Transport, image: Tensor) -> None:
        self.image = image
        self.tiles = tiles(*image.shape[2:])
        self._transport = transport
        self._kept: Seen | None = None
        self._content: Tensor | None = None

    def moments(self) -> Moments:
        """Of the whole picture, with N = 1."""
        if len(self.tiles) == 1:
            self._kept = self._kept or self._transport.see(self.image)
            return self._transport.moments(self._kept)
        pixels = self.image[0, 0].numel()
        return mixed(self._of_tile(tile, pixels) for tile in self.tiles)

    def take(self, tile: Tile) -> Seen:
        """What the network sees in a tile, with what is around it."""
        seen, self._kept = self._kept, None
        return seen or self._transport.see(tile.of(self.image))

    def content(self, tile: Tile) -> Tensor:
        """The activations of a tile, with what is around it, at the content layer."""
        content = self._content
        if content is None and self._kept is not None:
            content = self._kept.activations[CONTENT_LAYER]
        if content is None:
            content = self._transport.content(tile.of(self.image))
        if len(self.tiles) == 1:
            self._content = content
        return content

    def _of_tile(self, tile: Tile, pixels: int) -> tuple[Moments, float]:
        """The moments of a tile's own activations, and its share of the picture."""
        seen = self._transport.see(tile.of(self.image))
        own = {
            layer: moments(tile.inner(seen.of(layer), stride)) for layer, stride in STRIDES.items()
        }
        return own, tile.inner(seen.image)[0, 0].numel() / pixels
