"""What the instant styles make of one of the example photographs: a thumbnail for each."""

from collections.abc import Mapping
from html import escape

import gradio as gr

from nst.instant.names import instant_styles, title
from nst.pictures.reading import open_image
from nst.settings import InstantSettings
from web.page.html import examples
from web.runs.instant_run import InstantRuns
from web.runs.kept.jpeg import cropped, data_url

PHOTOGRAPH = "coffee"
SIDE = 256
"""Longest side, in pixels, that it is painted at: strokes have to show in a thumbnail."""
SIZE = (160, 120)
"""Width and height of a thumbnail, in pixels."""
CLICK = """element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  for (const other of element.querySelectorAll('button'))
    other.setAttribute('aria-pressed', other === button);
  trigger('click', {name: button.dataset.name});
})"""


def thumbnails(instant: InstantRuns) -> dict[str, bytes]:
    """JPEG files by the styles' names; they take a second or two."""
    photograph = open_image(examples.pictures("content")[PHOTOGRAPH], "content image")
    return {
        name: cropped(instant.painted(photograph, InstantSettings(style=name, size=SIDE)), SIZE)
        for name in instant_styles()
    }


def style_tiles(thumbnails: Mapping[str, bytes]) -> gr.HTML:
    """A grid of the styles; a click on one presses it, and triggers `click` with its name."""
    shown = examples.described()[examples.pictures("content")[PHOTOGRAPH].name]
    width, height = SIZE
    buttons = "".join(
        f'<button type="button" data-name="{escape(name)}" aria-pressed="false">'
        f'<img src="{data_url(jpeg)}" width={width} height={height} '
        f'alt="{escape(shown)}, painted as:"><span>{escape(title(name))}</span></button>'
        for name, jpeg in thumbnails.items()
    )
    html = f'<div class="nst-instant" role="group" aria-label="Instant styles">{buttons}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)
