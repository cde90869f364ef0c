"""What the page's events do: values of components -> values and updates of components."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from nst import InputError, recipe
from nst.images import note_of, open_image, opened
from nst.inputs import STYLES
from nst.settings import InstantSettings, preset
from nst.styles import title
from page import compare, curves, examples, film, recall
from page.info import expected_run, learn
from page.layout import compare_pair
from page.pictures import data_url, small
from page.progress import alert, note, progress_bar
from page.record import Record
from page.runs import sentences, stylize_pictures
from page.spared import spared

KEPT = 640
"""Longest side, in pixels, of the pictures that the browser keeps."""
NOT_ESTIMATED = ("resume", "mask", *STYLES[1:])
"""What makes a run take another time than its settings tell."""
STOPPED = note("Stopped.")
"""What the bar says after a click on Stop, by which `fail` knows that there was one."""
SUBJECTS = {"The content image": "content_note", "The style image": "style_note"}
"""How sentences about a picture begin, and which component they belong to."""


def begin() -> dict[str, Any]:
    """Updates for the moment after the click, before a place in the queue is free."""
    return {
        "paint": gr.update(interactive=False),
        "more": gr.update(interactive=False),
        "stop": gr.update(interactive=True),
        "bar": progress_bar(None),
        "tabs": gr.update(selected="picture"),
        "record": Record({}),
    }


def paint(content: str | None, style: str | None, **values: object) -> Iterator[dict[str, Any]]:
    """Run, and show the picture so far; what cannot be used gets its sentence in its place."""
    try:
        yield from _painted(content, style, {**values, "resume": ""})
    except gr.Error as error:
        yield in_its_place(error) | {"record": None}


def go_on(
    picture: str | None, content: str | None, style: str | None, **values: object
) -> Iterator[dict[str, Any]]:
    """Go on where the last run ended; from its picture alone, where no more is kept or fits."""
    why = ""
    try:
        if values["resume"]:
            yield from _painted(content, style, values)
            return
    except gr.Error as error:
        if not error.message.startswith("The run "):
            yield in_its_place(error) | {"record": None}
            return
        why = error.message.partition(":")[0] + ": this one starts from its picture."
    if why:
        yield {"status": why}
    yield from paint(content, style, **{**values, "init": "image", "start": picture})


def _painted(
    content: str | None, style: str | None, values: dict[str, object]
) -> Iterator[dict[str, Any]]:
    if values["init"] != "image":
        values = {**values, "start": None}  # still in its place, out of sight
    record, shown = Record({name: values[name] for name in recall.CONTROLS}), None
    for picture, progress in stylize_pictures(content, style, **values):
        if picture == shown:
            record.latest = progress
            yield {"bar": progress_bar(progress), "record": record}
            continue
        shown = picture
        spared(lambda: record.add(picture, progress), None)  # noqa: B023 - called at once
        yield {
            "picture": picture,
            "bar": progress_bar(progress),
            "curves": spared(lambda: curves.plot(record.points[1:]), gr.skip()),
            "download": gr.update(value=picture, interactive=True),
            "record": record,
            "resume": progress["run"] or "",
        }
        whole = progress["done"] and not progress["note"]
        if whole and not any(values.get(name) for name in NOT_ESTIMATED):
            spared(lambda: learn(record.size, values, progress["seconds"]), None)  # noqa: B023


def in_its_place(error: gr.Error) -> dict[str, Any]:
    """Updates that say what is wrong where it belongs."""
    place = next((p for start, p in SUBJECTS.items() if error.message.startswith(start)), "bar")
    return {"bar": ""} | {place: alert(error.message)}


def stop() -> dict[str, Any]:
    """Updates for the moment after the click; `finish` says more, if the run had begun."""
    return {"stop": gr.update(interactive=False), "bar": STOPPED}


def fail(bar: str) -> dict[str, Any]:
    """Updates for a run that did not get in: the page says why by itself.

    Gradio has a run that was stopped fail as well; what the page shows of that is for `finish`.
    """
    if bar == STOPPED:
        return {}
    return {
        "paint": gr.update(interactive=True),
        "stop": gr.update(interactive=False),
        "bar": note("The run did not start, or the connection was lost."),
    }


def finish(record: Record | None) -> Iterator[dict[str, Any]]:
    """Show what came of a run, done or stopped, and give the picture to the visit's strip."""
    ready = {"paint": gr.update(interactive=True), "stop": gr.update(interactive=False)}
    if record is None or not record.latest:
        yield ready | {"record": None}
        return
    ready |= {"use_as_content": gr.update(interactive=True), "more": gr.update(interactive=True)}
    if not record.latest["done"]:
        ready["bar"] = progress_bar(record.latest, stopped=True)
    ready |= spared(lambda: _beside(record), {})
    with tempfile.TemporaryDirectory(prefix="nst-") as folder:
        yield ready | spared(lambda: _animation(record, Path(folder)), {}) | {"record": None}


def _beside(record: Record) -> dict[str, Any]:
    """Updates for what is shown beside a picture: the comparison, the film, the visit's strip."""
    words = f"Painted with {recall.in_words(recall.checked(record.values))}"
    if not record.latest["done"]:
        words += f", stopped at iteration {record.latest['iteration']}"
    return {
        "compare": compare.compare(record.before, record.after, words),
        "film": film.film(record.frames, [point["iteration"] for point in record.points]),
        "strip": {
            "picture": data_url(small(record.after, KEPT)),
            "words": words,
            "settings": record.values,
        },
    }


def _animation(record: Record, folder: Path) -> dict[str, Any]:
    """An update that offers the run as an animation, written into a folder."""
    path = folder / "painted.webp"
    path.write_bytes(film.animation(record.frames))
    return {"animation": gr.update(value=str(path), interactive=True)}


def check_picture(what: str) -> Callable[[str | None], str]:
    """A handler that says under a picture, as soon as it is there, whether it can be used."""

    def check(path: str | None) -> str:
        try:
            with sentences():
                image = open_image(path, what) if path else None
        except gr.Error as error:
            return alert(error.message)
        if image is None:
            return ""
        said = note_of(image)
        return note(f"{image.width} × {image.height} pixels{'. ' if said else ''}{said}")

    return check


def say_estimate(content: str | None, **values: object) -> str:
    """One line under the button: what the run would take, or why it cannot be made."""
    try:
        with opened(content, "content image") as image:
            size = image.size
    except InputError:  # nothing there yet, or its own line says what is wrong
        return ""
    try:
        expected = expected_run(size, values)
    except InputError as error:
        return alert(str(error))
    return note(f"This will take {expected}.") if expected else ""


def sent(event: gr.EventData, name: str) -> object:
    """What a page sent with an event; None for what it did not, or if it was no page."""
    try:
        return getattr(event, name, None)
    except TypeError:  # nothing was sent at all
        return None


def _of(offered: Mapping[str, Any], name: object) -> Any:  # noqa: ANN401
    if not isinstance(name, str) or name not in offered:
        raise InputError("There is no example of that name.")
    return offered[name]


def take_example(kind: str) -> Callable[[gr.EventData], str]:
    """A handler that gives the file of the example picture whose tile was clicked."""

    def take(event: gr.EventData) -> str:
        with sentences():
            return str(_of(examples.pictures(kind), sent(event, "name")))

    return take


def show_pair(event: gr.EventData) -> dict[str, Any]:
    """Fill both pictures with an example's, and show its result, which was painted before."""
    with sentences():
        pair = _of(examples.pairs(), sent(event, "name"))
    return {
        "content": str(pair.content),
        "style": str(pair.style),
        "picture": str(pair.result),
        "compare": compare_pair(pair),
        "film": film.NOTHING,
        "curves": curves.NOTHING,
        "tabs": gr.update(selected="compare"),
        "bar": note(
            "An example, painted before with the default settings. "
            "Change a picture or a setting, and paint."
        ),
        "download": gr.update(value=str(pair.result), interactive=True),
        "animation": gr.update(interactive=False),
        "use_as_content": gr.update(interactive=True),
        "more": gr.update(interactive=True),
        "resume": "",
    }


def use_preset(name: object) -> list[object]:
    """The values of `PRESET_FIELDS` under a preset, in their order."""
    with sentences():
        return list(preset(name).values())


def use_recipe(picture: str | None) -> list[object]:
    """The settings that a picture painted before was made with, its features, no preset; a note."""
    try:
        with sentences():
            read = recipe.read(picture)
    except gr.Error as error:
        return [*[gr.skip()] * (len(recall.CONTROLS) + 1), alert(error.message)]
    if isinstance(read.settings, InstantSettings):
        instant = f"That picture was painted in the instant style “{title(read.settings.style)}”."
        return [*[gr.skip()] * (len(recall.CONTROLS) + 1), note(instant)]
    words = "The settings are now those of that picture."
    return [*asdict(read.settings).values(), read.features, None, note(words)]


def use_kept(event: gr.EventData) -> list[object]:
    """The settings of a picture of this visit, its features, and no preset."""
    with sentences():
        return [*recall.checked(sent(event, "settings")).values(), None]


def restore(kept: object, request: gr.Request) -> list[object]:
    """The settings of the link that was followed, else those of the last visit; and a sentence."""
    values, problem = None, ""
    try:
        values = recall.of_link(request.query_params)
    except InputError as error:
        problem = alert(f"The link's settings were not used: {error}")
    return [*(values or recall.remembered(kept)).values(), problem]
