"""The settings as widgets: every range, choice and default comes from `nst.settings`."""

from collections.abc import Callable, Container
from typing import Any

import gradio as gr

from nst.instant.names import title
from nst.pictures.bounds import MAX_ASPECT, MAX_MEGAPIXELS
from nst.pictures.reading import FORMATS
from nst.settings import FEATURES, INSTANT_SPECS, SPECS
from nst.specs import Choice, Range
from web.page.html import labels
from web.runs.defaults import START_SPECS

INPUT_HEIGHT = 200
IN_SIGHT = ("style_strength", "iterations", "size")
GROUPS = {
    "Strokes and colours": ("style_loss", "style_scale", "tv_weight", "color"),
    "Where to start": ("init", "seed"),
}
"""Accordions of settings; what is named nowhere is for the curious."""
SEED_REASON = "Only noise is drawn from a seed: choose that under “Start from” first."
START_HELP = "The run starts from it if “Start from” is “A picture”"
PICTURE_HELP = (
    f"A file in one of the formats {', '.join(FORMATS)}; at most {MAX_MEGAPIXELS} megapixels, and "
    f"{MAX_ASPECT} times as long as wide."
)
"""What the API's docs say of every picture that is sent."""


def as_sent(component: Any, read: Callable[[Any], Any] = lambda payload: payload) -> Any:  # noqa: ANN401
    """Have a component hand over what was sent, unchecked.

    Gradio's own checks let NaN through and meet other things with unreadable errors; `Settings` and
    `nst.pictures` refuse all of them with a sentence.
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


def path_of(payload: Any) -> str | None:  # noqa: ANN401 - Gradio's file data
    """The file that an image component was sent, as it came: only `nst.pictures` reads it."""
    return payload.path if payload else None


def picture_input(name: str, label: str, alt_text: str, invitation: str | None = None) -> gr.Image:
    """A place for a picture from a file or the camera, with words in it while it is empty."""
    image = gr.Image(
        label=label,
        type="filepath",
        sources=["upload", "webcam"],
        height=INPUT_HEIGHT,
        buttons=[],
        alt_text=alt_text,
        placeholder=invitation,
        elem_id=f"nst-{name}",
        elem_classes="nst-given",
    )
    documented(image, f"{label}. {PICTURE_HELP}")
    return as_sent(image, path_of)


def noted_input(name: str, label: str, alt_text: str) -> dict[str, Any]:
    """The same and, under it, the line that says what is wrong with what was given; by name."""
    picture = picture_input(name, label, alt_text)
    return {name: picture, f"{name}_note": gr.HTML(elem_classes="nst-note")}


def widget_of(spec: Range | Choice) -> gr.Slider | gr.Radio:
    """A slider or a row of radio buttons, with the help as its info line."""
    if isinstance(spec, Choice):
        choices = [(spec.titles.get(word, word), word) for word in spec.choices]
        radio = gr.Radio(choices, value=spec.default, label=spec.label, info=spec.help)
        documented(radio, f"{spec.label}. {spec.help}", title=spec.label)
        return as_sent(radio)
    slider = gr.Slider(
        spec.minimum,
        spec.maximum,
        value=spec.default,
        step=spec.step,
        label=spec.label,
        info=spec.help,
        precision=0 if isinstance(spec.default, int) else None,
    )
    return as_sent(with_range(slider, spec))


def shown_widget(name: str, spec: Range | Choice) -> gr.Slider | gr.Radio:
    """The same, and below it the pictures of what the setting does, if it has any."""
    widget = widget_of(spec)
    labels.lay_out(name, spec)
    return widget


def with_range(component: Any, spec: Range) -> Any:  # noqa: ANN401
    """Have the generated docs tell a number's meaning and range."""
    text = f"{spec.label}, {spec.minimum:.12g} to {spec.maximum:.12g}. {spec.help}"
    return documented(component, text, minimum=spec.minimum, maximum=spec.maximum)


def in_sight() -> dict[str, Any]:
    """The few settings that most visitors want, by name."""
    return {name: shown_widget(name, START_SPECS[name]) for name in IN_SIGHT}


def in_groups() -> tuple[dict[str, Any], dict[str, Any]]:
    """The start picture with its note, and the settings of `GROUPS` in closed accordions."""
    widgets = {}
    for group, names in GROUPS.items():
        with gr.Accordion(group, open=False):
            widgets |= {name: shown_widget(name, SPECS[name]) for name in names}
            if "init" in names:
                start = noted_input("start", "Start picture", START_HELP)
    widgets["seed"].interactive = False
    widgets["seed"].info = SEED_REASON
    return start, widgets


def all_others(placed: Container[str]) -> dict[str, Any]:
    """The settings that have no place elsewhere, and the features."""
    widgets = {name: widget_of(spec) for name, spec in SPECS.items() if name not in placed}
    return widgets | {"features": widget_of(FEATURES)}


def seed_applies(init: object) -> dict[str, Any]:
    """An update of the seed's widget: it can be set where it counts."""
    noise = init == "noise"
    return gr.update(interactive=noise, info=SPECS["seed"].help if noise else SEED_REASON)


def style_choice(name: str, **options: object) -> gr.Dropdown:
    """A list of the styles by their titles, for a setting of `InstantSettings`."""
    spec: Choice = INSTANT_SPECS[name]
    choices = [(title(style), style) for style in spec.choices]
    dropdown = gr.Dropdown(
        choices, value=spec.default, label=spec.label, info=spec.help, filterable=False, **options
    )
    documented(dropdown, f"{spec.label}. {spec.help}", title=spec.label)
    return as_sent(dropdown)
