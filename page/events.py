"""What happens on the page when: its own events, which are not part of the API."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import gradio as gr

from nst import recipe
from nst.settings import PRESET_FIELDS, SPECS, preset
from page.api import run_inputs
from page.layout import Widgets
from page.progress import describe_features, progress_bar
from page.runs import sentences, stylize_pictures


def paint_on_page(
    content: str | None, style: str | None, **values: object
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The same run for the page: picture, progress bar, download."""
    for picture, progress in stylize_pictures(content, style, **values):
        yield picture, progress_bar(progress), gr.update(value=picture, interactive=True)


def use_preset(name: object) -> list[object]:
    """The values of `PRESET_FIELDS` under a preset, in their order."""
    with sentences():
        return list(preset(name).values())


def use_recipe(picture: str | None) -> list[object]:
    """The settings that a picture painted before was made with, its features, and no preset."""
    with sentences():
        read = recipe.read(picture)
        return [*asdict(read.settings).values(), read.features, None]


def _running(running: bool) -> list[dict[str, Any]]:
    """Updates of the buttons Paint and Stop."""
    return [gr.update(interactive=not running), gr.update(interactive=running)]


def connect_page(page: gr.Blocks, widgets: Widgets) -> None:
    """Connect the page's own events, which are not part of the API."""
    private = {"api_visibility": "private", "show_progress": "hidden"}
    at_once = {**private, "queue": False}
    buttons = [widgets.paint, widgets.stop]
    begin = widgets.paint.click(lambda: _running(True), None, buttons, **at_once)
    shown = [widgets.picture, widgets.bar, widgets.download]
    painting = begin.then(paint_on_page, outputs=shown, **run_inputs(widgets), **private)
    # Paint is offered again when the run has really ended: a click before that would be lost.
    for ended in (painting.then, painting.failure):
        ended(lambda: _running(False), None, buttons, **at_once)
    stopping = gr.update(interactive=False)
    widgets.stop.click(lambda: stopping, None, widgets.stop, cancels=[painting], **at_once)
    changed = [widgets.settings[field] for field in PRESET_FIELDS]
    widgets.preset.input(use_preset, widgets.preset, changed, **at_once)
    every = [*(widgets.settings[name] for name in (*SPECS, "features")), widgets.preset]
    widgets.recipe.upload(use_recipe, widgets.recipe, every, **private)
    features = widgets.settings["features"]
    for event in (page.load, features.change):
        event(describe_features, features, widgets.status, **private)
