"""Waves: curling indigo seas with clawed foam before a low sun, in the manner of colour prints."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .canvas import HEIGHT, WIDTH, Field, Sheet, as_float, level, mix, palette, ramp, step

SKY = palette("#5f7d94", "#b9c2b4", "#e9dcb8", "#f1d9a4", "#eab889")
SEA = palette("#0f2342", "#1b3d6b", "#2f6190", "#6f9db5", "#b9cfc6")
FOAM = palette("#f4ead0")[0]
LINE = palette("#0c1830")[0]
SUN = palette("#c8452a")[0]
SUN_AT = (560.0, 208.0)
# Back and face of the great wave, from its foot to the tip of the curl.
BACK = (
    (-330, 560),
    (-40, 250),
    (120, 105),
    (245, 60),
    (365, 70),
    (450, 128),
    (478, 196),
    (462, 246),
)
FACE = (
    (400, 650),
    (345, 520),
    (305, 415),
    (296, 320),
    (330, 246),
    (384, 208),
    (430, 212),
    (462, 246),
)
BACK_2 = (
    (1010, 560),
    (850, 380),
    (800, 332),
    (735, 318),
    (668, 338),
    (625, 382),
    (622, 425),
    (640, 446),
)
FACE_2 = ((640, 660), (690, 590), (716, 520), (712, 462), (686, 432), (656, 428), (640, 446))


def _curve(points: tuple[tuple[int, int], ...], count: int = 160) -> NDArray:
    """Run a smooth curve (Catmull-Rom) through the points."""
    p = np.array(points, float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    at = np.linspace(0, len(points) - 1 - 1e-6, count)
    i, t = at.astype(int), (at % 1)[:, None]
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    bend = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return 0.5 * (2 * b + (c - a) * t + bend)


class Block:
    """The printing block: draws filled and outlined shapes in design units."""

    def __init__(self, sheet: Sheet, ground: Field) -> None:
        """Start from the printed sky."""
        self.sheet = sheet
        self.image = Image.fromarray((np.clip(ground, 0, 1) * 255).astype(np.uint8))
        self._pen = ImageDraw.Draw(self.image)

    def fill(self, outline: NDArray, colour: NDArray) -> None:
        """Fill a polygon."""
        self._pen.polygon(self.sheet.pixels(outline), fill=level(colour))

    def line(self, path: NDArray, width: float, colour: NDArray) -> None:
        """Draw a line of even width with round joints."""
        pixels = max(1, round(width * self.sheet.scale))
        self._pen.line(self.sheet.pixels(path), fill=level(colour), width=pixels, joint="curve")

    def discs(self, discs: NDArray, grow: float, colour: NDArray) -> None:
        """Fill discs given as rows of x, y, radius, each grown by `grow`."""
        for x, y, radius in discs * self.sheet.scale:
            r = max(0.5, radius + grow * self.sheet.scale)
            self._pen.ellipse((x - r, y - r, x + r, y + r), fill=level(colour))


def _claw(
    root: NDArray, heading: float, size: float, curl: float, rng: np.random.Generator
) -> NDArray:
    """Give one hooked finger of foam as a row of shrinking discs."""
    discs = []
    at, angle = root.astype(float), heading
    for k in range(16):
        radius = size * 0.26 * (1 - k / 17) ** 0.8
        discs.append((*at, radius))
        at = at + size * 0.075 * np.array([np.cos(angle), np.sin(angle)])
        angle += curl * (0.06 + 0.016 * k) * rng.uniform(0.8, 1.2)
    return np.array(discs)


def _foam(block: Block, ridge: NDArray, size: float, side: float, rng: np.random.Generator) -> None:
    """Fringe a crest with claws, outlined as one mass, then with drops of spray."""
    step_ = np.gradient(ridge, axis=0)
    heading = np.arctan2(step_[:, 1], step_[:, 0])
    clusters = []
    for k in range(0, len(ridge), 3):
        grow = size * (0.45 + 0.55 * k / len(ridge))
        clusters.append(np.array([(*(ridge[k] + rng.normal(0, 2, 2)), grow * 0.34)]))
        for turn in (-0.2, 0.35, 0.9):
            angle = heading[k] + side * (turn + rng.normal(0, 0.15))
            clusters.append(_claw(ridge[k], angle, grow * rng.uniform(0.8, 1.5), side, rng))
    mass = np.vstack(clusters)
    block.discs(mass, 1.5, LINE)
    block.discs(mass, 0.0, FOAM)
    for cluster in clusters[1::4]:
        block.discs(cluster[2:11] + np.array([1.2 * side, 1.6, -0.4]), -size * 0.06, SEA[4])
        block.discs(cluster[2:13] + np.array([-0.4 * side, -0.6, 0]), -size * 0.055, FOAM)
    count = len(ridge) * 2
    spray = np.column_stack(
        [
            ridge[rng.integers(0, len(ridge), count)] + rng.normal(0, size * 1.25, (count, 2)),
            np.abs(rng.normal(0.6, 0.9, count)) + 0.5,
        ]
    )
    block.discs(spray, 0.0, FOAM)


def _wave(block: Block, back: NDArray, face: NDArray, bands: int) -> None:
    """Fill a curling body with tapering stripes from its back to its face."""
    block.fill(np.vstack([back, face[::-1]]), SEA[1])
    tones = (0, 1, 0, 2, 1, 3, 0, 4, 1, 2, 0, 3, 1, 4, 2, 4)
    edges = np.linspace(0, 1, bands + 1) ** 0.85
    for k in range(bands):
        near, far = (back + (face - back) * s for s in edges[k : k + 2])
        block.fill(np.vstack([near, far[::-1]]), SEA[tones[k % len(tones)]])
        block.line(near, 1.1, LINE)
        for s in np.linspace(edges[k], edges[k + 1], 4)[1:-1]:
            cut = back + (face - back) * s
            block.line(cut[8 * (k % 3) : -20 - 6 * (k % 4)], 0.7, SEA[4] if k % 2 else SEA[2])
    block.line(back, 2.2, LINE)
    block.line(face, 2.2, LINE)


def _swell(block: Block, rank: int, rng: np.random.Generator) -> None:
    """Roll one band of pointed sea across the sheet, contour lines under each crest."""
    x = np.linspace(-10, WIDTH + 10, 320)
    base, pitch = 372 + 42 * rank + 5 * rank**2, 88 + 30 * rank
    phase = x / pitch + 0.37 * rank + rng.uniform(0, 1)
    crest = (1 - np.abs(np.sin(np.pi * phase)) ** 0.75) * (15 + 8 * rank)
    top = base - crest - 5 * np.sin(x / 190 + rank)
    floor = np.full_like(x, HEIGHT + 20)
    outline = np.vstack([np.column_stack([x, top]), np.column_stack([x[::-1], floor])])
    block.fill(outline, SEA[(2, 1, 0, 1, 0)[rank]])
    tones = (4, 0, 3, 0, 2, 0, 3, 0, 2, 1, 3)
    for k in range(11):
        drop = (3.4 + 0.9 * rank) * (k + 0.6) * (1 + 0.05 * k)
        flat = crest * np.exp(-k / 9)
        line = np.column_stack([x, base - flat - 5 * np.sin(x / 190 + rank) + drop])
        block.line(line, 2.0 + 0.35 * rank - 0.1 * k, SEA[tones[k]])
    block.line(np.column_stack([x, top]), 2.0, LINE)
    for peak in np.flatnonzero((top[1:-1] < top[:-2]) & (top[1:-1] <= top[2:])):
        ridge = np.column_stack([x, top + 1])[max(0, peak - 7 - rank) : peak + 8 + rank]
        if len(ridge) > 6:
            _foam(block, ridge, 9 + 3.2 * rank, 1.0, rng)


def _sky(sheet: Sheet, rng: np.random.Generator) -> Field:
    """Print a graded sky with the block's grain, drifting cloud bands and the sun."""
    x, y = sheet.coordinates()
    warp = 12 * sheet.noise(rng, (200, 60), 2)
    grain = np.sin((y + warp) / 2.1 + 3 * np.sin((y + warp) / 31)) + sheet.noise(rng, (60, 1.6))
    rgb = ramp(SKY, np.clip(y / 400 + 0.012 * grain, 0, 1))
    away = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    rings = 0.5 + 0.5 * np.cos((away - 92) / 17 * np.pi + 0.4 * sheet.noise(rng, 60))
    rgb = mix(rgb, SUN, 0.22 * rings * np.exp(-((away / 330) ** 2)))
    rgb = mix(rgb, SUN * (1 + 0.12 * y / 208)[..., None], step(0, 2, 92 - away))
    for level_, reach, lean in (
        (86, 15, 0.3),
        (150, 11, 2.2),
        (246, 13, 4.1),
        (292, 10, 5.0),
        (330, 9, 1),
    ):
        drift = level_ + 10 * np.sin(x / 130 + lean)
        half = reach * np.clip(np.sin(x / 160 + lean) + 0.55 + 0.25 * np.sin(x / 41 + lean), 0, 2)
        bank = step(0, 1.5, half - np.abs(y - drift))
        rgb = mix(rgb, FOAM * 0.98, bank * 0.92)
        rim = np.exp(-((np.abs(half - np.abs(y - drift)) / 1.3) ** 2)) * (half > 0.5)
        stripe = np.exp(-((np.mod(y - drift, 7.5) - 3.7) ** 2)) * bank
        rgb = mix(rgb, SEA[2], 0.75 * rim + 0.28 * stripe)
    return rgb


def draw(sheet: Sheet) -> Image.Image:
    """Print sky, swells and the two curling waves, then press the paper's tooth into them."""
    rng = np.random.default_rng(77)
    block = Block(sheet, _sky(sheet, rng))
    _swell(block, 0, rng)
    _swell(block, 1, rng)
    for back, face, bands, size, side in ((BACK_2, FACE_2, 11, 22, -1), (BACK, FACE, 17, 34, 1)):
        outer, inner = _curve(back), _curve(face)
        _wave(block, outer, inner, bands)
        start = int(len(outer) * (0.30 if side > 0 else 0.22))
        _foam(block, outer[start:], size, side, rng)
    for rank in (2, 3, 4):
        _swell(block, rank, rng)
    _, y = sheet.coordinates()
    grain = np.sin((y + 14 * sheet.noise(rng, (220, 70), 2)) / 1.7) * sheet.noise(rng, (90, 30), 2)
    tooth = 0.05 * sheet.noise(rng, 1.6) + 0.035 * sheet.noise(rng, 5, 2) + 0.05 * grain
    rgb = as_float(block.image) * (1 + tooth)[..., None]
    worn = step(0.62, 0.25, 0.6 * sheet.noise(rng, 1.7) + 0.4 * sheet.noise(rng, (50, 2)))
    return sheet.finish(mix(rgb, FOAM, 0.35 * worn))
