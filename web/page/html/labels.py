"""Small pictures of what a setting does, where its name does not tell: the same crop at its ends.

They are painted by `examples/labels.py`, and come from the server when they are looked at.
"""

from dataclasses import dataclass
from html import escape

import gradio as gr

from nst.specs import Choice, Range
from web.page.html.examples import FOLDER as EXAMPLES

FOLDER = EXAMPLES / "labels"
ADDRESS = "gradio_api/labels"
"""Where the server has the folder, below the page's own address."""
SIZE = (160, 120)
"""Width and height of a picture, in pixels."""
FACE, EYE = (62, 30, 222, 150), (72, 40, 152, 100)
"""What is cut out: left, top, right and bottom, in pixels of what was painted."""


@dataclass(frozen=True)
class Shown:
    """What shows a setting.

    Attributes:
        values: of the setting, one for each picture.
        box: what is cut out of each.
    """

    values: tuple[float | str, ...]
    box: tuple[int, int, int, int] = FACE


SHOWN = {
    "style_strength": Shown((15.0, 85.0)),
    "iterations": Shown((6, 100)),
    "style_scale": Shown((0.4, 2.0)),
    "tv_weight": Shown((0.0, 100.0), EYE),
    "color": Shown(("style", "content", "matched")),
    "init": Shown(("content", "noise", "style")),
    "strength": Shown((30.0, 100.0)),
}
"""By the names of `Settings` and, for what is painted at once, `InstantSettings`."""


def file_name(name: str, value: float | str) -> str:
    """The file of a picture, in the folder."""
    return f"{name}-{value if isinstance(value, str) else format(value, 'g')}.webp"


def lay_out(name: str, spec: Range | Choice) -> None:
    """Lay out the pictures of a setting, to be unfolded below its widget, if it has any."""
    if name in SHOWN:
        figures = "".join(_figure(name, spec, value) for value in SHOWN[name].values)
        summary = f"{spec.label}: see the difference"
        html = f"<summary>{escape(summary)}</summary><div>{figures}</div>"
        gr.HTML(f'<details class="nst-see">{html}</details>', padding=False)


def _figure(name: str, spec: Range | Choice, value: float | str) -> str:
    width, height = SIZE
    said = spec.titles.get(value, value) if isinstance(spec, Choice) else f"{value:g}"
    caption = said if isinstance(spec, Choice) else f"at {said}"
    alt = f"A cat's face, painted with {spec.label}: {said}"
    return (
        f'<figure><img src="{ADDRESS}/{file_name(name, value)}" width={width} height={height} '
        f'loading="lazy" decoding="async" alt="{escape(alt)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )
