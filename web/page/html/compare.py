"""Before and after: two pictures over each other, and a slider that moves the line between them.

The slider is a plain range input, so that it works by touch, by mouse and by keyboard.
"""

from html import escape
from io import BytesIO

from PIL import Image

from web.runs.kept.jpeg import data_url

SLIDE = """element.addEventListener('input', event => {
  event.target.parentNode.style.setProperty('--at', event.target.value + '%');
})"""


def compare(before: bytes, after: bytes, words: str) -> str:
    """The HTML of two JPEG files of one shape; `words` say what the second shows."""
    with Image.open(BytesIO(after)) as image:
        ratio = image.width / image.height
    return (
        f'<div class="nst-compared"><figure class="nst-compare" style="--ratio: {ratio:.4f}">'
        f'<img src="{data_url(before)}" alt="Before: the photograph">'
        f'<img src="{data_url(after)}" alt="After: {escape(words)}">'
        '<input type="range" value="50" aria-label="How much of the photograph is shown, percent">'
        f'</figure></div><p class="nst-text"><span>Drag to compare. {escape(words)}.</span></p>'
    )
