"""The settings as widgets: every range, choice and default comes from `nst.settings`."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from nst.settings import Choice, Range

INPUT_HEIGHT = 280


def unread(component: Any, read: Callable[[Any], Any] = lambda payload: payload) -> Any:  # noqa: ANN401
    """Have a component hand over what was sent, unchecked.

    Gradio's own checks let NaN through and meet other things with unreadable errors; `Settings` and
    `nst.images` refuse all of them with a sentence.
    """
    component.preprocess = read
    return component


def picture_input(label: str) -> gr.Image:
    """An image input that hands over the file as it came: `nst.images` reads it, and only it."""
    sources = ["upload", "webcam", "clipboard"]
    image = gr.Image(label=label, type="filepath", sources=sources, height=INPUT_HEIGHT)
    return unread(image, lambda payload: payload.path if payload else None)


def widget_of(spec: Range | Choice) -> gr.Slider | gr.Radio:
    """A slider or a row of radio buttons, with the help as its info line."""
    if isinstance(spec, Choice):
        return unread(gr.Radio(spec.choices, value=spec.default, label=spec.label, info=spec.help))
    slider = gr.Slider(
        spec.minimum,
        spec.maximum,
        value=spec.default,
        step=spec.step,
        label=spec.label,
        info=spec.help,
        precision=0 if isinstance(spec.default, int) else None,
    )
    return unread(slider)
