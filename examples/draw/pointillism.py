"""Pointillism: an evening lake with poplars, built of dots in complementary colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .canvas import HEIGHT, WIDTH, Field, Sheet, as_float, level, mix, palette, ramp, step

SKY = palette("#3d6fb8", "#7fb0d6", "#c7cfe0", "#f7d9a8", "#fbb56a", "#f2876a")
WATER = palette("#f0a070", "#c9a6c0", "#6f93c9", "#2f5aa0", "#1f3f7d")
HILLS = palette("#8d86c4", "#5f6db0", "#3f6f8f")
LEAVES = palette("#2a2f66", "#235a5a", "#4a8048", "#a9ac48", "#f0bd55")
MEADOW = palette("#d8c45a", "#84a04a", "#3f7a5a", "#3a4f7a", "#7a4a80")
SUN = palette("#fff3b8", "#ffc04d")
# Poplars: foot x, foot y, height, half width.
TREES = (
    (92, 430, 330, 34),
    (160, 424, 265, 27),
    (222, 418, 210, 22),
    (272, 412, 160, 17),
    (655, 424, 250, 29),
    (716, 432, 320, 35),
)
SUN_AT = (452, 238)
SHORE = 400


def _ground(x: NDArray, y: NDArray, wander: NDArray) -> Field:
    """Give sky, sun, hills, water and meadow, without the trees."""
    sky = ramp(SKY, np.clip(y / 320 + 0.07 * wander, 0, 1))
    away = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    sky = mix(sky, SUN[1], 0.85 * np.exp(-((away / 120) ** 2)))
    colour = mix(sky, SUN[0], step(36, 6, 72 - away))
    for rank in range(3):
        ridge = 282 + 16 * rank - 26 * np.sin(x / (95 - 14 * rank) + 2.2 * rank)
        hill = ramp(HILLS, np.clip(rank / 2 + 0.2 * wander + (y - ridge) / 400, 0, 1))
        colour = np.where((y > ridge)[..., None], hill, colour)
    ripple = np.sin(y * 0.55 + 3 * wander + np.sin(x / 40))
    water = ramp(WATER, np.clip((y - 318) / 190 + 0.07 * ripple, 0, 1))
    path = np.exp(-(((x - SUN_AT[0]) / (16 + (y - 318) * 0.28)) ** 2))
    water = mix(water, SUN[1], path * (0.55 + 0.45 * ripple))
    colour = np.where((y > 318)[..., None], water, colour)
    bank = 478 + 34 * np.sin(x / 130 + 0.6) + 20 * wander
    meadow = ramp(MEADOW, np.clip((y - bank) / 110 + 0.2 * wander, 0, 1))
    spit = np.minimum(np.abs(x - 450) - 168, 150) / 150
    shore = SHORE + 22 - 14 * np.sqrt(np.clip(spit, 0, 1))
    low = SHORE + 22 + 22 * np.sqrt(np.clip(spit, 0, 1)) + 5 * wander
    banks = ramp(MEADOW, np.clip((y - shore) / 60 + 0.3 * wander, 0, 1))
    colour = np.where(((spit > 0) & (y > shore) & (y < low))[..., None], banks, colour)
    return np.where((y > bank)[..., None], meadow, colour)


def _scene(x: NDArray, y: NDArray, wander: NDArray) -> Field:
    """Give the colour the dots add up to at each point."""
    colour = _ground(x, y, wander)
    for foot_x, foot_y, height, half in TREES:
        up = (foot_y - y) / height
        crown = (
            half * np.clip(up * 7, 0, 1) ** 0.5 * np.clip(1 - up, 0, 1) ** 0.62 * (1 + 0.3 * wander)
        )
        side = (x - foot_x) / half
        lit = 0.42 + 0.4 * np.where(foot_x < SUN_AT[0], side, -side) + 0.25 * wander
        inside = (np.abs(x - foot_x) < crown) & (up > 0)
        colour = np.where(inside[..., None], ramp(LEAVES, np.clip(lit, 0, 1)), colour)
        down = (y - foot_y) / (height * 0.42)
        mirror = (np.abs(x - foot_x) < half * 0.8 * (1 + 0.3 * wander)) & (down > 0) & (down < 1)
        dark = ramp(LEAVES, np.clip(lit * 0.6, 0, 1)) * 0.9
        colour = mix(colour, dark, np.where(mirror, 0.7 * (1 - down), 0))
    return colour


def _divide(colour: Field, rng: np.random.Generator) -> Field:
    """Split colours the divisionist way: most dots near, some hue-shifted, some complementary."""
    count = len(colour)
    grey = colour.mean(axis=1, keepdims=True)
    vivid = grey + (colour - grey) * rng.uniform(1.0, 1.6, (count, 1))
    warm = np.where(rng.random((count, 1)) < 0.5, 1, -1) * np.array([0.13, 0.02, -0.15])
    shifted = vivid + warm
    complement = grey + (grey - colour) * 0.85 + 0.03
    choice = rng.random((count, 1))
    split = np.where(choice < 0.52, vivid, np.where(choice < 0.87, shifted, complement))
    return split + rng.normal(0, 0.05, (count, 1))


def _grid(rng: np.random.Generator, spacing: float) -> NDArray:
    """Give jittered grid points in random order."""
    x, y = np.meshgrid(np.arange(-4, WIDTH + 8, spacing), np.arange(-4, HEIGHT + 8, spacing * 0.9))
    x[::2] += spacing / 2
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    points += rng.uniform(-0.42, 0.42, points.shape) * spacing
    return points[rng.permutation(len(points))]


def draw(sheet: Sheet) -> Image.Image:
    """Lay the dots from large to small, then light their raised edges."""
    rng = np.random.default_rng(5)
    wander = sheet.noise(rng, 36, 3)
    image, height = sheet.blank("RGB", (214, 190, 150)), sheet.blank("L", 40)
    pen, knife = ImageDraw.Draw(image), ImageDraw.Draw(height)
    for spacing, radius in ((9.5, 6.6), (7.0, 4.3), (5.6, 3.0), (7.5, 2.2)):
        points = _grid(rng, spacing)
        x, y = points.T
        colours = _divide(_scene(x, y, sheet.sample(wander, x, y)), rng)
        sizes = radius * rng.uniform(0.72, 1.12, len(points)) * sheet.scale
        squash = rng.uniform(0.82, 1.0, len(points))
        for (px, py), colour, size, flat in zip(
            points * sheet.scale, colours, sizes, squash, strict=True
        ):
            box = (px - size, py - size * flat, px + size, py + size * flat)
            pen.ellipse(box, fill=level(colour))
            knife.ellipse(box, fill=int(rng.integers(70, 200)))
    light = sheet.relief(as_float(height), 0.6) + 0.05 * sheet.noise(rng, 1.6)
    return sheet.finish(as_float(image) * (1 + 0.55 * np.clip(light, -0.4, 0.5))[..., None])
