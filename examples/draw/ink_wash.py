"""Ink wash: misty mountains, a leaning pine and a boat, with granulation and bleeding edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .canvas import Field, Sheet, as_float, mix, palette, step

PAPER = palette("#f1e8d4")[0]
# Ink thins from blue-black to a warm grey; each wash multiplies the paper by its colour.
INK = palette("#1b2230")[0]
INDIGO = palette("#3c5a78")[0]
OCHRE = palette("#c08a4a")[0]
VERMILION = palette("#c8331f")[0]
# Skyline height, swell, lump length and strength of each range, far to near.
RANGES = (
    (215, 120, 150, 0.30),
    (290, 170, 190, 0.42),
    (360, 150, 120, 0.55),
    (452, 90, 120, 0.80),
)


def _skyline(
    x: NDArray, rng: np.random.Generator, base: float, swell: float, length: float
) -> NDArray:
    """Give a rounded, steep-sided mountain outline."""
    total = np.zeros_like(x)
    for octave in range(6):
        turn = rng.uniform(0, 2 * np.pi)
        wave = np.sin(x / length * 1.75**octave + turn)
        total += np.sign(wave) * np.abs(wave) ** 0.75 / 2.05**octave
    return base - swell * 0.5 * total


def _range(
    sheet: Sheet, rng: np.random.Generator, rank: int, bleed: NDArray
) -> tuple[Field, Field]:
    """Give one range's ink: dark and wet at the edge, textured strokes, then lost in mist."""
    x, y = sheet.coordinates()
    base, swell, length, strength = RANGES[rank]
    outline = _skyline(x, rng, base, swell, length)
    if rank == 3:
        # The nearest range parts in the middle, where the river runs.
        outline = outline + 240 * np.exp(-(((x - 330) / 170) ** 4))
    depth = y - outline + (7 + 5 * (3 - rank)) * bleed
    body = step(0, 3 + 3 * (3 - rank), depth)
    fall = np.exp(-np.clip(depth, 0, None) / (70 + 26 * rank))
    rim = np.exp(-((np.clip(depth - 3, 0, None) / (7 + 3 * rank)) ** 2))
    folds = sheet.noise(rng, (13, 58), 3) + 0.6 * sheet.noise(rng, (60, 90), 2)
    creases = np.exp(-((folds / 0.10) ** 2)) * (0.4 + 0.25 * rank)
    dry = np.clip(sheet.noise(rng, (3.2, 12), 2) + 0.15, 0, 1)
    density = fall * (0.62 + 0.42 * folds + 0.75 * creases * (0.4 + dry)) + 0.42 * rim
    lost = 1 - step(428 + 14 * rank, 70, y + 12 * bleed) * (rank < 3)
    return (body * lost * np.clip(density, 0, 1.6) * strength).astype(np.float32), body


def _washes(sheet: Sheet, rng: np.random.Generator) -> Field:
    """Give the sky's blooms: pale pools whose edges dried darker."""
    _, y = sheet.coordinates()
    pool = sheet.noise(rng, (210, 120), 4) + 0.16 * np.sin(y / 60)
    soft = sheet.noise(rng, (260, 90), 3)
    density = 0.20 + 0.30 * soft + 0.10 * sheet.noise(rng, (90, 16), 3)
    for height in (-0.22, 0.05, 0.30):
        lip = np.clip(pool - height, 0, None)
        pigment = np.clip(0.10 + 0.22 * sheet.noise(rng, 110, 2), 0, 1)
        density = density + pigment * np.exp(-lip / 0.10) * step(height, 0.03, pool)
    return (np.clip(density, 0, 1) * (1 - 0.6 * step(430, 120, y))).astype(np.float32)


def _water(sheet: Sheet, rng: np.random.Generator) -> Field:
    """Give the river: long dragged strokes, darker and wider apart towards the viewer."""
    _, y = sheet.coordinates()
    near = np.clip((y - 430) / 146, 0, 1)
    long, short = sheet.noise(rng, (130, 6), 3), sheet.noise(rng, (50, 3), 2)
    strokes = np.clip(long + 0.5 * short - 0.12 + 0.15 * near, 0, 1)
    return (step(440, 60, y) * (0.08 + strokes * (0.45 + 0.75 * near))).astype(np.float32)


class Brush:
    """Draws tapering strokes of ink on a mask."""

    def __init__(self, sheet: Sheet, rng: np.random.Generator) -> None:
        """Start from an empty mask."""
        self.sheet, self.rng = sheet, rng
        self.mask = sheet.blank("L")
        self._pen = ImageDraw.Draw(self.mask)

    def stroke(self, path: NDArray, widths: NDArray, load: float = 1.0) -> None:
        """Press along a path of points; the width is given at every point."""
        fine = np.linspace(0, 1, max(8, int(np.ptp(path) * 1.5)))
        stops = np.linspace(0, 1, len(path))
        x, y = (np.interp(fine, stops, path[:, axis]) for axis in (0, 1))
        radius = np.interp(fine, np.linspace(0, 1, len(widths)), widths) / 2
        radius = radius * self.rng.uniform(0.82, 1.12, len(fine))
        for px, py, r in np.stack([x, y, radius], axis=1) * self.sheet.scale:
            self._pen.ellipse((px - r, py - r, px + r, py + r), fill=int(255 * load))

    def needles(self, x: float, y: float, size: float) -> None:
        """Fan out a pad of pine needles."""
        for _ in range(int(size * 2.2)):
            turn = self.rng.uniform(np.pi * 0.96, np.pi * 2.04)
            foot = np.array([x + self.rng.normal(0, size * 0.55), y + self.rng.normal(0, 2.2)])
            reach = size * self.rng.uniform(0.28, 0.5)
            tip = foot + reach * np.array([np.cos(turn), np.sin(turn)])
            self.stroke(np.array([foot, tip]), np.array([1.5, 0.5]), self.rng.uniform(0.6, 1))


def _pine(brush: Brush) -> None:
    """Draw an old pine that leans in from the right edge."""
    trunk = np.array([[772, 470], [716, 440], [690, 392], [704, 340], [672, 292], [640, 262]])
    brush.stroke(trunk + 0.0, np.array([30, 24, 19, 15, 11, 5]), 0.92)
    limbs = (
        ((694, 400), (640, 388), (588, 400), (548, 392)),
        ((704, 345), (742, 318), (770, 300)),
        ((686, 312), (640, 318), (596, 306), (566, 312)),
        ((650, 270), (612, 250), (580, 256)),
        ((664, 284), (690, 246), (718, 232)),
    )
    for limb in limbs:
        path = np.array(limb, float)
        brush.stroke(path, np.linspace(8, 2.5, len(path)), 0.9)
        for t in np.linspace(0.3, 1, 4):
            at = t * (len(path) - 1)
            x, y = (np.interp(at, np.arange(len(path)), path[:, axis]) for axis in (0, 1))
            brush.needles(x, y - 5, brush.rng.uniform(19, 30))
    brush.needles(640, 256, 30)


def _figures(brush: Brush) -> None:
    """Draw a boat with its fisher, reeds and a flight of birds."""
    hull = np.array([[236, 512], [262, 522], [304, 523], [338, 509]], float)
    brush.stroke(hull, np.array([2, 6, 6.5, 2]))
    brush.stroke(np.array([[286, 519], [285, 503], [288, 494]], float), np.array([8, 7, 3]))
    brush.stroke(np.array([[277, 492], [288, 487], [299, 492]], float), np.array([1.5, 5, 1.5]))
    brush.stroke(np.array([[292, 503], [330, 470], [352, 462]], float), np.array([2, 1.2, 1]))
    for x in brush.rng.normal(70, 42, 46):
        lean, tall = brush.rng.normal(10, 12), brush.rng.uniform(26, 84)
        blade = np.array([[x, 580], [x + lean * 0.3, 580 - tall * 0.6], [x + lean, 580 - tall]])
        brush.stroke(blade, np.array([3.2, 2.2, 0.6]), brush.rng.uniform(0.5, 1))
    for step_ in range(7):
        x, y = 250 + 25 * step_, 92 - 11 * step_ + 14 * (step_ % 2)
        wing = np.array([[x - 9, y - 4], [x - 3, y - 5], [x, y], [x + 4, y - 6], [x + 10, y - 5]])
        brush.stroke(wing + 0.0, np.array([0.8, 2, 2.4, 1.8, 0.7]))


def _paper(sheet: Sheet, rng: np.random.Generator) -> tuple[Field, Field]:
    """Give the paper's colour and its tooth, in which pigment settles."""
    fibres = sheet.noise(rng, (26, 1.6)) * 0.5 + sheet.noise(rng, (1.6, 20)) * 0.5
    tooth = 0.6 * sheet.noise(rng, 1.7) + 0.5 * sheet.noise(rng, 4, 2) + 0.35 * fibres
    paper = PAPER * (1 + 0.035 * tooth + 0.03 * sheet.noise(rng, 160, 2))[..., None]
    return paper, tooth


def draw(sheet: Sheet) -> Image.Image:
    """Lay sky, ranges, mist, pine and seal, one wash over the other."""
    rng = np.random.default_rng(8)
    x, y = sheet.coordinates()
    rgb, tooth = _paper(sheet, rng)
    settle = 1 + 0.42 * tooth
    bleed = sheet.noise(rng, 26, 4)
    rgb = mix(rgb, INDIGO, _washes(sheet, rng) * settle * 0.9)
    sun = step(0, 5, 37 - np.hypot(x - 520, y - 96) + 2.5 * bleed)
    rgb = mix(rgb, VERMILION, sun * (0.80 + 0.16 * bleed) * settle)
    for rank in range(len(RANGES)):
        ink, body = _range(sheet, rng, rank, bleed)
        mist = body * 0.62 * (1 + 0.5 * sheet.noise(rng, (150, 40), 2))
        rgb = mix(rgb, PAPER, mist)
        if rank == 3:
            rgb = mix(rgb, INDIGO * 0.75, _water(sheet, rng) * (1 - body) * settle)
        tone = mix(INDIGO + 0 * rgb, INK, np.full(x.shape, 0.25 + 0.22 * rank, np.float32))
        warm = 0.30 * body * np.clip(sheet.noise(rng, 90, 2) - 0.1, 0, 1)
        rgb = mix(mix(rgb, OCHRE, warm * settle), tone, ink * settle)
    brush = Brush(sheet, rng)
    _pine(brush)
    _figures(brush)
    wet = sheet.blur(as_float(brush.mask), 1.0)
    strokes = np.maximum(as_float(brush.mask), 0.8 * wet) * (0.93 + 0.22 * tooth)
    rgb = mix(mix(rgb, INK, 0.35 * sheet.blur(wet, 5) * settle), INK, strokes)
    seal = step(0, 2, 13 - np.maximum(np.abs(x - 42), np.abs(y - 46)) + 1.2 * bleed)
    signs = np.maximum(np.abs(np.mod(x - 42, 9) - 4.5), np.abs(np.mod(y - 46, 7) - 3.5)) < 2.3
    rgb = mix(rgb, VERMILION, seal * np.where(signs, 0.25, 0.92) * settle)
    return sheet.finish(rgb)
