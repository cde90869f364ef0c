"""The places of pictures: what is said under the first two, and what the browser does about all."""

import gradio as gr

from nst.pictures.reading import MAX_FILE_MEGABYTES
from nst.roles import MASKS, STYLES
from web.page.html.static_files import MAKE, static

PLACES = {"content": "photograph", "style": "painting"}
"""The components' names, and what the page calls what is in them."""
KEEP_NONE = ("mask_editor", "recipe")
"""Places that keep no picture: the photograph is painted on, or settings are read from a file."""
OTHERS = (*STYLES[1:], "mask", *MASKS, "start", *KEEP_NONE)
"""All others that take a file, by the names of their components."""
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
    """What the browser does about all places, out of sight.

    It triggers `select` for a file that is not sent, {place, kind}; `submit` for a web address,
    {place, address}; and `edit` for a picture to be changed, {place} to turn it, with {box} to
    crop it.
    """
    script = static("paste.js", "edit.js").replace("LARGEST_MEGABYTES", str(MAX_FILE_MEGABYTES))
    return gr.HTML("", js_on_load=MAKE + script, elem_classes="nst-gate")
