"""The shipped examples: photographs, paintings, and results of pairs, all to be clicked."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import gradio as gr

from page.pictures import data_url, tile

FOLDER = Path(__file__).parents[1] / "examples"
TILE, CARD = (120, 90), (360, 216)
"""Width and height of a thumbnail of one picture, and of a pair's result, in pixels."""
CLICK = """element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) trigger('click', {name: button.dataset.name});
})"""


@dataclass(frozen=True)
class Pair:
    """A photograph and a painting, and the result of their run with the default settings."""

    content: Path
    style: Path
    result: Path

    @property
    def words(self) -> str:
        """What the result shows."""
        return f"{described()[self.content.name]}, painted as: {described()[self.style.name]}"


@cache
def described() -> dict[str, str]:
    """What the shipped pictures show, in words, by file name: as their credits say it."""
    rows = re.findall(r"^\| `\w+/(.+?)` \| (.+?) \|", (FOLDER / "CREDITS.md").read_text(), re.M)
    return dict(rows)


@cache
def pictures(kind: str) -> dict[str, Path]:
    """The pictures of a kind, "content" or "styles", by name."""
    return {path.stem: path for path in sorted((FOLDER / kind).glob("*.jpg"))}


@cache
def pairs() -> dict[str, Pair]:
    """The pairs that have a result, by name: the result of `cat` and `mosaic` is `cat_mosaic`."""
    found = {}
    for result in sorted((FOLDER / "results").glob("*_*.jpg")):
        content, style = result.stem.split("_")
        found[result.stem] = Pair(pictures("content")[content], pictures("styles")[style], result)
    return found


def tiles(kind: str, verb: str) -> gr.HTML:
    """A row of thumbnails; a click on one triggers `click` with its name."""
    buttons = [
        _button(name, f"{verb}: {described()[path.name]}", _image(path, TILE))
        for name, path in pictures(kind).items()
    ]
    html = f'<div class="nst-tiles">{"".join(buttons)}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)


def cards() -> gr.HTML:
    """The pairs, as thumbnails of what goes in and what came out, to be clicked as `tiles`."""
    buttons = [
        _button(
            name,
            f"Show the example {pair.words}",
            _image(pair.result, CARD) + _image(pair.content, TILE) + _image(pair.style, TILE),
        )
        for name, pair in pairs().items()
    ]
    html = f'<div class="nst-cards">{"".join(buttons)}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)


def _button(name: str, label: str, inside: str) -> str:
    return (
        f'<button type="button" data-name="{escape(name)}" title="{escape(label)}" '
        f'aria-label="{escape(label)}">{inside}</button>'
    )


def _image(path: Path, size: tuple[int, int]) -> str:
    width, height = size
    # The button around it has a name: the picture itself is decoration.
    return f'<img src="{data_url(tile(path, size))}" width={width} height={height} alt="">'
