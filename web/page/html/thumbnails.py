"""What the instant styles make of the example photographs: a thumbnail for each.

They are painted by `examples/instant_thumbnails.py`: at every start it would take seconds. The
first stands for the visitor's own painting.
"""

from html import escape
from pathlib import Path

import gradio as gr

from nst.instant.names import instant_styles
from nst.settings import OWN_STYLE
from web.page.html import examples
from web.runs.kept.jpeg import data_url

PHOTOGRAPHS = {
    "astronaut": ("woman-with-a-hat", "tahiti", "stained-glass", "botanical", "houses"),
    "rocket": ("starry-night", "shipwreck", "impasto-night", "waves", "woodcut"),
    "cat": ("great-wave", "wheat-field", "olive-trees", "hoitsu-flowers", "ink-wash", "mosaic"),
}
"""Example photographs, and the styles that they show best; the cup of coffee shows the others."""
SIZE = (160, 120)
"""Width and height of a thumbnail, in pixels."""
OWN = "The painting above"
"""What the tile of the visitor's own painting says."""
FOLDER = examples.FOLDER / "instant"
CLICK = """element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  for (const other of element.querySelectorAll('button'))
    other.setAttribute('aria-pressed', other === button);
  trigger('click', {name: button.dataset.name});
})"""


def style_tiles() -> gr.HTML:
    """A grid of the styles; a click on one presses it, and triggers `click` with its name."""
    buttons = "".join(
        f'<button type="button" data-name="{escape(name)}" aria-pressed="false">'
        f"{_image(name)}<span>{escape(examples.caption(name))}</span></button>"
        for name in in_order()
    )
    own = (
        f'<button type="button" class="nst-own" data-name="{OWN_STYLE}" aria-pressed="false">'
        f"<span>{OWN}</span></button>"
    )
    html = f'<div class="nst-instant" role="group" aria-label="Instant styles">{own}{buttons}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)


def in_order() -> list[str]:
    """The styles as they are shown: those with a caption, in its order, then all others."""
    known = list(examples.CAPTIONS)
    place = {name: known.index(name) if name in known else len(known) for name in instant_styles()}
    return sorted(place, key=place.__getitem__)


def photograph_of(name: str) -> Path:
    """The photograph that shows a style."""
    shown = (photograph for photograph, styles in PHOTOGRAPHS.items() if name in styles)
    return examples.pictures("content")[next(shown, "coffee")]


def _image(name: str) -> str:
    """The thumbnail of a style, if there is one: who trains a style may not have painted it yet."""
    path, (width, height) = FOLDER / f"{name}.jpg", SIZE
    if not path.exists():
        return ""
    shown = examples.described()[photograph_of(name).name]
    return (
        f'<img src="{data_url(path.read_bytes())}" width={width} height={height} '
        f'alt="{escape(shown)}, painted as:">'
    )
