"""What a browser sends of an `ImageEditor`: its layers, within limits.

Gradio's own code keeps whatever anybody sends for as long as the server lives, and decodes it
whatever its size.
"""

from collections import OrderedDict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import gradio as gr
from gradio.components.base import server

from nst.pictures.reading import opened
from web.runs.refusals import sentences

MOST_LAYERS, MOST_DRAWINGS = 8, 32
MOST_MEGABYTES = 8
"""Of a layer: white strokes take some kilobytes."""
WHAT = "painted mask"


def bounded(editor: gr.ImageEditor) -> gr.ImageEditor:
    """Have an editor hand over {"layers": pictures in mode RGBA} of what was drawn, within limits.

    The background and the composite are not read: the page has both already.
    """
    drawings: OrderedDict[str, dict[int, bytes]] = OrderedDict()

    @server
    def accept_blobs(data: Any) -> None:  # noqa: ANN401 - Gradio's
        name, layer, blob = data.data["id"], data.data["index"], data.files[0][1]
        if data.data["type"] != "layer" or layer in (None, "", "null"):
            return
        if 0 <= int(layer) < MOST_LAYERS and len(blob) <= MOST_MEGABYTES * 10**6:
            drawings.setdefault(str(name)[:100], {})[int(layer)] = blob
        while len(drawings) > MOST_DRAWINGS:
            drawings.popitem(last=False)

    def read(payload: Any) -> dict[str, Any] | None:  # noqa: ANN401
        if payload is None:
            return None
        if payload.id is not None:
            kept = drawings.pop(str(payload.id)[:100], {})
            return {"layers": [_layer(kept[number]) for number in sorted(kept)]}
        paths = [file.path for file in payload.layers[:MOST_LAYERS] if file]
        return {"layers": [_layer(Path(path).read_bytes()) for path in paths]}

    editor.accept_blobs, editor.preprocess = accept_blobs, read
    return editor


def _layer(data: bytes) -> Any:  # noqa: ANN401 - a PIL image
    """One layer, decoded; its alpha is what was drawn."""
    with sentences(), NamedTemporaryFile(prefix="nst-") as file:
        file.write(data)
        file.flush()
        with opened(file.name, WHAT) as image:
            return image.convert("RGBA")
