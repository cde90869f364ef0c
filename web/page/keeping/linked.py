"""Links that open the page with the same painting and settings: written here, and followed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from nst import InputError
from web.page.html import examples
from web.page.html.progress import alert
from web.page.html.static_files import static
from web.page.recall import DEFAULTS

PARAMETER = "style"
"""What a link calls the painting, one of the examples."""


def with_link(script: str) -> str:
    """JavaScript of a file that has `linkOf`: the painting and the controls' values -> a link."""
    names = {path.name: name for name, path in examples.pictures("styles").items()}
    link_of = static("link.js")
    for word, value in (("DEFAULTS", DEFAULTS), ("PAINTINGS", names)):
        link_of = link_of.replace(word, json.dumps(value))
    return static(script).replace("// LINK", link_of)


def painting_of(query: Mapping[str, str]) -> Path | None:
    """The painting that a link's query string names; None if it names none.

    Raises:
        InputError: there is no such painting.
    """
    paintings, name = examples.pictures("styles"), query.get(PARAMETER)
    if name is not None and name not in paintings:
        raise InputError(f"{PARAMETER} must be one of {', '.join(paintings)}, not {name!r}.")
    return paintings.get(name)


def follow(was_used: bool, request: gr.Request) -> dict[str, Any]:
    """Updates that put the link's painting in its place, on a page that has had no picture yet."""
    try:
        painting = None if was_used else painting_of(request.query_params)
    except InputError as error:
        return {"style_note": alert(f"The link's painting was not used: {error}")}
    return {"style": str(painting)} if painting else {}
