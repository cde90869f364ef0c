"""Which event of the page calls which handler; none of them is part of the API."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from nst.presets import PRESET_FIELDS
from nst.roles import STYLES, WEIGHTS
from web.page import handlers, instant_events, recall
from web.page.api import run_inputs
from web.page.controls import seed_applies
from web.page.handlers import PageHandlers
from web.page.html.static_files import static
from web.page.keeping import events as keeping
from web.page.keeping.actions import BUTTONS
from web.page.layout import Inputs, Outputs
from web.page.painting import Painting
from web.page.pictures.given import connect_places
from web.page.pictures.more_pictures import mask_of, mask_without, weight_applies
from web.page.pictures.places import PLACES
from web.page.pictures.shown import in_a_shown_format
from web.page.shelf import surprise, yours
from web.page.wiring import AT_ONCE, AT_ONCE_OR_SAID, PRIVATE, change_of, on, scroll
from web.runs.files import PICTURES
from web.runs.services import Services
from web.server.admission import withdraw

SHOWN = (
    *("picture", "bar", "curves", "resume", "status", "content_note", "style_note"),
    *("compare", "film", "strip", *BUTTONS),
)
"""What a run shows, of the page's components."""
LATE = 100
"""How long a Stop waits for the run that was asked for before it, in tenths of a second."""
VISIT = static("visit.js")
USED = """() => {
  try { sessionStorage.setItem('nst-visit-used', '1'); } catch { /* storage is off */ }
}"""
"""JavaScript that notes that the visit has had pictures."""


def connect_page(
    page: gr.Blocks, services: Services, cards: gr.HTML, inputs: Inputs, outputs: Outputs
) -> None:
    """Connect everything that happens on the page."""
    painting, asking = Painting(services), PageHandlers(services)
    filled = [
        instant_events.connect(services, inputs, outputs),
        _connect_examples(asking, cards, inputs, outputs),
        surprise.connect(services, vars(inputs)),
    ]
    yours.connect(vars(inputs))
    _connect_run(page, painting, inputs, outputs, filled)
    _connect_visit(page, painting, inputs, outputs)
    _connect_pictures(inputs, outputs)
    restored = _connect_settings(page, inputs, outputs)
    _connect_answers(restored, asking, inputs, outputs)


def _connect_run(
    page: gr.Blocks,
    painting: Painting,
    inputs: Inputs,
    outputs: Outputs,
    filled: list[Any],  # Gradio's dependencies
) -> None:
    """Connect the runs; they begin, too, when one of the events that fill in a run succeeds."""
    named = {**vars(inputs), **vars(outputs)}
    buttons = ("paint", "more", "large", "stop")
    what = run_inputs(inputs)
    first = {**what, "inputs": [inputs.visit, *what["inputs"]]}
    again = {**what, "inputs": [inputs.visit, outputs.picture, *what["inputs"]]}
    key = {"inputs": inputs.visit, **AT_ONCE}
    pair = [inputs.content, inputs.style]
    given = {"inputs": [inputs.visit, *pair], **AT_ONCE}
    begun, asked = (*buttons, "bar", "tabs"), ("content_note", "style_note", "bar")
    for event, handler, needed in (
        (inputs.paint.click, painting.paint, first),
        *((event.success, painting.paint, first) for event in filled),
        (outputs.more.click, painting.go_on, again),
        (outputs.large.click, painting.paint_large, again),
    ):
        begin = on(event, painting.begin, named, begun, js=scroll(), **given)
        on(begin.failure, painting.not_begun, named, asked, inputs=pair, **AT_ONCE)
        run = on(begin.success, handler, named, SHOWN, **needed, **PRIVATE)
        # Paint is offered again when the run has really ended: a click before that would be lost.
        on(run.then, painting.rest, named, ("paint", "stop"), **key)
        on(run.failure, painting.fail, named, ("paint", "stop", "bar"), **key)

    on(inputs.stop.click, stop_in(page, painting), named, ("stop", "bar"), **key)


def stop_in(page: gr.Blocks, painting: Painting) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A handler that ends a visit's run, or takes it out of the page's queue."""

    async def stop(key: str, request: gr.Request) -> dict[str, Any]:
        # What was asked for may be on its way still, and would wait in the queue after this.
        for _ in range(LATE):
            if await withdraw(page, request.session_hash) or not painting.waits(key):
                break
            await asyncio.sleep(0.1)
        return painting.stop(key)

    return stop


def _connect_visit(page: gr.Blocks, painting: Painting, inputs: Inputs, outputs: Outputs) -> None:
    """Have the server keep what the page has, and the page take it up again."""
    pictures = {name: vars(inputs).get(name) or inputs.more_pictures[name] for name in PICTURES}
    kept = painting.keep_pictures(PICTURES)
    given = [inputs.visit, *pictures.values()]
    change_of(*pictures.values())(kept, given, **AT_ONCE)
    gr.on([picture.change for picture in pictures.values()], None, js=USED, **AT_ONCE)
    named = {**vars(inputs), **vars(outputs), **pictures}
    visit = [inputs.visit, inputs.was_used]
    known = page.load(None, None, visit, js=VISIT, **AT_ONCE)
    changes = (*SHOWN, *PICTURES, "paint", "stop", "tabs")
    back = on(known.then, painting.come_back, named, changes, inputs=visit, **AT_ONCE_OR_SAID)
    on(back.failure, painting.rest, named, ("paint", "stop"), inputs=inputs.visit, **AT_ONCE)
    keeping.connect(known, inputs, outputs)


def _connect_examples(
    asking: PageHandlers, cards: gr.HTML, inputs: Inputs, outputs: Outputs
) -> Any:  # noqa: ANN401 - Gradio's
    """Connect the examples; what is returned succeeds when a pair is there, to be painted."""
    shown = ("content", "style", "picture", "compare", "film", "curves", "tabs", "bar", "resume")
    named = {**vars(inputs), **vars(outputs)}
    options = {"inputs": inputs.visit, "js": scroll(), **AT_ONCE_OR_SAID}
    filled = on(cards.click, asking.show_pair, named, shown + BUTTONS, **options)
    inputs.content_tiles.click(handlers.take_example("content"), None, inputs.content, **AT_ONCE)
    inputs.style_tiles.click(handlers.take_example("styles"), None, inputs.style, **AT_ONCE)
    return filled


def _connect_pictures(inputs: Inputs, outputs: Outputs) -> None:
    others, notes = inputs.more_pictures, inputs.more_notes
    for image, note, what in (
        (inputs.content, inputs.content_note, PLACES["content"]),
        (inputs.style, inputs.style_note, PLACES["style"]),
        *((others[name], notes[f"{name}_note"], "picture") for name in others),
    ):
        change_of(image)(handlers.check_picture(what), image, note, **PRIVATE)
        image.upload(in_a_shown_format(what), image, image, **PRIVATE)
    connect_places(inputs)
    # The photograph is the ground that the mask is painted on.
    ground = change_of(inputs.content)
    ground(lambda path: path, inputs.content, inputs.mask_editor, **PRIVATE)
    for name, weight in zip(STYLES[1:], WEIGHTS[1:], strict=True):
        slider = inputs.settings[weight]
        picture = inputs.more_pictures[name]
        change_of(picture)(weight_applies(weight), picture, slider, **PRIVATE)
    for button, mask in ((inputs.paint_there, mask_of), (inputs.keep_there, mask_without)):
        button.click(mask, inputs.mask_editor, inputs.more_pictures["mask"], **PRIVATE)
    outputs.use_as_content.click(lambda path: path, outputs.picture, inputs.content, **AT_ONCE)


def _connect_settings(page: gr.Blocks, inputs: Inputs, outputs: Outputs) -> Any:  # noqa: ANN401
    """Connect the settings; what is returned ends when those of the last visit are there."""
    settings = inputs.settings
    every = [settings[name] for name in recall.CONTROLS]
    changed = [settings[field] for field in PRESET_FIELDS]
    inputs.preset.input(handlers.use_preset, inputs.preset, changed, **AT_ONCE)
    change_of(*changed)(handlers.name_preset, changed, inputs.preset, **AT_ONCE)
    inputs.recipe.upload(handlers.use_recipe, inputs.recipe, [*every, inputs.share_note], **PRIVATE)
    outputs.strip.click(handlers.use_kept, None, every, **PRIVATE)
    change_of(settings["init"])(seed_applies, settings["init"], settings["seed"], **AT_ONCE)
    kept = gr.BrowserState(recall.DEFAULTS, storage_key="nst-settings", secret="not a secret")
    restored = page.load(handlers.restore, kept, [*every, outputs.bar], **PRIVATE)
    names = list(recall.CONTROLS)
    remember = f"(...values) => [Object.fromEntries({names}.map((name, i) => [name, values[i]]))]"
    gr.on([widget.change for widget in every], None, every, kept, js=remember, **PRIVATE)
    return restored


def _connect_answers(
    restored: Any,  # noqa: ANN401 - Gradio's
    asking: PageHandlers,
    inputs: Inputs,
    outputs: Outputs,
) -> None:
    """Have the page say what a run would take, and which features make it."""
    settings = inputs.settings
    asked = change_of(inputs.content, *(settings[name] for name in recall.CONTROLS))
    given = {"inputs": inputs.content, "inputs_kwargs": settings}
    asked(asking.say_estimate, outputs=inputs.estimate, **given, **AT_ONCE)
    features = settings["features"]
    for event in (restored.then, change_of(features)):
        event(asking.say_features, features, outputs.status, **PRIVATE)
