"""What happens to what is given to the places of pictures, and is in them: as updates by name."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gradio as gr
from PIL import Image

from nst import InputError
from nst.pictures.bounds import check_size
from nst.pictures.reading import open_image
from web.page.html.progress import alert, note
from web.page.layout import Inputs
from web.page.pictures.kinds import SENTENCES, said_of_kind
from web.page.pictures.places import KEEP_NONE, OTHERS, PLACES
from web.page.pictures.shown import is_shown, saved
from web.page.wiring import AT_ONCE, PRIVATE, on, sent
from web.runs.refusals import sentences
from web.server.http.fetch import fetch

FETCHING = "Fetching the picture …"
LONGEST_ADDRESS = 4000
"""Characters."""
UNKNOWN = "What was sent cannot be understood: please load the page again."
FETCHES = 4
"""At a time, of all pages."""
Changes = dict[str, Any]


def connect_places(inputs: Inputs) -> None:
    """Connect what the browser says of the places."""
    named = {**vars(inputs), **inputs.more_pictures, **inputs.more_notes}
    editable = (*PLACES, *(f"{place}_note" for place in PLACES))
    lines = tuple(f"{place}_note" for place in (*PLACES, *OTHERS))
    pictures = {"inputs": [named[place] for place in PLACES]}
    each = {"trigger_mode": "multiple"}  # or one place would wait for the other
    on(inputs.gate.select, refuse, named, lines, **each, **AT_ONCE)
    changes = (*PLACES, *inputs.more_pictures, *lines)
    fetches = {"concurrency_limit": FETCHES, **each}
    on(inputs.gate.submit, take_address, named, changes, **fetches, **PRIVATE)
    on(inputs.gate.edit, edit, named, editable, **pictures, **PRIVATE)


def refuse(event: gr.EventData) -> Changes:
    """Say under a place why what was given is not taken."""
    place = _place(event, (*PLACES, *OTHERS))
    return {f"{place}_note": alert(SENTENCES.get(str(sent(event, "kind")), SENTENCES["other"]))}


async def take_address(event: gr.EventData) -> AsyncIterator[Changes]:
    """Fetch a picture into its place, or say under it why not."""
    place, address = _place(event, (*PLACES, *OTHERS)), sent(event, "address")
    line = f"{place}_note"
    if place in KEEP_NONE:
        yield {line: alert(SENTENCES["other"])}
        return
    yield {line: note(FETCHING)}
    with TemporaryDirectory(prefix="nst-") as folder:
        try:
            if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:
                raise InputError(f"A web address has {LONGEST_ADDRESS} characters at most.")
            file = await fetch(address, Path(folder))
            yield {place: str(await asyncio.to_thread(_as_shown, file, place))}
        except InputError as error:
            yield {line: alert(str(error))}


def edit(content: str | None, style: str | None, event: gr.EventData) -> Iterator[Changes]:
    """Turn the picture of a place by 90° to the right, or cut a box out of it."""
    place, box = _place(event, tuple(PLACES)), sent(event, "box")
    # A generator, because the file has to be there until Gradio has taken it.
    with TemporaryDirectory(prefix="nst-") as folder:
        try:
            path = content if place == "content" else style
            picture = open_image(path, PLACES[place])
            changed = turned(picture) if box is None else cropped(picture, box, PLACES[place])
            yield {place: str(saved(changed, Path(folder), Path(path).stem))}
        except InputError as error:
            yield {f"{place}_note": alert(str(error))}


def turned(picture: Image.Image) -> Image.Image:
    """A picture turned by 90° to the right."""
    return picture.transpose(Image.Transpose.ROTATE_270)


def cropped(picture: Image.Image, box: object, what: str) -> Image.Image:
    """A part of a picture.

    Args:
        box: left, top, right and bottom, as shares of the width and the height.

    Raises:
        InputError: that is no such box, or the part is smaller or narrower than a picture may be.
    """
    if not isinstance(box, list) or len(box) != 4 or not all(map(_is_share, box)):
        raise InputError(UNKNOWN)
    sides = (picture.width, picture.height) * 2
    left, top, right, bottom = (round(share * side) for share, side in zip(box, sides, strict=True))
    check_size(right - left, bottom - top, what)
    return picture.crop((left, top, right, bottom))


def _is_share(number: object) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and isfinite(number)
        and 0 <= number <= 1
    )


def _place(event: gr.EventData, allowed: tuple[str, ...]) -> str:
    with sentences():
        place = sent(event, "place")
        if not isinstance(place, str) or place not in allowed:
            raise InputError(UNKNOWN)
        return place


def _as_shown(file: Path, place: str) -> Path:
    """A fetched picture as a file that browsers show; its name says its format."""
    what = PLACES.get(place, "picture")
    try:
        if is_shown(file, what):
            return file
        return saved(open_image(file, what), file.parent, file.stem)
    except InputError as error:
        raise InputError(said_of_kind(file, error.code) or str(error)) from error
