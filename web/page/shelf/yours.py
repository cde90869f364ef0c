"""The shelf of paintings: which one is in its place, and those that the visitor gave before.

The browser keeps these, small, and sends one back when its tile is clicked; the server keeps none.
"""

import filecmp
import re
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import gradio as gr

from nst import InputError
from nst.pictures.reading import open_image
from web.page.html.examples import pictures
from web.page.html.static_files import MAKE, static
from web.page.wiring import AT_ONCE, PRIVATE, change_of, on, sent
from web.runs.kept.jpeg import data_url, fitted
from web.runs.refusals import sentences

LONGEST = 512
"""Longest side in pixels of what the browser keeps of a painting."""
MOST = 1_000_000
"""Characters of what it sends back: such a picture takes a tenth of them."""
NAME = re.compile("yours-[0-9a-f]{16}")
SENT = "data:image/jpeg;base64,"
UNREADABLE = "That painting cannot be read any more: give its file once more."
SHELF = MAKE + static("yours.js")
TEMPLATE = """<section class="nst-yours" hidden><h4 class="nst-quiet">Yours</h4>
<div class="nst-named" role="group" aria-label="Paintings that you gave"></div></section>"""


def own_tiles() -> gr.HTML:
    """The tiles of the visitor's own paintings; their script marks what is in its place in all."""
    options = {"padding": False, "elem_classes": "nst-own-tiles"}
    return gr.HTML(html_template=TEMPLATE, js_on_load=SHELF, **options)


def in_place(kind: str, path: str | None) -> str:
    """The name of the tile that a picture in its place is from; "" for none.

    Args:
        kind: "content" or "styles".
    """
    if not path or not Path(path).is_file():
        return ""
    shipped = pictures(kind).get(Path(path).stem)
    if shipped and filecmp.cmp(path, shipped, shallow=False):
        return shipped.stem
    return _own_name(Path(path)) if kind == "styles" else ""


def _own_name(file: Path) -> str:
    """What a painting of the visitor's own is called on the shelf, whenever it is given."""
    if NAME.fullmatch(file.stem):  # it is from there
        return file.stem
    return f"yours-{sha256(file.read_bytes()).hexdigest()[:16]}"


def on_the_shelf(content: str | None, style: str | None) -> dict[str, Any]:
    """Updates for other pictures in their places: the tiles that they are from, and a new one."""
    name, given = in_place("styles", style), None
    if style and NAME.fullmatch(name) and name != Path(style).stem:
        try:
            picture = fitted(open_image(style, "style image"), LONGEST)
            given = {"name": name, "picture": data_url(picture), "words": Path(style).stem[:60]}
        except InputError:  # which its own line says
            name = ""
    return {"own_tiles": {"content": in_place("content", content), "styles": name, "given": given}}


def take(event: gr.EventData) -> Iterator[str]:
    """Give the file of the painting whose tile was clicked."""
    with sentences():
        name, jpeg = _sent(event)
    # A generator, because the file has to be there until Gradio has taken it.
    with tempfile.TemporaryDirectory(prefix="nst-") as folder:
        file = Path(folder) / f"{name}.jpg"
        file.write_bytes(jpeg)
        yield str(file)


def _sent(event: gr.EventData) -> tuple[str, bytes]:
    """A name and a JPEG file, from whatever a page sent.

    Raises:
        InputError: it is not that.
    """
    name, picture = sent(event, "name"), sent(event, "picture")
    if not (isinstance(name, str) and isinstance(picture, str) and NAME.fullmatch(name)):
        raise InputError(UNREADABLE)
    if not picture.startswith(SENT) or len(picture) >= MOST:
        raise InputError(UNREADABLE)
    try:
        return name, b64decode(picture.removeprefix(SENT), validate=True)
    except ValueError as error:  # no base64
        raise InputError(UNREADABLE) from error


def connect(named: dict[str, Any]) -> None:
    """Connect it; `named` has the pictures and the tiles."""
    content, style, tiles = (named[name] for name in ("content", "style", "own_tiles"))
    changed = change_of(content, style)
    on(changed, on_the_shelf, named, ("own_tiles",), inputs=[content, style], **AT_ONCE)
    tiles.click(take, None, style, **PRIVATE)
