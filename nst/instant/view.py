"""A picture as a feature network sees it, in tiles: what is kept of a large one is its moments."""

from torch import Tensor

from nst.features.tiles import Tile, Tiling
from nst.instant.decoder import REACH
from nst.instant.transport import CONTENT_LAYER, LAYERS, PIXELS, Moments, Seen, Transport, mixed
from nst.loss.moments import moments

SIDE = 768
"""Of a tile in pixels, without what it sees around itself: a multiple of 16, as `REACH` is."""
MOST_PIXELS = (SIDE + 2 * REACH) ** 2
"""Of a tile with what is around it; the last one has a narrow rest instead, at most."""
STRIDES = {PIXELS: 1} | {layer: 2**i for i, layer in enumerate(LAYERS)}
"""Pixels from one activation to the next."""


def tiles(height: int, width: int) -> list[Tile]:
    """The tiles of a picture, row by row."""
    return Tiling(SIDE, REACH).tiles(height, width)


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
