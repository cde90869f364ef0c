"""Mosaic: a fish leaps over a scalloped sea before the sun; tesserae follow every curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .canvas import Field, Ids, Sheet, mix, outlines, palette, per_label, ramp, step

SKY = palette("#fbe6b0", "#f6c98a", "#eba27a", "#c98aa0", "#8a7fb5", "#5f74b0")
SUN = palette("#fff0b0", "#ffcf4a", "#f09a22", "#d9601f")
SEA = palette("#0d2f5e", "#14588f", "#1f8aa8", "#54bdb8", "#d8ecd8", "#123f74")
FISH = palette("#a81f1f", "#e0481f", "#f58a2a", "#ffd36a", "#fff2d0")
GROUT = palette("#3a342f")[0]
SUN_AT = (560.0, 185.0)
# The fish lies along an arc: centre, radius of its spine, angles of tail and nose.
ARC_AT, ARC_RADIUS, TAIL, NOSE = (330.0, 520.0), 285.0, -2.62, -1.02
SCALLOP, SEA_TOP = 66.0, 372.0


@dataclass
class Tiling:
    """Tesserae of one region: an id per tile and the place inside it (-0.5..0.5 both ways)."""

    ids: Ids
    across: NDArray
    along: NDArray


def _rings(x: NDArray, y: NDArray, centre: tuple[NDArray | float, ...], size: float) -> Tiling:
    """Lay tiles in concentric rings around a centre, a whole number in each ring."""
    cx, cy = centre
    radius = np.hypot(x - cx, y - cy) / size
    ring = np.floor(radius)
    count = np.maximum(3, np.round(2 * np.pi * (ring + 0.5)))
    turn = np.mod(np.arctan2(y - cy, x - cx) / (2 * np.pi) + 0.37 * ring, 1) * count
    tile = np.floor(turn)
    ids = (ring * 997 + tile).astype(np.int64)
    return Tiling(ids, radius - ring - 0.5, turn - tile - 0.5)


def _sea(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Tiling, Field, Ids]:
    """Overlap rows of scallops, each of rings that alternate between deep and light."""
    centre_x, centre_y = np.zeros_like(x), np.full_like(y, 1e4)
    rows = int((640 - SEA_TOP) / (SCALLOP / 2)) + 2
    for row in range(rows):
        shift = SCALLOP * (row % 2)
        cx = np.round((x - shift) / (2 * SCALLOP)) * 2 * SCALLOP + shift
        cy = SEA_TOP + SCALLOP * 0.9 + row * SCALLOP / 2
        covers = np.hypot(x - cx, y - cy) < SCALLOP
        centre_x, centre_y = np.where(covers, cx, centre_x), np.where(covers, cy, centre_y)
    tiles = _rings(x, y, (centre_x, centre_y), SCALLOP / 7)
    whole = np.round(centre_x * 13 + centre_y * 7).astype(np.int64)
    tiles.ids += whole * 31
    ring = np.floor(np.hypot(x - centre_x, y - centre_y) / (SCALLOP / 7))
    order = np.array([3, 2, 1, 0, 2, 5, 4])[np.clip(ring, 0, 6).astype(int)]
    deep = np.clip((centre_y - SEA_TOP - 60) / 240, 0, 1)
    tone = np.clip(SEA[order] * (1.08 - 0.28 * deep)[..., None], 0, 1)
    return tiles, tone + per_label(tiles.ids, rng, -0.07, 0.07)[..., None], whole


def _sky(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Tiling, Field]:
    """Ring the sun with rows that cool outwards, rays among them."""
    tiles = _rings(x, y, SUN_AT, 12.5)
    away = np.hypot(x - SUN_AT[0], y - SUN_AT[1])
    turn = np.arctan2(y - SUN_AT[1], x - SUN_AT[0])
    ray = step(0.15, 0.5, np.cos(turn * 14 + 0.35 * np.sin(away / 40)))
    tone = np.clip(
        (away - 70) / 470 + 0.16 * (1 - ray) + per_label(tiles.ids, rng, -0.1, 0.1), 0, 1
    )
    colour = ramp(SKY, tone)
    gold = (per_label(tiles.ids + 5, rng, 0, 1) < 0.05)[..., None]
    colour = np.where(gold, SUN[1], colour)
    disc = ramp(SUN, np.clip(away / 78 + per_label(tiles.ids, rng, -0.14, 0.14), 0, 1))
    return tiles, np.where((away < 75)[..., None], disc, colour)


def _fish(x: NDArray, y: NDArray, rng: np.random.Generator) -> tuple[Tiling, Field, Ids]:
    """Bend body, fins and tail along an arc; 0 in the labels is outside the fish."""
    away = np.hypot(x - ARC_AT[0], y - ARC_AT[1]) - ARC_RADIUS
    turn = np.arctan2(y - ARC_AT[1], x - ARC_AT[0])
    s = (turn - TAIL) / (NOSE - TAIL)
    inner = np.clip((s - 0.2) / 0.8, 0, 1)
    half = 14 + 50 * np.sqrt(np.clip(inner * (1 - inner) * 4, 0, 1)) * (0.8 + 0.3 * inner)
    body = (
        (np.abs(away) < half * np.where(inner > 0.97, (1 - inner) / 0.03, 1)) & (s > 0.2) & (s < 1)
    )
    fan = np.clip((0.24 - s) / 0.24, 0, 1)
    notch = np.abs(away) > 62 * np.clip(fan - 0.52, 0, 1)
    tail = (np.abs(away) < 12 + 70 * fan**0.8) & (s > 0) & (s <= 0.24) & notch
    crest = half + 44 * np.sqrt(np.clip((s - 0.34) * (0.80 - s) / 0.053, 0, 1)) * (0.6 + 0.4 * s)
    keel = half + 36 * np.clip(1 - np.abs(s - 0.50) / 0.09, 0, 1)
    fins = ((away > 0) & (away < crest)) | ((away < 0) & (-away < keel))
    fins &= (s > 0.3) & (s < 0.82) & ~body
    tiles = _rings(x, y, ARC_AT, 9.2)
    scale = 0.5 + 0.5 * np.cos(away / 14 * np.pi) * np.cos(s * 44)
    back = 0.42 - 0.0062 * away + 0.30 * (scale - 0.5) + per_label(tiles.ids, rng, -0.1, 0.1)
    colour = ramp(FISH, np.clip(back, 0, 1))
    stripes = ramp(FISH, np.clip(0.25 + 0.35 * np.sin(s * 90 + away / 9), 0, 1))
    colour = np.where((fins | tail)[..., None], stripes, colour)
    gill = body & (np.abs(s - 0.86 + 0.00002 * away**2) < 0.011)
    eye = np.hypot((s - 0.925) * ARC_RADIUS * (NOSE - TAIL), away - 12)
    colour = np.where(gill[..., None], FISH[0] * 0.75, colour)
    colour = np.where((body & (eye < 13))[..., None], FISH[4], colour)
    colour = np.where((body & (eye < 7))[..., None], GROUT * 0.5, colour)
    pupil = 4 * (body & (eye < 7)) + 5 * (body & (eye >= 7) & (eye < 13))
    return tiles, colour, np.maximum(body * 1 + tail * 2 + fins * 3, pupil)


def _set(sheet: Sheet, tiles: Tiling, colour: Field, lines: Field, seed: int) -> Field:
    """Set the tiles in grout: uneven cuts, tilted faces, glints and a little dirt."""
    rng = np.random.default_rng(seed)
    reach = per_label(tiles.ids + 11, rng, 0.39, 0.46)
    shape = (np.abs(tiles.across) ** 5 + np.abs(tiles.along) ** 5) ** 0.2
    face = step(0, 0.09, reach - shape) * (1 - lines)
    lean_x, lean_y = per_label(tiles.ids + 3, rng, -1, 1), per_label(tiles.ids + 4, rng, -1, 1)
    chips = sheet.noise(rng, 2.2, 2)
    x, y = sheet.coordinates()
    tilt = 0.5 * (lean_x * np.sin(x / 5) + lean_y * np.sin(y / 5))
    light = np.clip(sheet.relief(face * 0.9 + 0.10 * tilt, 0.7), -0.7, 0.7)
    value = per_label(tiles.ids + 9, rng, 0.84, 1.12) + 0.06 * chips + 0.12 * tilt
    glint = (per_label(tiles.ids + 21, rng, 0, 1) > 0.965) * 0.2
    grout = GROUT * (1 + 0.35 * sheet.noise(rng, 1.6))[..., None]
    lit = colour * (value + glint + 0.42 * light)[..., None]
    return mix(grout, lit + 0.10 * np.clip(light, 0, 1)[..., None], face)


def draw(sheet: Sheet) -> Image.Image:
    """Lay sky, sea and fish, each in rows of its own, and grout them."""
    rng = np.random.default_rng(17)
    x, y = sheet.coordinates()
    # Bent coordinates make the rows uneven, as if cut and laid by hand.
    x, y = x + 1.5 * sheet.noise(rng, 26, 2), y + 1.5 * sheet.noise(rng, 26, 2)
    tiles, colour = _sky(x, y, rng)
    regions = (np.hypot(x - SUN_AT[0], y - SUN_AT[1]) < 75).astype(np.int64)
    sea_tiles, sea_colour, scallop = _sea(x, y, rng)
    fish_tiles, fish_colour, part = _fish(x, y, rng)
    for inside, layer, paint, label in (
        (scallop < 60_000, sea_tiles, sea_colour, scallop + 10),
        (part > 0, fish_tiles, fish_colour, part + 200_000),
    ):
        tiles.ids = np.where(inside, layer.ids, tiles.ids)
        tiles.across = np.where(inside, layer.across, tiles.across)
        tiles.along = np.where(inside, layer.along, tiles.along)
        colour = np.where(inside[..., None], paint, colour)
        regions = np.where(inside, label, regions)
    return sheet.finish(_set(sheet, tiles, colour, outlines(sheet, regions, 2.4), 18))
