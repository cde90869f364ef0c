"""The ground the styles are drawn on: a supersampled sheet, noise, colour ramps and relief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
Ids = NDArray[np.int64]

WIDTH, HEIGHT = 768, 576
# Drawn at twice the finished size and scaled down: the only anti-aliasing the styles need.
SUPERSAMPLE = 2


@dataclass(frozen=True)
class Sheet:
    """A sheet to draw on; every style works in design units, 768 across and 576 down."""

    width: int = WIDTH

    @property
    def scale(self) -> float:
        """Pixels of the sheet per design unit."""
        return SUPERSAMPLE * self.width / WIDTH

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the sheet in pixels."""
        return round(HEIGHT * self.scale), round(WIDTH * self.scale)

    def coordinates(self) -> tuple[Field, Field]:
        """Give x and y of every pixel's centre in design units."""
        rows, columns = self.shape
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        return (x + 0.5) / self.scale, (y + 0.5) / self.scale

    def blank(self, mode: str, colour: int | tuple[int, int, int] = 0) -> Image.Image:
        """Give an empty image of the sheet's size."""
        return Image.new(mode, self.shape[::-1], colour)

    def pixels(self, points: NDArray) -> list[float]:
        """Turn (n, 2) points in design units into the flat list that ImageDraw takes."""
        return (np.asarray(points) * self.scale).ravel().tolist()

    def noise(
        self, rng: np.random.Generator, cell: float | tuple[float, float], octaves: int = 1
    ) -> Field:
        """Give smooth noise in about -1..1; `cell` is the size of its lumps in design units."""
        across, down = cell if isinstance(cell, tuple) else (cell, cell)
        total = np.zeros(self.shape, np.float32)
        for octave in range(octaves):
            cx, cy = across / 2**octave, down / 2**octave
            lattice = rng.uniform(-1, 1, (int(HEIGHT / cy) + 4, int(WIDTH / cx) + 4))
            box = (1, 1, 1 + WIDTH / cx, 1 + HEIGHT / cy)
            image = Image.fromarray(lattice.astype(np.float32))
            stretched = image.resize(self.shape[::-1], Image.Resampling.BICUBIC, box=box)
            total += np.asarray(stretched) / 2**octave
        return total / (2 - 2.0 ** (1 - octaves))

    def sample(self, field: NDArray, x: NDArray, y: NDArray) -> NDArray:
        """Look a field up at points in design units; points off the sheet take its border."""
        rows, columns = self.shape
        column = np.clip(np.asarray(x) * self.scale, 0, columns - 1).astype(int)
        row = np.clip(np.asarray(y) * self.scale, 0, rows - 1).astype(int)
        return field[row, column]

    def blur(self, field: NDArray, radius: float) -> Field:
        """Soften a field (two box passes each way); `radius` is in design units."""
        reach = max(1, round(radius * self.scale))
        soft = np.asarray(field, np.float64)
        for axis in (0, 1, 0, 1):
            soft = _box(soft, reach, axis)
        return soft.astype(np.float32)

    def relief(self, height: NDArray, softness: float = 0.5) -> Field:
        """Shade a height field lit from the upper left: above 0 faces the light."""
        down, right = np.gradient(self.blur(height, softness))
        # Slopes are per pixel: times the scale they are the same at every size.
        return (-(down + right) * self.scale).astype(np.float32)

    def finish(self, rgb: NDArray) -> Image.Image:
        """Turn a float RGB array in 0..1 into the finished picture."""
        levels = np.clip(np.asarray(rgb) * 255 + 0.5, 0, 255).astype(np.uint8)
        size = (self.width, round(HEIGHT * self.width / WIDTH))
        return Image.fromarray(levels).resize(size, Image.Resampling.LANCZOS)


def _box(field: NDArray, reach: int, axis: int) -> NDArray:
    """Average over 2 * reach + 1 pixels along one axis, the border repeated."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis)
    length = field.shape[axis]
    span = 2 * reach + 1
    high = np.take(sums, np.arange(span, span + length), axis=axis)
    return (high - np.take(sums, np.arange(length), axis=axis)) / span


def as_float(image: Image.Image) -> Field:
    """Give an 8-bit image as floats in 0..1."""
    return np.asarray(image, np.float32) / 255


def palette(*colours: str) -> Field:
    """Turn '#rrggbb' colours into an (n, 3) float array."""
    return np.array([list(bytes.fromhex(c[1:])) for c in colours], np.float32) / 255


def ramp(colours: Field, position: NDArray) -> Field:
    """Blend through evenly spaced colours; position 0 is the first, 1 the last."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(position, stops, colours[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def mix(under: NDArray, over: NDArray, amount: NDArray | float) -> Field:
    """Lay one colour over another; amount 1 covers it fully."""
    weight = np.clip(np.asarray(amount, np.float32), 0, 1)[..., None]
    return under + (over - under) * weight


def step(edge: float, soft: float, value: NDArray) -> Field:
    """Rise smoothly from 0 to 1 as value passes `edge`, over a width of `soft`."""
    t = np.clip((value - edge) / soft + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


def level(rgb: Sequence[float]) -> tuple[int, int, int]:
    """Turn one float colour into the 8-bit one that ImageDraw takes."""
    red, green, blue = (min(255, max(0, round(float(c) * 255))) for c in rgb)
    return red, green, blue


def outlines(sheet: Sheet, labels: Ids, width: float) -> Field:
    """Give 0..1 lines of about `width` units wherever neighbouring labels differ."""
    edge = np.zeros(labels.shape, np.float32)
    edge[:, 1:] += labels[:, 1:] != labels[:, :-1]
    edge[1:, :] += labels[1:, :] != labels[:-1, :]
    # Blurring, then cutting low, grows the one-pixel edge into a round-cornered line.
    soft = sheet.blur(np.minimum(edge, 1), width / 3)
    return step(0.06 / (width / 3 * sheet.scale) * 2, 0.05, soft)


def cells(x: NDArray, y: NDArray, rng: np.random.Generator, jitter: float = 0.8) -> Ids:
    """Label Voronoi cells of one jittered seed per unit square of the given coordinates."""
    span = 256
    shift = rng.uniform(-0.5, 0.5, (2, span, span)).astype(np.float32) * jitter
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    best = np.full(x.shape, np.inf, np.float32)
    label = np.zeros(x.shape, np.int64)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            i, j = (row + dy) % span, (column + dx) % span
            away_x = column + dx + 0.5 + shift[0, i, j] - x
            away_y = row + dy + 0.5 + shift[1, i, j] - y
            distance = away_x**2 + away_y**2
            nearer = distance < best
            best = np.where(nearer, distance, best)
            label = np.where(nearer, i * span + j, label)
    return label


def per_label(labels: Ids, rng: np.random.Generator, low: float, high: float) -> Field:
    """Give every label its own random value, the same all over its cell."""
    table = rng.uniform(low, high, 8191).astype(np.float32)
    return table[labels % 8191]
