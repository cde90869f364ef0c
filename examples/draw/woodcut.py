"""Woodcut: sun, peaks, pines and a lake in carved lines that follow every form; two blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .canvas import Field, Ids, Sheet, mix, outlines, palette, ramp, step

PAPER = palette("#efe2c4")[0]
INK = palette("#17130f")[0]
# The tint block, rolled from top to bottom of the sheet.
TINT = palette("#b5482a", "#d9772f", "#e8b052", "#d8a24a", "#7f9a86", "#5f8a86")
SUN_AT = (540.0, 140.0)
SHORE = 372.0


def _carve(phase: NDArray, darkness: NDArray) -> Field:
    """Give ink (0..1) as lines of constant phase that swell with darkness."""
    ridge = np.abs(2 * np.mod(phase, 1) - 1)
    return step(0, 0.12, np.clip(darkness, 0.0, 1) - ridge)


def _profile(x: NDArray, rng: np.random.Generator, roughness: float, count: int) -> NDArray:
    """Give a jagged skyline (0..1): a sum of tent waves."""
    total = np.zeros_like(x)
    for octave in range(count):
        length, shift = 210 / 1.9**octave, rng.uniform(0, 1)
        total += np.abs(2 * np.mod(x / length + shift, 1) - 1) * roughness**octave
    return total / sum(roughness**octave for octave in range(count))


def _sky(x: NDArray, y: NDArray, wobble: NDArray, gouge: NDArray) -> Field:
    """Carve rays near the sun, and long bands of cloud across them."""
    away = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    turn = np.arctan2(y - SUN_AT[1], x - SUN_AT[0]) / (2 * np.pi)
    rays = _carve(turn * 96 + 0.12 * wobble, 0.16 + away / 900 + 0.22 * gouge)
    drift = y + 16 * np.sin(x / 120 + 1.3) + 9 * wobble
    cloud = step(0.15, 0.5, np.sin(drift / 27) + 0.9 * np.sin(x / 150 + y / 90) + 0.4 * wobble)
    band = _carve(drift / 6.4, 0.34 + 0.3 * np.sin(drift / 27 + 2) + 0.25 * gouge)
    sky = np.where((cloud > 0.5) & (away > 92), band, rays)
    halo = _carve(away / 7.5, 0.62 - (away - 52) / 110 + 0.1 * gouge)
    sky = np.where(away < 86, halo, sky)
    return np.where(away < 50, 0, sky)


def _peaks(
    x: NDArray, y: NDArray, skyline: NDArray, wobble: NDArray, gouge: NDArray, pitch: float
) -> Field:
    """Carve slanting strokes: dense on slopes turned from the sun, sparse on lit ones."""
    bent = x + 0.35 * (y - skyline) * np.sin(y / 23 + 2 * wobble) + 14 * wobble
    lean = np.gradient(skyline, axis=1)
    columns = np.clip(bent / x[0, -1] * (x.shape[1] - 1), 0, x.shape[1] - 1).astype(int)
    falling = np.take_along_axis(lean, columns, axis=1) > 0
    lit = ~falling
    slant = np.where(lit, y * 0.85 + x * 0.55, y * 0.75 - x * 0.7) + 5 * wobble
    deep = np.clip((y - skyline) / 150, 0, 1)
    darkness = np.where(lit, 0.08 + 0.40 * deep, 0.86 - 0.25 * deep) + 0.3 * gouge
    return _carve(slant / pitch, darkness)


def _pines(x: NDArray, y: NDArray, rng: np.random.Generator, gouge: NDArray) -> tuple[Field, Ids]:
    """Carve rows of conifers from back to front: dark boughs, cuts on the side of the sun."""
    ink, labels = np.zeros(x.shape, np.float32), np.zeros(x.shape, np.int64)
    feet = [*np.linspace(-10, 318, 13), *np.linspace(662, 790, 6)]
    depth = rng.permutation(len(feet))
    for number in np.argsort(depth):
        foot_x = feet[number] + rng.uniform(-7, 7)
        edge = abs(foot_x - 470) / 470
        tall = (rng.uniform(64, 92) + 150 * edge**2.2) * (0.82 + 0.36 * depth[number] / len(feet))
        base = SHORE + 8 + 18 * depth[number] / len(feet)
        up = (base - y) / tall
        side = x - foot_x
        tiers = np.round(tall / 15)
        tier = np.mod(up * tiers + 0.3 * np.abs(side) / (tall * 0.2) + 0.02 * np.sin(x), 1)
        half = tall * 0.21 * np.clip(1.02 - up, 0, 2) ** 0.85 * (1.18 - 0.66 * tier)
        inside = (np.abs(side) < half) & (up > 0) & (up < 1)
        lit = np.clip(side / (tall * 0.2 * (1.05 - up)), -1, 1) * np.sign(SUN_AT[0] - foot_x)
        fan = (side * (1.2 - 0.5 * up) + 0.55 * np.sign(side) * (y - base)) / 4.6
        boughs = np.maximum(_carve(fan, 0.92 - 0.62 * lit + 0.25 * gouge), step(0.78, 0.1, tier))
        ink = np.where(inside, boughs, ink)
        labels = np.where(inside, number + 20, labels)
    return ink, labels


def _lake(x: NDArray, y: NDArray, wobble: NDArray, gouge: NDArray) -> Field:
    """Carve ripples that open up below the sun."""
    depth = np.clip((y - SHORE) / 204, 0, 1)
    ripple = 40 * np.sqrt(depth + 0.02) + 0.25 * np.sin(x / (12 + 26 * depth)) + 0.5 * wobble
    path = np.exp(-(((x - SUN_AT[0]) / (30 + 90 * depth)) ** 2))
    return _carve(ripple, 0.66 - 0.55 * path + 0.45 * gouge + 0.12 * depth)


def _bank(x: NDArray, y: NDArray, top: NDArray, wobble: NDArray, gouge: NDArray) -> Field:
    """Carve grass blades on the near bank, white out of black."""
    blade = x + 0.25 * (y - top) * np.sin(x / 31) + 6 * wobble
    rows = np.sin((y - top) / 13 + 2.5 * np.sin(x / 60))
    return _carve(blade / 5.2, 0.72 + 0.34 * rows + 0.3 * gouge)


def _print(sheet: Sheet, rng: np.random.Generator, ink: Field, tint: Field) -> Field:
    """Print both blocks on paper: grain in the black, salt in the solids, a worn tint."""
    _, y = sheet.coordinates()
    rings = np.sin((y + 10 * sheet.noise(rng, (240, 40), 2)) * 1.1)
    grain = 0.5 * rings + sheet.noise(rng, (46, 1.3))
    wear = step(0.80, 0.3, grain * 0.55 + 0.5 * sheet.noise(rng, 1.4) + 0.25)
    paper = PAPER * (1 + 0.05 * sheet.noise(rng, 1.5) + 0.03 * sheet.noise(rng, (30, 2)))[..., None]
    rolled = ramp(TINT, np.clip(y / 560 + 0.02 * grain, 0, 1))
    toned = mix(paper, paper * 0.15 + rolled * 0.85, tint * (0.92 - 0.16 * np.abs(grain)))
    return mix(toned, INK, ink * (1 - 0.55 * wear) * 0.97)


def draw(sheet: Sheet) -> Image.Image:
    """Carve every region in its own direction, outline the forms, and print."""
    rng = np.random.default_rng(41)
    x, y = sheet.coordinates()
    wobble, gouge = sheet.noise(rng, 46, 2), sheet.noise(rng, (26, 9), 2)
    labels: Ids = np.zeros(x.shape, np.int64)
    ink = _sky(x, y, wobble, gouge)
    labels[np.hypot(x - SUN_AT[0], y - SUN_AT[1]) < 50] = 9
    far = 330 - 150 * _profile(x - 40, rng, 0.42, 4) * (0.65 + 0.35 * np.cos((x - 210) / 150))
    near = 372 - 250 * _profile(x + 90, rng, 0.36, 5) * np.exp(-(((x - 215) / 210) ** 2))
    for number, (skyline, pitch) in enumerate(((far, 5.2), (near, 6.6)), start=1):
        ink = np.where(y > skyline, _peaks(x, y, skyline, wobble, gouge, pitch), ink)
        labels[y > skyline] = number
    lake = y > SHORE
    ink, labels = np.where(lake, _lake(x, y, wobble, gouge), ink), np.where(lake, 4, labels)
    boughs, pines = _pines(x, y, rng, gouge)
    ink, labels = np.where(pines > 0, boughs, ink), np.where(pines > 0, pines, labels)
    top = 520 + 22 * np.sin(x / 120 + 2.2) - 46 * np.exp(-(((x - 60) / 150) ** 2))
    ink = np.where(y > top, _bank(x, y, top, wobble, gouge), ink)
    labels = np.where(y > top, 6, labels)
    ink = np.maximum(ink, outlines(sheet, labels, 3.0))
    snowcap = (labels == 2) & (y < near + 26 + 10 * wobble)
    tint = np.where(snowcap | (labels == 9), 0.0, 1.0)
    return sheet.finish(_print(sheet, rng, ink, tint.astype(np.float32)))
