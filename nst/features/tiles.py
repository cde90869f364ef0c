"""A picture in tiles, each with what has an effect on it around it.

Tiles begin where every layer of a network has a pixel begin, and what is around them ends there or
at the picture's edge: a network sees in a tile, with what is around it, what it sees in the whole.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from nst.features.network import Convolution


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

    def own(self, image: Tensor, stride: int = 1) -> Tensor:
        """The tile itself, of a picture or of what is `stride` times smaller."""
        return image[:, :, _strided(self.rows, stride), _strided(self.columns, stride)]

    def inner(self, outer: Tensor, stride: int = 1) -> Tensor:
        """The tile itself, of what was made of it with what is around it: a view."""
        return outer[:, :, *self.window(stride)]

    def window(self, stride: int = 1) -> tuple[slice, slice]:
        """Its rows and columns in what was made of it with what is around it."""
        rows = slice(
            self.rows.start - self.outer_rows.start, self.rows.stop - self.outer_rows.start
        )
        left = self.outer_columns.start
        columns = slice(self.columns.start - left, self.columns.stop - left)
        return _strided(rows, stride), _strided(columns, stride)


class Tiling(NamedTuple):
    """How pictures are cut, in pixels.

    Attributes:
        side: of a tile, without what is around it; a multiple of all of a network's strides.
        reach: how far around it there is an effect on it; likewise.
    """

    side: int
    reach: int

    def tiles(self, height: int, width: int) -> list[Tile]:
        """The tiles of a picture, row by row."""
        return [
            Tile(rows, columns, self._around(rows, height), self._around(columns, width))
            for rows in self._parts(height)
            for columns in self._parts(width)
        ]

    def _parts(self, length: int) -> Iterator[slice]:
        # A last one that is narrow would be all margin: it belongs to the one before.
        starts = range(0, max(1, length - self.reach), self.side)
        for start in starts:
            yield slice(start, length if start == starts[-1] else start + self.side)

    def _around(self, part: slice, length: int) -> slice:
        return slice(max(0, part.start - self.reach), min(length, part.stop + self.reach))


def _strided(part: slice, stride: int) -> slice:
    return slice(part.start // stride, -(-part.stop // stride))


@dataclass(frozen=True)
class Layers:
    """Where the pixels of a network's layers are in a picture, as far as the deepest in use.

    Attributes:
        strides: pixels from one activation to the next, by layer; the last is the largest.
        reach: pixels around a part of a picture that have an effect on the layers there, rounded up
            to the largest stride. A pooling reads what its result stands for; a convolution reads
            one of its inputs more on each side.
    """

    strides: dict[str, int]
    reach: int
    _table: Sequence[Convolution]

    @classmethod
    def of(cls, table: Sequence[Convolution], used: Collection[str]) -> "Layers":
        """Those of a network's table up to the deepest of `used`."""
        deepest = max(i for i, row in enumerate(table) if row.layer in used)
        strides: dict[str, int] = {}
        stride = 1
        reach = 0
        for row in table[: deepest + 1]:
            stride *= 2 if row.pool else 1
            reach += stride
            stride *= row.stride
            if row.layer in used:
                strides[row.layer or ""] = stride
        return cls(strides, -(-reach // stride) * stride, table[: deepest + 1])

    def sizes(self, height: int, width: int) -> dict[str, tuple[int, int]]:
        """(height, width) of each layer for a picture's."""
        sizes: dict[str, tuple[int, int]] = {}
        for row in self._table:
            if row.pool:
                height, width = height // 2, width // 2
            height, width = -(-height // row.stride), -(-width // row.stride)
            if row.layer in self.strides:
                sizes[row.layer or ""] = height, width
        return sizes

    def tiling(self, side: int) -> Tiling:
        """Tiles of about `side` pixels."""
        stride = max(self.strides.values())
        return Tiling(max(stride, side // stride * stride), self.reach)
