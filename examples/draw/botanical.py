"""Botanical: a linocut of vines, dahlias, leaves and berries that fill a dark ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .canvas import HEIGHT, WIDTH, Field, Sheet, as_float, level, mix, palette, step

GROUND = palette("#10262e")[0]
CARVED = palette("#2b5a5c")[0]
LEAVES = palette("#7f9f4a", "#4f8256", "#a8b866", "#2f7066", "#c9b45a")
PETALS = palette("#d9532f", "#e88a3a", "#f0c06a", "#c23b4a", "#efd9b0", "#d97a8a")
CREAM = palette("#f2e6c8")[0]
# Flowers: x, y, radius, first petal colour.
FLOWERS = (
    (150, 160, 84, 0),
    (545, 118, 74, 3),
    (372, 318, 96, 1),
    (652, 372, 82, 0),
    (118, 452, 78, 3),
    (392, 528, 50, 5),
    (300, 52, 46, 5),
    (735, 215, 44, 2),
    (560, 525, 46, 2),
)


class Lino:
    """The block: draws shapes on the colour image and keeps track of what is taken."""

    def __init__(self, sheet: Sheet) -> None:
        """Start from the dark ground, nothing taken."""
        self.sheet = sheet
        self.image = sheet.blank("RGB", level(GROUND))
        self.taken = sheet.blank("L")
        self._pen, self._mark = ImageDraw.Draw(self.image), ImageDraw.Draw(self.taken)

    def shape(self, outline: NDArray, colour: NDArray) -> None:
        """Fill a shape, with a rim of ground around it so that neighbours stay apart."""
        points = self.sheet.pixels(outline)
        rim = max(1, round(2.6 * self.sheet.scale))
        closed = [*points, *points[:4]]
        self._pen.line(closed, fill=level(GROUND), width=rim * 2, joint="curve")
        self._pen.polygon(points, fill=level(colour))
        self._mark.polygon(points, fill=255)
        self._mark.line(closed, fill=255, width=rim * 3, joint="curve")

    def plain(self, outline: NDArray, colour: NDArray) -> None:
        """Fill a shape that lies on another one."""
        self._pen.polygon(self.sheet.pixels(outline), fill=level(colour))

    def cut(self, path: NDArray, width: float, colour: NDArray) -> None:
        """Carve a gouge: a lens-shaped sliver along the path."""
        step_ = np.gradient(path, axis=0)
        normal = np.stack([-step_[:, 1], step_[:, 0]], axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
        swell = np.sin(np.linspace(0.25, np.pi - 0.05, len(path)))[:, None] * width / 2
        self.plain(np.vstack([path + normal * swell, (path - normal * swell)[::-1]]), colour)

    def room(self) -> NDArray:
        """Give how far each spot is from anything drawn, roughly, on a coarse grid."""
        small = self.taken.resize((WIDTH // 4, HEIGHT // 4), Image.Resampling.BOX)
        return np.asarray(small, np.float32) / 255


def _turned(points: NDArray, angle: float, at: NDArray) -> NDArray:
    """Rotate points about the origin and move them."""
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]]) + at


def _leaf(
    lino: Lino, root: NDArray, angle: float, length: float, bend: float, colour: NDArray
) -> None:
    """Draw one leaf: two tones, a carved midrib, side veins and hatching."""
    t = np.linspace(0, 1, 26)
    half = length * 0.23 * np.sin(np.pi * t**0.85) ** 0.9
    half = half * (1 + 0.06 * np.sin(t * 40))
    rib = np.column_stack([t * length, bend * length * t**2])
    upper, lower = rib - np.column_stack([0 * t, half]), rib + np.column_stack([0 * t, half])
    place = [_turned(part, angle, root) for part in (rib, upper, lower)]
    lino.shape(np.vstack([place[1], place[2][::-1]]), colour)
    lino.plain(np.vstack([place[0], place[2][::-1]]), colour * 0.74)
    veins = max(5, int(length / 7))
    for k in np.linspace(0.1, 0.86, veins):
        i = int(k * 25)
        for edge, tint in ((place[1], CREAM * 0.35 + colour * 0.65), (place[2], GROUND)):
            far = edge[min(25, i + 4)]
            path = place[0][i] + (far - place[0][i]) * np.linspace(0, 0.86, 8)[:, None]
            lino.cut(path, 1.7, tint)
    lino.cut(place[0][:25], 2.6, CREAM * 0.8)


def _petal(lino: Lino, at: NDArray, angle: float, near: float, far: float, colour: NDArray) -> None:
    """Draw one petal, gouged along its length."""
    t = np.linspace(0, 1, 16)
    half = (far - near) * 0.30 * np.sin(np.pi * t**1.25) ** 0.75
    spine = near + (far - near) * t
    outline = np.vstack([np.column_stack([spine, -half]), np.column_stack([spine, half])[::-1]])
    lino.shape(_turned(outline, angle, at), colour)
    for side, reach in ((-0.45, 0.72), (-0.15, 0.86), (0.15, 0.86), (0.45, 0.72)):
        run = np.linspace(0.12, reach, 9)
        width = np.interp(run, t, half) * side
        groove = np.column_stack([near + (far - near) * run, width])
        tint = colour * 0.62 if side > 0 else colour * 0.55 + CREAM * 0.45
        lino.cut(_turned(groove, angle, at), 1.8, tint)


def _flower(lino: Lino, x: float, y: float, radius: float, first: int, turn: float) -> None:
    """Draw a dahlia: rings of petals from outside in, and a seeded heart."""
    at = np.array([x, y], float)
    rings = 4 if radius > 60 else 3
    for ring in range(rings):
        far = radius * (1 - ring * 0.8 / rings)
        count = 15 - 2 * ring if radius > 60 else 11 - ring
        colour = PETALS[(first + (0, 1, 2, 4)[ring]) % len(PETALS)]
        for k in range(count):
            angle = turn + 2 * np.pi * (k + 0.5 * ring) / count
            _petal(lino, at, angle, far * 0.28, far, colour)
    around = np.linspace(0, 2 * np.pi, 24)
    lino.shape(at + radius * 0.17 * np.column_stack([np.cos(around), np.sin(around)]), GROUND * 1.5)
    for k in range(26):
        angle, away = 2.4 * k, radius * 0.155 * np.sqrt(k / 26)
        dot = at + away * np.array([np.cos(angle), np.sin(angle)])
        disc = dot + radius * 0.016 * np.column_stack([np.cos(around), np.sin(around)])
        lino.plain(disc, PETALS[2])


def _vine(lino: Lino, points: NDArray, rng: np.random.Generator) -> None:
    """Draw a stem with leaves on alternate sides."""
    t = np.linspace(0, len(points) - 1, 120)
    path = np.column_stack([np.interp(t, np.arange(len(points)), points[:, c]) for c in (0, 1)])
    kernel = np.ones(19) / 19
    ends = np.vstack([np.repeat(path[:1], 9, 0), path, np.repeat(path[-1:], 9, 0)])
    path = np.column_stack([np.convolve(ends[:, c], kernel, "valid") for c in (0, 1)])
    step_ = np.gradient(path, axis=0)
    normal = np.column_stack([-step_[:, 1], step_[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    lino.shape(np.vstack([path + normal * 3, (path - normal * 3)[::-1]]), LEAVES[1] * 0.9)
    lino.cut(path - normal, 1.6, CREAM * 0.75)
    side = 1
    for k in range(4, 116, 7):
        heading = np.arctan2(step_[k, 1], step_[k, 0]) + side * rng.uniform(0.6, 1.0)
        colour = LEAVES[rng.integers(len(LEAVES))]
        _leaf(lino, path[k], heading, rng.uniform(52, 82), side * 0.2, colour)
        side = -side


def _fill(lino: Lino, rng: np.random.Generator, size: float, tries: int) -> None:
    """Drop leaves and berries of one size wherever the ground is still bare."""
    room = lino.room()
    around = np.linspace(0, 2 * np.pi, 20)
    for _ in range(tries):
        x, y = rng.uniform(0, (WIDTH, HEIGHT))
        reach = int(size / 4) + 1
        row, column = int(y / 4), int(x / 4)
        window = (
            slice(max(0, row - reach), row + reach + 1),
            slice(max(0, column - reach), column + reach + 1),
        )
        if room[window].max() > 0.3:
            continue
        at, angle = np.array([x, y]), rng.uniform(0, 2 * np.pi)
        if size > 9:
            root = at - size * np.array([np.cos(angle), np.sin(angle)])
            _leaf(lino, root, angle, 2.1 * size, rng.uniform(-0.2, 0.2), LEAVES[rng.integers(5)])
        else:
            disc = np.column_stack([np.cos(around), np.sin(around)])
            lino.shape(at + size * 0.75 * disc, PETALS[rng.integers(4)])
            lino.plain(at - size * 0.25 + size * 0.22 * disc, CREAM)
        room[window] = 1


def _ground_marks(lino: Lino, rng: np.random.Generator) -> None:
    """Leave the gouge's chatter on the ground before anything else is drawn."""
    for x, y in rng.uniform((-10, -10), (WIDTH + 10, HEIGHT + 10), (9000, 2)):
        angle = 0.9 * np.sin(x / 85) + 1.1 * np.cos(y / 70) + rng.normal(0, 0.15)
        run = np.linspace(0, rng.uniform(7, 15), 5)
        path = np.column_stack([x + run * np.cos(angle), y + run * np.sin(angle)])
        lino.cut(path, rng.uniform(0.9, 1.9), CARVED * rng.uniform(0.7, 1.15))


def _ink(sheet: Sheet, image: Image.Image, rng: np.random.Generator) -> Field:
    """Print: mottled ink, a few specks of bare paper and a slight deboss."""
    rgb = as_float(image)
    mottle = 0.06 * sheet.noise(rng, 2, 2) + 0.06 * sheet.noise(rng, 9, 2)
    edge = np.clip(sheet.relief(rgb.mean(axis=-1), 0.5), -0.4, 0.4)
    worn = step(0.66, 0.2, sheet.noise(rng, 1.6) * 0.7 + 0.3 * sheet.noise(rng, 14, 2))
    return mix(rgb * (1 + mottle + 0.14 * edge)[..., None], CREAM, 0.5 * worn)


def draw(sheet: Sheet) -> Image.Image:
    """Carve the ground, run the vines, set the flowers, fill the gaps, and print."""
    rng = np.random.default_rng(64)
    lino = Lino(sheet)
    _ground_marks(lino, rng)
    for x in (40, 235, 470, 620):
        y = np.linspace(HEIGHT + 30, -30, 7)
        sway = 62 * np.sin(np.arange(7) * 1.9 + x)
        _vine(lino, np.column_stack([x + sway + rng.normal(0, 8, 7), y]), rng)
    for x, y, radius, first in FLOWERS:
        _flower(lino, x, y, radius, first, rng.uniform(0, 1))
    for size, tries in ((30, 500), (20, 900), (13, 1500), (7, 1500), (4.5, 2500)):
        _fill(lino, rng, size, tries)
    return sheet.finish(_ink(sheet, lino.image, rng))
