"""The places of the photograph and the painting: what is said under them, and what can be done."""

import gradio as gr

from nst.pictures.reading import MAX_FILE_MEGABYTES
from web.page.html.static_files import MAKE, static

PLACES = {"content": "photograph", "style": "painting"}
"""The components' names, and what the page calls what is in them."""
INVITATION = "# Choose a {name}\nor drop it here"
"""In the place, as Gradio takes it: the first line is a heading."""
UNDER = """<p class="nst-hint"><span>or paste it anywhere on this page, </span>
<span>or give its </span><button type="button" data-place="{place}" data-do="address"
aria-label="Web address of the {name}">web address</button></p>
<div class="nst-edit"><button type="button" data-place="{place}" data-do="turn"
aria-label="Turn the {name} to the right">Turn</button><button type="button" data-place="{place}"
data-do="crop" aria-label="Crop the {name}">Crop</button></div>"""


def under(place: str) -> None:
    """Lay out the line under a place: how else it is filled, then what can be done with it."""
    gr.HTML(UNDER.format(place=place, name=PLACES[place]), elem_classes="nst-under")


def gate() -> gr.HTML:
    """What the browser does about both places, out of sight.

    It triggers `select` for a file that is not sent, {place, kind}; `submit` for a web address,
    {place, address}; and `edit` for a picture to be changed, {place} to turn it, with {box} to
    crop it.
    """
    script = static("paste.js", "edit.js").replace("LARGEST_MEGABYTES", str(MAX_FILE_MEGABYTES))
    return gr.HTML("", js_on_load=MAKE + script, elem_classes="nst-gate")
