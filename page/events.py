"""Which event of the page calls which handler; none of them is part of the API."""

from collections.abc import Callable, Iterator
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

import gradio as gr

from nst.inputs import STYLES
from nst.settings import PRESET_FIELDS
from page import handlers, recall
from page.api import run_inputs
from page.controls import seed_applies
from page.layout import Inputs, Outputs
from page.more_pictures import WEIGHTS, mask_of, mask_without, weight_applies
from page.progress import describe_features

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
AT_ONCE = {**PRIVATE, "queue": False}
SCROLL = """() => {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (matchMedia('(max-width: 768px)').matches)
    document.getElementById('nst-result').scrollIntoView({behavior: still ? 'auto' : 'smooth'});
  return [];
}"""
"""On a narrow page the result is below what it comes from."""


def connect_page(page: gr.Blocks, cards: gr.HTML, inputs: Inputs, outputs: Outputs) -> None:
    """Connect everything that happens on the page."""
    _connect_run(inputs, outputs)
    _connect_pictures(cards, inputs, outputs)
    _connect_settings(page, inputs, outputs)


def _connect_run(inputs: Inputs, outputs: Outputs) -> None:
    record = gr.State()
    named = {**vars(inputs), **vars(outputs), "record": record}
    buttons = ("paint", "more", "stop")
    shown = ("picture", "bar", "curves", "download", "record", "resume", "status")
    shown += ("content_note", "style_note")
    result = (*buttons, "bar", "compare", "film", "animation", "use_as_content", "strip", "record")
    what = run_inputs(inputs)
    again = {**what, "inputs": [outputs.picture, *what["inputs"]]}
    runs = []
    for button, handler, needed in (
        (inputs.paint, handlers.paint, what),
        (outputs.more, handlers.go_on, again),
    ):
        begin = _on(
            button.click, handlers.begin, named, (*buttons, "bar", "tabs"), js=SCROLL, **AT_ONCE
        )
        run = _on(begin.then, handler, named, shown, **needed, **PRIVATE)
        # Paint is offered again when the run has really ended: a click before that would be lost.
        _on(run.then, handlers.finish, named, result, inputs=record, **PRIVATE)
        _on(run.failure, handlers.fail, named, ("paint", "stop", "bar"), **AT_ONCE)
        runs.append(run)
    _on(inputs.stop.click, handlers.stop, named, ("stop", "bar"), cancels=runs, **AT_ONCE)


def _connect_pictures(cards: gr.HTML, inputs: Inputs, outputs: Outputs) -> None:
    shown = ("content", "style", "picture", "compare", "film", "curves", "tabs", "bar", "resume")
    buttons = ("download", "animation", "use_as_content", "more")
    named = {**vars(inputs), **vars(outputs)}
    _on(cards.click, handlers.show_pair, named, shown + buttons, js=SCROLL, **AT_ONCE)
    inputs.content_tiles.click(handlers.take_example("content"), None, inputs.content, **AT_ONCE)
    inputs.style_tiles.click(handlers.take_example("styles"), None, inputs.style, **AT_ONCE)
    for image, note, what in (
        (inputs.content, inputs.content_note, "content image"),
        (inputs.style, inputs.style_note, "style image"),
    ):
        image.change(handlers.check_picture(what), image, note, **PRIVATE)
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


def _on(
    event: Callable[..., Any],
    handler: Callable[..., Any],
    named: dict[str, Any],
    changes: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - Gradio's
) -> Any:  # noqa: ANN401 - Gradio's dependency
    """Connect a handler that answers with a dictionary of some of the `changes`, by name."""

    def values(answer: dict[str, Any]) -> list[Any]:
        assert answer.keys() <= set(changes), answer.keys()
        return [answer.get(name, gr.skip()) for name in changes]

    @wraps(handler)
    def once(*args: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401
        return values(handler(*args, **kwargs))

    @wraps(handler)
    def streaming(*args: Any, **kwargs: Any) -> Iterator[list[Any]]:  # noqa: ANN401
        for answer in handler(*args, **kwargs):
            yield values(answer)

    function = streaming if isgeneratorfunction(handler) else once
    return event(function, outputs=[named[name] for name in changes], **options)
