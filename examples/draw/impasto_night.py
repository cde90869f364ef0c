"""Impasto night: thick strokes swirl along a flow field over a sky, lamps and furrowed fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .canvas import HEIGHT, WIDTH, Field, Sheet, as_float, level, mix, palette, ramp

SKY = palette("#0b1140", "#14297a", "#1f57a6", "#3f97b5", "#9cc7a8", "#f4c56b", "#ee7b4b")
ARMS = palette("#0e1a5c", "#2a6fc0", "#8fd0d8", "#f6ecc0")
FIELDS = palette("#16243f", "#1f4a4d", "#4c7a3f", "#b59a3c", "#7a3f6b", "#2a2350")
LAMP = palette("#e9862c", "#ffd35c", "#fffbe0")
# Centre x, y, radius and turning sense of each swirl of the sky.
SWIRLS = ((215, 150, 120, 1.0), (430, 235, 85, -1.0), (40, 300, 80, -1.0), (690, 285, 90, 1.0))
# Centre x, y and radius of moon and stars.
LAMPS = ((610, 105, 62), (395, 70, 24), (75, 95, 26), (300, 300, 18), (520, 320, 16), (730, 40, 18))


@dataclass(frozen=True)
class Pass:
    """One round of strokes, from coarse to fine."""

    count: int
    length: float
    width: float
    contrast: float


PASSES = (
    Pass(1700, 90, 19, 0.05),
    Pass(3600, 66, 11.5, 0.07),
    Pass(5200, 44, 7.0, 0.09),
    Pass(2600, 28, 4.2, 0.11),
)


def _hill(x: NDArray, rank: int) -> NDArray:
    """Give the skyline of the nearest (2) to the farthest (0) hill."""
    base, swell, length = ((388, 16, 105), (436, 22, 150), (500, 20, 190))[rank]
    return base + swell * np.sin(x / length + rank * 2.1) + 7 * np.sin(x / 37 + rank)


def _sky(x: NDArray, y: NDArray, wander: NDArray) -> Field:
    colour = ramp(SKY, np.clip(y / 410 + 0.10 * wander, 0, 1) ** 1.25)
    for cx, cy, radius, spin in SWIRLS:
        away = np.hypot(x - cx, y - cy)
        turn = spin * np.arctan2(y - cy, x - cx)
        band = 0.5 + 0.5 * np.cos(away / radius * 8.5 - turn)
        colour = mix(colour, ramp(ARMS, band), 0.95 * np.exp(-((away / radius) ** 2.2)))
    for cx, cy, radius in LAMPS:
        away = np.hypot(x - cx, y - cy) / radius
        rings = 0.5 + 0.5 * np.cos(away * 9)
        glow = ramp(LAMP, np.clip(1.25 - away + 0.25 * rings, 0, 1))
        colour = mix(colour, glow, 1.25 * np.exp(-((away / 0.95) ** 2)) * (0.75 + 0.25 * rings))
    return colour


def _scene(x: NDArray, y: NDArray, wander: NDArray) -> Field:
    """Give the colour to paint at each point."""
    colour = _sky(x, y, wander)
    for rank in range(3):
        depth = y - _hill(x, rank)
        furrow = 0.5 + 0.5 * np.sin((x - 384) / (40 + depth * 0.9) * 9 + rank * 2 + wander)
        shade = 0.16 + 0.20 * rank + 0.42 * furrow + 0.12 * wander
        ground = ramp(FIELDS, np.clip(shade, 0, 1)) * (0.8 + 0.25 * furrow[..., None])
        rim = np.exp(-np.abs(depth - 4) / 5)
        ground = mix(ground, LAMP[1], rim * (0.55 - 0.15 * rank))
        colour = np.where((depth > 0)[..., None], ground, colour)
    return colour


def _flow(x: NDArray, y: NDArray) -> NDArray:
    """Give the angle a stroke takes at each point."""
    along, down = np.ones_like(x), 0.35 * np.sin(x / 95 + y / 60)
    turns = [*SWIRLS, *((cx, cy, 1.5 * r, 1.0) for cx, cy, r in LAMPS)]
    for cx, cy, radius, spin in turns:
        dx, dy = x - cx, y - cy
        away = np.hypot(dx, dy) + 1
        pull = 5 * spin * np.exp(-((away / radius / 1.15) ** 2))
        along, down = along - dy / away * pull, down + dx / away * pull
    angle = np.arctan2(down, along)
    for rank in range(3):
        slope = np.arctan(_hill(x + 1, rank) - _hill(x, rank))
        fan = np.arctan2(40 + (y - _hill(x, rank)), (x - 384) * 0.9 + 1e-3)
        lean = slope if rank < 1 else np.where(y - _hill(x, rank) < 12, slope, fan)
        angle = np.where(y > _hill(x, rank), lean, angle)
    return angle


def _paths(start: NDArray, length: float) -> NDArray:
    """Follow the flow from every start; returns (strokes, points, 2)."""
    steps = 9
    x, y = start.T
    path = [start]
    for _ in range(steps):
        angle = _flow(x, y)
        x, y = x + np.cos(angle) * length / steps, y + np.sin(angle) * length / steps
        path.append(np.stack([x, y], axis=1))
    return np.stack(path, axis=1)


class Painter:
    """Lays bristly strokes on a colour image and their thickness on a height image."""

    def __init__(self, sheet: Sheet, rng: np.random.Generator) -> None:
        """Start from a dark blue ground."""
        self.sheet, self.rng = sheet, rng
        self.colour = sheet.blank("RGB", (20, 26, 70))
        self.height = sheet.blank("L", 60)
        self._pen, self._knife = ImageDraw.Draw(self.colour), ImageDraw.Draw(self.height)

    def stroke(self, path: NDArray, width: float, rgb: NDArray) -> None:
        """Draw one stroke: a bundle of bristles, each with its own tint, length and load."""
        step = np.gradient(path, axis=0)
        normal = np.stack([-step[:, 1], step[:, 0]], axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
        count = max(3, round(width / 1.7))
        line = max(1, round(width / count * 1.7 * self.sheet.scale))
        spread = np.linspace(-0.5, 0.5, count) * width
        tints = self.rng.normal(0, 0.035, count)
        loads = self.rng.integers(70, 210, count) + 40 * (np.abs(spread) > 0.36 * width)
        trims = self.rng.integers(0, 3, (count, 2))
        for offset, tint, load, (head, tail) in zip(spread, tints, loads, trims, strict=True):
            bristle = (path + normal * offset)[head : len(path) - tail]
            points = self.sheet.pixels(bristle)
            self._pen.line(points, fill=level(rgb + tint), width=line)
            self._knife.line(points, fill=int(min(load, 255)), width=line)


def draw(sheet: Sheet) -> Image.Image:
    """Paint the picture in passes from coarse to fine and light its thick paint."""
    rng = np.random.default_rng(11)
    wander = sheet.noise(rng, 70, 2)
    painter = Painter(sheet, rng)
    for layer in PASSES:
        start = rng.uniform((-40, -20), (WIDTH + 10, HEIGHT + 20), (layer.count, 2))
        paths = _paths(start, layer.length)
        x, y = paths[:, 4].T
        colours = _scene(x, y, sheet.sample(wander, x, y))
        colours += rng.normal(0, layer.contrast * 0.5, (len(colours), 1))
        colours += rng.normal(0, layer.contrast * 0.35, colours.shape)
        for path, colour in zip(paths, colours, strict=True):
            painter.stroke(path, layer.width * rng.uniform(0.7, 1.15), colour)
    for cx, cy, radius in LAMPS:
        # The flow has no strokes at a lamp's very centre: dab it in.
        for _ in range(int(radius)):
            dab = np.array([cx, cy]) + rng.normal(0, radius * 0.13, 2)
            turn = rng.uniform(0, 2 * np.pi)
            run = np.linspace(-0.2, 0.2, 8)[:, None] * radius * [np.cos(turn), np.sin(turn)]
            painter.stroke(dab + run, 5.0, LAMP[2] + rng.normal(0, 0.03, 3) - [0, 0.02, 0.14])
    light = sheet.relief(as_float(painter.height), 0.5)
    rgb = as_float(painter.colour) * (1 + 1.1 * np.clip(light, -0.5, 0.6))[..., None]
    return sheet.finish(rgb + 0.25 * np.clip(light - 0.15, 0, 1)[..., None])
