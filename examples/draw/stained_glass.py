"""Stained glass: a tree before a rayed sun, hills and water, in leaded and luminous cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .canvas import Field, Ids, Sheet, cells, mix, outlines, palette, per_label, ramp

SKY = palette("#fff0a0", "#ffc24a", "#f58a4a", "#d8588a", "#7a4fc0", "#2f56c8", "#16308f")
SUN = palette("#ffe98a", "#ffc23a", "#f5821f")
CROWN = palette("#0f6b3f", "#3fa83a", "#b8cf2f", "#f2b01e", "#e0521f", "#b01a3a")
HILLS = palette("#12806a", "#2fa56a", "#8cc43f", "#0f5f7a")
WATER = palette("#0f4fa8", "#1f8fd0", "#5fd0e0", "#c8f0e8", "#2a3fb0")
BARK = palette("#5a2a1a", "#8a4a22", "#3f1c1a")
SUN_AT = (512.0, 196.0)
# Circles that together make the tree's crown: x, y, radius.
BOUGHS = ((196, 150, 108), (110, 210, 84), (285, 215, 82), (190, 255, 86), (60, 130, 60))
# Each kind of glass owns a block of labels, so labels never clash across kinds.
BLOCK = 100_000


def _sun_and_sky(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Ids, Field]:
    """Cut rings and rays around the sun; their colours cool with distance."""
    away = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    turn = np.arctan2(y - SUN_AT[1], x - SUN_AT[0]) / (2 * np.pi) + 0.5
    ray = np.floor(turn * 22 + 0.28 * np.sin(away / 55)).astype(np.int64) % 22
    rings = np.array([88, 142, 205, 275, 350, 430, 520, 640], np.float32)
    shifts = rng.uniform(-20, 20, 22).astype(np.float32)
    ring = np.searchsorted(rings, away + np.where(away > 100, shifts[ray], 0))
    labels = ring * 40 + ray
    near = np.clip((away - 70) / 360 + per_label(labels, rng, -0.12, 0.12), 0, 1)
    colour = ramp(SKY, near)
    petal = np.floor(turn * 11).astype(np.int64)
    labels = np.where(away < 88, 900 + petal, labels)
    labels = np.where(away < 46, 999, labels)
    sun = ramp(SUN, np.clip((away - 20) / 80 + 0.25 * (petal % 2), 0, 1))
    return labels, np.where((away < 88)[..., None], sun, colour)


def _hills(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Ids, Field, NDArray]:
    """Cut three bands of long cells that follow the hills."""
    labels, colour = np.zeros(x.shape, np.int64), np.zeros((*x.shape, 3), np.float32)
    top = 330 + 26 * np.sin(x / 95 + 0.8)
    for rank in range(3):
        crest = top + 34 * rank + 12 * np.sin(x / 70 + 2.4 * rank)
        inside = y > crest
        cut = cells(x / 62 + 0.35 * rank, (y - crest) / 40 + 10 * rank, rng)
        tone = np.clip(per_label(cut, rng, 0, 1) * 0.55 + 0.22 * rank, 0, 1)
        labels = np.where(inside, cut + BLOCK * (rank + 1), labels)
        colour = np.where(inside[..., None], ramp(HILLS, tone), colour)
    return labels, colour, labels > 0


def _water(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Ids, Field, NDArray]:
    """Cut long wave-shaped cells; those below the sun carry its gold."""
    swell = y - 448 - 9 * np.sin(x / 46) - 14 * np.sin(x / 130 + 1)
    cut = cells(x / 84, swell / 25 + 50, rng, 0.75)
    colour = ramp(WATER, per_label(cut, rng, 0, 1))
    gold = np.exp(-(((x - SUN_AT[0]) / 70) ** 2)) * per_label(cut + 7, rng, 0.3, 1.2)
    return cut + 5 * BLOCK, mix(colour, SUN[2] * 0.4 + SUN[1] * 0.6, gold), swell > 0


def _tree(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Ids, Field, NDArray]:
    """Cut a leafy crown of small cells on a leaning trunk that forks."""
    crown = np.zeros(x.shape, bool)
    for cx, cy, radius in BOUGHS:
        turn = np.arctan2(y - cy, x - cx)
        crown |= np.hypot(x - cx, y - cy) < radius * (1 + 0.05 * np.sin(9 * turn))
    bend = 186 + 18 * np.sin((y - 250) / 75)
    half = 13 + np.clip((y - 330) / 12, 0, None) ** 1.35 * 0.75 + np.clip(300 - y, 0, 60) * 0.05
    trunk = (np.abs(x - bend) < half) & (y > 236) & (y < 505)
    for lean, reach in ((-0.85, 120), (0.8, 115), (-0.1, 130)):
        rise = np.clip(300 - y, 0, reach)
        arm = np.abs(x - (bend + lean * rise)) < 9 - 0.06 * rise
        trunk |= arm & (y < 302) & (y > 300 - reach)
    leaf = cells(x / 29 + 0.3 * np.sin(y / 40), y / 25, rng, 0.9)
    tone = 0.45 * per_label(leaf, rng, 0, 1) + 0.0022 * (x - 30) - 0.0008 * (y - 120)
    bark = cells(x / 22, y / 46, rng)
    labels = np.where(trunk, bark + 7 * BLOCK, leaf + 6 * BLOCK)
    bark_colour = ramp(BARK, per_label(bark, rng, 0, 1))
    colour = np.where(trunk[..., None], bark_colour, ramp(CROWN, np.clip(tone, 0, 1)))
    return labels, colour, crown | trunk


def _glow(sheet: Sheet, labels: Ids, lead: Field, rng: np.random.Generator) -> Field:
    """Give the light through each pane: streaks, seeds, a slant of its own, dark rims."""
    x, y = sheet.coordinates()
    heading = per_label(labels, rng, 0, 2 * np.pi)
    slant = np.sin(x / 21 * np.cos(heading) + y / 21 * np.sin(heading) + heading * 7)
    across, down = sheet.noise(rng, (5, 34), 2), sheet.noise(rng, (34, 5), 2)
    streak = np.where(heading % 1 < 0.5, across, down)
    rim = sheet.blur(lead, 4.5)
    seeds = np.clip(sheet.noise(rng, 2.6) - 0.55, 0, 1)
    pane = per_label(labels + 3, rng, 0.86, 1.14)
    return pane * (1.02 + 0.15 * slant + 0.24 * streak + 0.5 * seeds - 0.62 * rim)


def draw(sheet: Sheet) -> Image.Image:
    """Cut the panes, light them from behind, and lead them."""
    rng = np.random.default_rng(23)
    x, y = sheet.coordinates()
    x, y = x + 2 * sheet.noise(rng, 45), y + 2 * sheet.noise(rng, 45)
    labels, colour = _sun_and_sky(x, y, rng)
    for part in (_hills, _water, _tree):
        cut, glass, inside = part(x, y, rng)
        labels = np.where(inside, cut, labels)
        colour = np.where(inside[..., None], glass, colour)
    lead = outlines(sheet, labels, 3.4)
    lit = colour * _glow(sheet, labels, lead, rng)[..., None]
    lit = lit + 0.18 * np.stack([sheet.blur(lit[..., c], 7) for c in range(3)], axis=-1)
    shine = sheet.relief(lead, 1.0) + 0.06 * sheet.noise(rng, 2.5)
    metal = np.float32([0.07, 0.065, 0.08]) + 0.55 * np.clip(shine, 0, 0.5)[..., None]
    return sheet.finish(mix(lit, metal, lead))
