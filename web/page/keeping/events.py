"""What is connected to the buttons under the result, to the visit's pictures and to links."""

from typing import Any

from web.page import recall
from web.page.keeping import linked
from web.page.layout import Inputs, Outputs
from web.page.wiring import AT_ONCE, PRIVATE, on

CHOSEN = "() => [document.querySelector('.nst-strip').chosen]"
"""JavaScript: the picture of this visit that is to be the photograph, which strip.js has sent."""


def connect(known: Any, inputs: Inputs, outputs: Outputs) -> None:  # noqa: ANN401 - Gradio's
    """Connect them.

    Args:
        known: the event after which it is known whether the page has had pictures before.
    """
    told = [inputs.style, *(inputs.settings[name] for name in recall.CONTROLS)]
    copy, share = linked.with_link("copy.js"), linked.with_link("share.js")
    inputs.copy_link.click(None, told, inputs.share_note, js=copy, **PRIVATE)
    shared = [outputs.picture, *told]
    outputs.share.click(None, shared, outputs.share_said, js=share, **PRIVATE)
    outputs.picture.change(None, None, outputs.share_said, js="() => ['']", **AT_ONCE)
    outputs.strip.upload(None, None, inputs.content, js=CHOSEN, **PRIVATE)
    named, changes = {**vars(inputs)}, ("style", "style_note")
    on(known.then, linked.follow, named, changes, inputs=inputs.was_used, **PRIVATE)
