"""The shipped examples: photographs, paintings, and results of pairs, all to be clicked."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import gradio as gr

from nst.instant.names import title
from web.runs.kept.jpeg import data_url, tile
from web.runs.naming import result_name

FOLDER = Path(__file__).parents[3] / "examples"
TILE, CARD = (120, 90), (360, 216)
"""Width and height of a thumbnail of one picture, and of a pair's result, in pixels."""
FOLDERS = {"content": ("content",), "styles": ("paintings", "styles")}
"""Where the pictures of a kind are, the first to be shown first."""
HEADINGS = {"styles": '<h4 class="nst-quiet">Drawn for this page</h4>'}
"""What is above the pictures of a folder."""
CAPTIONS = {
    "starry-night": "Starry Night · van Gogh",
    "great-wave": "Great Wave · Hokusai",
    "wheat-field": "Wheat Field · van Gogh",
    "houses": "Houses · van Gogh",
    "olive-trees": "Olive Trees · van Gogh",
    "composition-vii": "Composition VII · Kandinsky",
    "woman-with-a-hat": "Woman with a Hat · Matisse",
    "water-lilies": "Water Lilies · Monet",
    "tahiti": "Tahitian Women · Gauguin",
    "shipwreck": "Shipwreck · Turner",
    "hoitsu-flowers": "Cherry Trees · Hōitsu",
    "tableau-2": "Tableau No. 2 · Mondrian",
}
"""Short titles of the paintings, and the names that their painters are known by."""
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

    @property
    def file_name(self) -> str:
        """What the result's file is called where it is offered."""
        return result_name(self.content, self.style) + self.result.suffix


@cache
def credited() -> dict[Path, str]:
    """What the shipped pictures show, in words, by path: as their credits say it, in that order."""
    text = (FOLDER / "CREDITS.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+/.+?)` \| (.+?) \|", text, re.M)
    return {FOLDER / path: words for path, words in rows}


def described() -> dict[str, str]:
    """The same words by file name, which no two pictures share."""
    return {path.name: words for path, words in credited().items()}


@cache
def pictures(kind: str) -> dict[str, Path]:
    """The pictures of a kind, "content" or "styles", by name, in the order of their credits."""
    return {
        path.stem: path
        for folder in FOLDERS[kind]
        for path in credited()
        if path.parent.name == folder
    }


@cache
def pairs() -> dict[str, Pair]:
    """The pairs that have a result, by name: the result of `cat` and `tahiti` is `cat_tahiti`.

    They are in the order of their styles: the first to be shown first.
    """
    found = {}
    for result in (FOLDER / "results").glob("*_*.jpg"):
        content, style = result.stem.split("_")
        found[result.stem] = Pair(pictures("content")[content], pictures("styles")[style], result)
    styles = list(pictures("styles").values())
    return dict(sorted(found.items(), key=lambda item: (styles.index(item[1].style), item[0])))


def tiles(kind: str, verb: str) -> gr.HTML:
    """The thumbnails of a kind; a click on one triggers `click` with its name.

    Styles have their names under them; first are the paintings, then those that were drawn.
    """
    named, html = kind == "styles", ""
    for folder in FOLDERS[kind]:
        buttons = "".join(
            _button(
                name,
                f"{verb}: {credited()[path]}",
                _image(path, TILE),
                caption=caption(name) if named else "",
                pressed="false",
            )
            for name, path in pictures(kind).items()
            if path.parent.name == folder
        )
        html += HEADINGS.get(folder, "")
        html += f'<div class="{"nst-named" if named else "nst-tiles"}">{buttons}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False, elem_classes=f"nst-{kind}-tiles")


def caption(name: str) -> str:
    """What is written under the tile of a style."""
    return CAPTIONS.get(name) or title(name)


def cards() -> gr.HTML:
    """The pairs, as thumbnails of what goes in and what came out, to be clicked as `tiles`."""
    buttons = [
        _button(
            name,
            f"Paint the example {pair.words}",
            _image(pair.result, CARD) + _image(pair.content, TILE) + _image(pair.style, TILE),
        )
        for name, pair in pairs().items()
    ]
    html = f'<div class="nst-cards">{"".join(buttons)}</div>'
    return gr.HTML(html, js_on_load=CLICK, padding=False)


def _button(
    name: str, label: str, inside: str, caption: str = "", pressed: str | None = None
) -> str:
    # Who speaks to the browser says what can be read: that belongs to the button's name.
    spoken = f"{label} ({caption})" if caption else label
    under = f"<span>{_in_two_lines(caption)}</span>" if caption else ""
    state = f' aria-pressed="{pressed}"' if pressed else ""
    return (
        f'<button type="button" data-name="{escape(name)}"{state} title="{escape(label)}" '
        f'aria-label="{escape(spoken)}">{inside}{under}</button>'
    )


def _in_two_lines(caption: str) -> str:
    """A caption that breaks between the title and the painter rather than within his name."""
    words, dot, painter = map(escape, caption.partition(" · "))
    return words + dot.replace(" ", "&nbsp;", 1) + painter.replace(" ", "&nbsp;")


def _image(path: Path, size: tuple[int, int]) -> str:
    width, height = size
    # The button around it has a name: the picture itself is decoration.
    return f'<img src="{data_url(tile(path, size))}" width={width} height={height} alt="">'
