"""What the instant styles make of one of the example photographs: a thumbnail for each.

They are painted by `examples/instant_thumbnails.py`: at every start it would take seconds.
"""

from html import escape

import gradio as gr

from nst.instant.names import instant_styles, title
from web.page.html import examples
from web.runs.kept.jpeg import data_url

PHOTOGRAPH = "coffee"
SIZE = (160, 120)
"""Width and height of a thumbnail, in pixels."""
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
    shown = examples.described()[examples.pictures("content")[PHOTOGRAPH].name]
    buttons = "".join(
        f'<button type="button" data-name="{escape(name)}" aria-pressed="false">'
        f"{_image(name, shown)}<span>{escape(title(name))}</span></button>"
        for name in instant_styles()
    )
    html = f'<div class="nst-instant" role="group" aria-label="Instant styles">{buttons}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)


def _image(name: str, shown: str) -> str:
    """The thumbnail of a style, if there is one: who trains a style may not have painted it yet."""
    path, (width, height) = FOLDER / f"{name}.jpg", SIZE
    if not path.exists():
        return ""
    return (
        f'<img src="{data_url(path.read_bytes())}" width={width} height={height} '
        f'alt="{escape(shown)}, painted as:">'
    )
