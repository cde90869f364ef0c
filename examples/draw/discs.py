"""Discs: concentric rings cut by diameters, in simultaneous contrasts of gouache colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .canvas import Field, Ids, Sheet, mix, outlines, palette, per_label

PAINTS = palette(
    "#d7301f", "#f0642a", "#f7a823", "#f6d94a", "#f3ead0", "#8fbf4f", "#1f8a5b", "#2aa6b0",
    "#2f6fc4", "#1d2f86", "#6a3d9a", "#c9427f", "#15151f", "#8a2b22", "#e8b9a0",
)  # fmt: skip


@dataclass(frozen=True)
class Disc:
    """A set of rings: its centre, radius, ring count, sectors and the turn of its cuts."""

    x: float
    y: float
    radius: float
    rings: int
    sectors: int
    turn: float


DISCS = (
    Disc(130, 480, 260, 8, 4, 0.20),
    Disc(640, 90, 235, 8, 4, 0.62),
    Disc(700, 500, 190, 6, 4, 0.10),
    Disc(90, 90, 170, 6, 4, 0.40),
    Disc(390, 300, 215, 9, 4, 0.78),
    Disc(235, 255, 92, 5, 2, 0.55),
    Disc(545, 385, 96, 5, 4, 0.30),
    Disc(400, 60, 70, 4, 2, 0.15),
    Disc(420, 540, 74, 4, 4, 0.70),
)


def _cut(disc: Disc, x: NDArray, y: NDArray) -> tuple[Ids, NDArray, NDArray]:
    """Label a disc's ring sectors; also give which ring and which sector each pixel is in."""
    away = np.hypot(x - disc.x, y - disc.y)
    turn = np.arctan2(y - disc.y, x - disc.x) / (2 * np.pi) + disc.turn
    ring = np.floor(away / disc.radius * disc.rings).astype(np.int64)
    sector = np.floor(np.mod(turn, 1) * disc.sectors).astype(np.int64)
    return ring * disc.sectors + sector, ring, sector


def _choose(count: int, sectors: int, rng: np.random.Generator) -> NDArray:
    """Pick a paint for every ring sector, never the one beside it or inside it."""
    chosen = np.zeros((count, sectors), np.int64)
    for ring in range(count):
        for sector in range(sectors):
            taken = {chosen[ring - 1, sector], chosen[ring, sector - 1], chosen[ring, 0]}
            free = [paint for paint in range(len(PAINTS)) if paint not in taken]
            chosen[ring, sector] = rng.choice(free)
    return chosen


def _compose(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Ids, Ids, Field]:
    """Lay ground and discs; returns labels, paint numbers and the brush's heading."""
    column = np.floor((x + 0.35 * y) / 96).astype(np.int64)
    row = np.floor((y - 0.3 * x) / 88).astype(np.int64) + 8
    labels = column * 31 + row
    paints = (column * 5 + row * 7 + column * row) % len(PAINTS)
    heading = np.full(x.shape, 0.35, np.float32)
    for number, disc in enumerate(DISCS, start=1):
        cut, ring, sector = _cut(disc, x, y)
        inside = ring < disc.rings
        table = _choose(disc.rings, disc.sectors, rng)
        paint = table[np.minimum(ring, disc.rings - 1), sector]
        labels = np.where(inside, cut + 1000 * number, labels)
        paints = np.where(inside, paint, paints)
        around = np.arctan2(y - disc.y, x - disc.x) + np.pi / 2
        heading = np.where(inside, around, heading)
    return labels, paints, heading


def _strokes(sheet: Sheet, heading: NDArray, rng: np.random.Generator) -> Field:
    """Smear noise along the brush's heading: the streaks of a loaded flat brush."""
    speckle = sheet.noise(rng, 2.0)
    x, y = sheet.coordinates()
    total = np.zeros(x.shape, np.float32)
    for way in np.linspace(-16, 16, 17):
        total += sheet.sample(speckle, x + way * np.cos(heading), y + way * np.sin(heading))
    return total / 17 * 3.2


def draw(sheet: Sheet) -> Image.Image:
    """Paint every ring sector with visible strokes, uneven opacity and hand-cut edges."""
    rng = np.random.default_rng(30)
    x, y = sheet.coordinates()
    wave_x, wave_y = sheet.noise(rng, 40, 2), sheet.noise(rng, 40, 2)
    labels, paints, heading = _compose(x + 2.6 * wave_x, y + 2.6 * wave_y, rng)
    streak = _strokes(sheet, heading, rng)
    colour = PAINTS[paints] + per_label(labels, rng, -0.05, 0.05)[..., None]
    other = PAINTS[(paints + 1) % len(PAINTS)]
    pool = np.clip(0.30 + 0.55 * sheet.noise(rng, 60, 3) + 0.35 * streak, 0, 0.55)
    colour = mix(colour, other, pool * 0.8)
    edge = outlines(sheet, labels, 1.6)
    colour = mix(colour, palette("#efe3c8")[0], edge * np.clip(0.55 + 0.6 * wave_x, 0, 0.9))
    rim = sheet.blur(edge, 4)
    shade = 1 + 0.16 * streak - 0.28 * rim + 0.05 * sheet.noise(rng, 1.6)
    light = np.clip(sheet.relief(streak, 0.5), -0.6, 0.6)
    return sheet.finish(colour * (shade + 0.22 * light)[..., None])
