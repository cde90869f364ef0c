"""The losses of a run as a small plot: SVG, drawn on a logarithmic scale."""

import math
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from web.runs.progress import Progress

WIDTH, HEIGHT, LEFT, BOTTOM = 480, 220, 44, 24
"""Of the plot and its margins, in the plot's own units."""
LOSSES = {
    "content_loss": "content: how far the shapes are from the photograph's",
    "style_loss": "style: how far the texture is from the painting's",
}
FLOOR = 1e-6
"""Smaller losses are drawn as this: zero has no logarithm."""
NOTHING = '<p class="nst-empty">During a run, this shows how its losses fall.</p>'


def plot(points: Sequence[Progress]) -> str:
    """The HTML of the loss curves, of a run's progress at some moments.

    The curves start anew with every size: a finer picture is compared with finer targets.
    """
    if not points:
        return NOTHING
    logs = [_log(getattr(point, name)) for point in points for name in LOSSES]
    low = math.floor(min(logs))
    high = max(math.ceil(max(logs)), low + 1)

    def x(iteration: float) -> float:
        return LEFT + (WIDTH - LEFT - 4) * iteration / points[0].total

    def y(log: float) -> float:
        return 4 + (HEIGHT - BOTTOM - 4) * (high - log) / (high - low)

    grid = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y(power):.1f}" y2="{y(power):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
        for power in range(low, high + 1)
    )
    curves = ""
    for size, group in groupby(points, key=attrgetter("size")):
        scale = list(group)
        first = x(scale[0].iteration)
        curves += f'<text x="{first:.1f}" y="{HEIGHT - 6}">{size:g} px</text>'
        for name in LOSSES:
            line = " ".join(f"{x(p.iteration):.1f},{y(_log(getattr(p, name))):.1f}" for p in scale)
            curves += f'<polyline class="{name}" points="{line}"/>'
    legend = "".join(f'<li class="{name}">{words}</li>' for name, words in LOSSES.items())
    return (
        f'<p class="nst-text"><span>{details(points[-1])}</span></p>'
        f'<svg class="nst-curves" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{_in_words(points[-1])}">{grid}{curves}</svg>'
        f'<ul class="nst-legend">{legend}</ul>'
    )


def details(point: Progress) -> str:
    """One line of what the optimiser knows."""
    return (
        f"Iteration {point.iteration} of {point.total} at {point.size} px · "
        f"content loss {point.content_loss:.3f} · style loss {point.style_loss:.4f} · "
        f"{point.features} on {point.device}"
    )


def _in_words(point: Progress) -> str:
    return (
        f"Losses at iteration {point.iteration} of {point.total}: "
        f"content {point.content_loss:.3f}, style {point.style_loss:.4f}"
    )


def _log(loss: float) -> float:
    return math.log10(max(loss, FLOOR))
