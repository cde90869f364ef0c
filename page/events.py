"""Which event of the page calls which handler; none of them is part of the API."""

from typing import Any

import gradio as gr

from nst.inputs import STYLES, WEIGHTS
from nst.settings import PRESET_FIELDS
from page import handlers, instant_events, recall, stopping
from page.api import run_inputs
from page.controls import seed_applies
from page.layout import Inputs, Outputs
from page.more_pictures import mask_of, mask_without, weight_applies
from page.progress import describe_features
from page.shown import in_a_shown_format
from page.wiring import AT_ONCE, PRIVATE, on, scroll


def connect_page(page: gr.Blocks, cards: gr.HTML, inputs: Inputs, outputs: Outputs) -> None:
    """Connect everything that happens on the page."""
    record = gr.State()  # of the run under way, if there is one
    page.load(None, js=stopping.WATCH, **AT_ONCE)
    filled = instant_events.connect(inputs, outputs, record)
    _connect_run(inputs, outputs, record, filled)
    _connect_pictures(cards, inputs, outputs)
    _connect_settings(page, inputs, outputs)


def _connect_run(inputs: Inputs, outputs: Outputs, record: gr.State, filled: Any) -> None:  # noqa: ANN401
    """Connect the runs; the one that refines begins when the event `filled` succeeds."""
    named = {**vars(inputs), **vars(outputs), "record": record}
    buttons = ("paint", "more", "stop")
    shown = ("picture", "bar", "curves", "download", "record", "resume", "status")
    shown += ("content_note", "style_note")
    result = (*buttons, "bar", "compare", "film", "animation", "use_as_content", "strip", "record")
    what = run_inputs(inputs)
    again = {**what, "inputs": [outputs.picture, *what["inputs"]]}
    runs = []
    at_first = (*buttons, "bar", "tabs", "record")
    failed = ("paint", "stop", "bar")
    for event, handler, needed in (
        (inputs.paint.click, handlers.paint, what),
        (filled.success, handlers.paint, what),
        (outputs.more.click, handlers.go_on, again),
    ):
        begin = on(event, handlers.begin, named, at_first, js=stopping.begun(scroll()), **AT_ONCE)
        run = on(begin.then, handler, named, shown, **needed, **PRIVATE)
        # Paint is offered again when the run has really ended: a click before that would be lost.
        on(run.then, handlers.finish, named, result, inputs=record, **PRIVATE)
        said = {"inputs": outputs.bar, "js": stopping.said(handlers.STOPPED)}
        on(run.failure, handlers.fail, named, failed, **said, **AT_ONCE)
        runs.append(run)
    on(inputs.stop.click, handlers.stop, named, ("stop", "bar"), cancels=runs, **AT_ONCE)


def _connect_pictures(cards: gr.HTML, inputs: Inputs, outputs: Outputs) -> None:
    shown = ("content", "style", "picture", "compare", "film", "curves", "tabs", "bar", "resume")
    buttons = ("download", "animation", "use_as_content", "more")
    named = {**vars(inputs), **vars(outputs)}
    on(cards.click, handlers.show_pair, named, shown + buttons, js=scroll(), **AT_ONCE)
    inputs.content_tiles.click(handlers.take_example("content"), None, inputs.content, **AT_ONCE)
    inputs.style_tiles.click(handlers.take_example("styles"), None, inputs.style, **AT_ONCE)
    for image, note, what in (
        (inputs.content, inputs.content_note, "content image"),
        (inputs.style, inputs.style_note, "style image"),
    ):
        image.change(handlers.check_picture(what), image, note, **PRIVATE)
        image.upload(in_a_shown_format(what), image, image, **PRIVATE)
    # The photograph is the ground that the mask is painted on.
    inputs.content.change(lambda path: path, inputs.content, inputs.mask_editor, **PRIVATE)
    for name, weight in zip(STYLES[1:], WEIGHTS[1:], strict=True):
        slider = inputs.settings[weight]
        picture = inputs.more_pictures[name]
        picture.change(weight_applies(weight), picture, slider, **PRIVATE)
    for button, mask in ((inputs.paint_there, mask_of), (inputs.keep_there, mask_without)):
        button.click(mask, inputs.mask_editor, inputs.more_pictures["mask"], **PRIVATE)
    outputs.use_as_content.click(lambda path: path, outputs.picture, inputs.content, **AT_ONCE)


def _connect_settings(page: gr.Blocks, inputs: Inputs, outputs: Outputs) -> None:
    settings = inputs.settings
    every = [settings[name] for name in recall.CONTROLS]
    changed = [settings[field] for field in PRESET_FIELDS]
    inputs.preset.input(handlers.use_preset, inputs.preset, changed, **AT_ONCE)
    inputs.recipe.upload(
        handlers.use_recipe, inputs.recipe, [*every, inputs.preset, inputs.share_note], **PRIVATE
    )
    outputs.strip.click(handlers.use_kept, None, [*every, inputs.preset], **PRIVATE)
    settings["init"].change(seed_applies, settings["init"], settings["seed"], **AT_ONCE)
    inputs.copy_link.click(None, every, inputs.share_note, js=recall.COPY_LINK, **PRIVATE)
    kept = gr.BrowserState(recall.DEFAULTS, storage_key="nst-settings", secret="not a secret")
    restored = page.load(handlers.restore, kept, [*every, outputs.bar], **PRIVATE)
    names = list(recall.CONTROLS)
    remember = f"(...values) => [Object.fromEntries({names}.map((name, i) => [name, values[i]]))]"
    gr.on([widget.change for widget in every], None, every, kept, js=remember, **PRIVATE)
    asked = [inputs.content.change, *(widget.change for widget in every)]
    gr.on(
        asked,
        handlers.say_estimate,
        inputs.content,
        inputs.estimate,
        inputs_kwargs=settings,
        trigger_mode="always_last",
        **AT_ONCE,
    )
    features = settings["features"]
    for event in (restored.then, features.change):
        event(describe_features, features, outputs.status, **PRIVATE)
