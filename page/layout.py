"""Where everything is on the page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from nst.settings import FEATURES, PRESETS, SPECS
from page.controls import picture_input, unread, widget_of

EXAMPLES = Path(__file__).parents[1] / "examples"
IN_SIGHT = ("iterations", "style_strength")
RESULT_HEIGHT = 480
PRESET_HELP = "Each sets the style's strength, strokes, colours, start and smoothness below."


@dataclass(frozen=True)
class Widgets:
    """The page's components that events read or write."""

    content: gr.Image
    style: gr.Image
    settings: dict[str, gr.Slider | gr.Radio]  # by the names of `Settings`, and "features"
    preset: gr.Radio
    recipe: gr.UploadButton
    paint: gr.Button
    stop: gr.Button
    picture: gr.Image
    bar: gr.HTML
    download: gr.DownloadButton
    status: gr.Markdown


def lay_out() -> Widgets:
    """Lay out the page, inside a `gr.Blocks`."""
    gr.Markdown(
        "# Neural style transfer\n"
        "Give a photograph and a painting: the photograph is painted again in that manner, "
        "before your eyes."
    )
    with gr.Row():
        with gr.Column():
            inputs = _inputs()
        with gr.Column():
            outputs = _outputs()
    widgets = Widgets(**inputs, **outputs)
    _examples("Photographs to start from", "content", widgets.content)
    _examples("Paintings to start from", "styles", widgets.style)
    return widgets


def _inputs() -> dict[str, Any]:
    with gr.Row():
        content = picture_input("Content: the photograph")
        style = picture_input("Style: the painting")
    settings = {name: widget_of(SPECS[name]) for name in IN_SIGHT}
    presets = unread(gr.Radio(list(PRESETS), label="Preset", info=PRESET_HELP))
    with gr.Row():
        paint = gr.Button("Paint", variant="primary", scale=2)
        stop = gr.Button("Stop", variant="stop", interactive=False, scale=1)
    with gr.Accordion("Advanced", open=False):
        settings |= {n: widget_of(spec) for n, spec in SPECS.items() if n not in IN_SIGHT}
        settings["features"] = widget_of(FEATURES)
        used = gr.UploadButton(
            "Use the settings of a picture painted before", file_types=[".png"], size="sm"
        )
    return {
        "content": content,
        "style": style,
        "settings": settings,
        "preset": presets,
        "recipe": used,
        "paint": paint,
        "stop": stop,
    }


def _outputs() -> dict[str, Any]:
    picture = gr.Image(
        label="Result",
        interactive=False,
        buttons=["fullscreen"],
        format="png",
        height=RESULT_HEIGHT,
        elem_classes="nst-result",
    )
    bar = gr.HTML()
    download = gr.DownloadButton("Download the picture", interactive=False)
    return {"picture": picture, "bar": bar, "download": download, "status": gr.Markdown()}


def _examples(label: str, folder: str, image: gr.Image) -> None:
    """A row of thumbnails that fill an image input."""
    paths = sorted(str(path) for path in (EXAMPLES / folder).glob("*.jpg"))
    gr.Examples(paths, image, label=label, examples_per_page=len(paths), api_visibility="private")
