"""The plot of the losses."""

import re
import xml.etree.ElementTree as ElementTree

from web.page.html.curves import NOTHING, plot
from web.runs.progress import Progress


def point(iteration: int, size: int, content: float, style: float) -> Progress:
    losses = {"content_loss": content, "style_loss": style}
    return Progress(iteration=iteration, total=100, size=size, **losses)


POINTS = [point(10, 256, 1, 0.1), point(50, 256, 0.1, 0.01), point(100, 512, 0.1, 0)]


def lines(html: str, name: str) -> list[list[tuple[float, float]]]:
    found = re.findall(rf'<polyline class="{name}" points="(.*?)"', html)
    return [[tuple(map(float, xy.split(","))) for xy in line.split()] for line in found]


def test_curves_fall_to_the_right_and_start_anew_with_every_size():
    coarse, fine = lines(plot(POINTS), "content_loss")
    assert len(coarse) == 2 and len(fine) == 1
    (x0, y0), (x1, y1) = coarse
    assert x0 < x1 < fine[0][0] and y0 < y1  # y points down


def test_equal_ratios_are_equal_heights():
    html = plot(POINTS)
    (content, _), (style, _) = lines(html, "content_loss"), lines(html, "style_loss")
    falls = [line[1][1] - line[0][1] for line in (content, style)]
    assert falls[0] == falls[1] > 0


def test_it_is_well_formed_and_says_its_last_losses():
    svg = ElementTree.fromstring(re.search("<svg.*</svg>", plot(POINTS)).group())
    assert svg.attrib["aria-label"] == (
        "Losses at iteration 100 of 100: content 0.100, style 0.0000"
    )
    assert plot([]) == NOTHING
