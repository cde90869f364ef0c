"""The settings as widgets: every range, choice and default comes from `nst.settings`."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from nst.settings import FEATURES, SPECS, Choice, Range

INPUT_HEIGHT = 220
IN_SIGHT = ("style_strength", "iterations", "size")
GROUPS = {
    "Strokes and colours": ("style_scale", "tv_weight", "color"),
    "Where to start": ("init", "seed"),
}
"""Accordions of settings; what is named nowhere is in the last one."""
LAST_GROUP = "Advanced: optimiser, network and layers"
SEED_REASON = "Only noise is drawn from a seed: choose it under “Start from” first."


def unread(component: Any, read: Callable[[Any], Any] = lambda payload: payload) -> Any:  # noqa: ANN401
    """Have a component hand over what was sent, unchecked.

    Gradio's own checks let NaN through and meet other things with unreadable errors; `Settings` and
    `nst.images` refuse all of them with a sentence.
    """
    component.preprocess = read
    return component


def path_of(payload: Any) -> str | None:  # noqa: ANN401 - Gradio's file data
    """The file that an image component was sent, as it came: `nst.images` reads it, and only it."""
    return payload.path if payload else None


def picture_input(name: str, label: str, alt_text: str) -> gr.Image:
    """A place for a picture from a file, the camera or the clipboard."""
    image = gr.Image(
        label=label,
        type="filepath",
        sources=["upload", "webcam", "clipboard"],
        height=INPUT_HEIGHT,
        buttons=[],
        alt_text=alt_text,
        elem_id=f"nst-{name}",
    )
    return unread(image, path_of)


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


def in_sight() -> dict[str, Any]:
    """The few settings that most visitors want, by name."""
    return {name: widget_of(SPECS[name]) for name in IN_SIGHT}


def in_groups() -> dict[str, Any]:
    """All other settings, and the features, in closed accordions."""
    widgets = {}
    for title, names in _groups().items():
        with gr.Accordion(title, open=False):
            widgets |= {name: widget_of(SPECS[name]) for name in names}
            if title == LAST_GROUP:
                widgets["features"] = widget_of(FEATURES)
    widgets["seed"].interactive = False
    widgets["seed"].info = SEED_REASON
    return widgets


def _groups() -> Mapping[str, tuple[str, ...]]:
    placed = {*IN_SIGHT, *(name for names in GROUPS.values() for name in names)}
    return {**GROUPS, LAST_GROUP: tuple(name for name in SPECS if name not in placed)}


def seed_applies(init: object) -> dict[str, Any]:
    """An update of the seed's widget: it can be set where it counts."""
    noise = init == "noise"
    return gr.update(interactive=noise, info=SPECS["seed"].help if noise else SEED_REASON)
