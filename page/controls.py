"""The settings as widgets: every range, choice and default comes from `nst.settings`."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from nst.images import FORMATS, MAX_ASPECT, MAX_MEGAPIXELS
from nst.settings import Choice, Range

INPUT_HEIGHT = 280
PICTURE_HELP = (
    f"A file in one of the formats {', '.join(FORMATS)}; at most {MAX_MEGAPIXELS} megapixels, and "
    f"{MAX_ASPECT} times as long as wide."
)
"""What the API's docs say of every picture that is sent."""


def unread(component: Any, read: Callable[[Any], Any] = lambda payload: payload) -> Any:  # noqa: ANN401
    """Have a component hand over what was sent, unchecked.

    Gradio's own checks let NaN through and meet other things with unreadable errors; `Settings` and
    `nst.images` refuse all of them with a sentence.
    """
    component.preprocess = read
    return component


def documented(component: Any, text: str, **schema: object) -> Any:  # noqa: ANN401
    """Have the generated docs of the API, and tools made from it, say what a parameter means.

    Gradio tells programs a slider's ends and nothing of its help. `schema` adds to the JSON schema.
    """
    # Gradio's own pages read the second description, everything else the first.
    info = {**component.api_info(), **schema, "description": text, "additional_description": text}
    component.api_info = lambda: info
    return component


def picture_input(label: str) -> gr.Image:
    """An image input that hands over the file as it came: `nst.images` reads it, and only it."""
    sources = ["upload", "webcam", "clipboard"]
    image = gr.Image(label=label, type="filepath", sources=sources, height=INPUT_HEIGHT)
    documented(image, f"{label}. {PICTURE_HELP}")
    return unread(image, lambda payload: payload.path if payload else None)


def widget_of(spec: Range | Choice) -> gr.Slider | gr.Radio:
    """A slider or a row of radio buttons, with the help as its info line."""
    if isinstance(spec, Choice):
        radio = gr.Radio(spec.choices, value=spec.default, label=spec.label, info=spec.help)
        documented(radio, f"{spec.label}. {spec.help}", title=spec.label)
        return unread(radio)
    slider = gr.Slider(
        spec.minimum,
        spec.maximum,
        value=spec.default,
        step=spec.step,
        label=spec.label,
        info=spec.help,
        precision=0 if isinstance(spec.default, int) else None,
    )
    return unread(with_range(slider, spec))


def with_range(component: Any, spec: Range) -> Any:  # noqa: ANN401
    """Have the generated docs tell a number's meaning and range."""
    text = f"{spec.label}, {spec.minimum:.12g} to {spec.maximum:.12g}. {spec.help}"
    return documented(component, text, minimum=spec.minimum, maximum=spec.maximum)
