"""A run on the page: its beginning, what it shows, its end, and a page that comes back to it."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

import gradio as gr

from nst.inputs import MASKS, STYLES
from web.page import recall
from web.page.html import compare, curves, film
from web.page.html.progress import alert, note, progress_bar
from web.runs.background import Changes, Ending
from web.runs.info import learn
from web.runs.jpeg import data_url, small
from web.runs.record import Record
from web.runs.spared import spared
from web.runs.stylize_run import Refused, sentences, stylize_into
from web.runs.visits import Make, Visit, visits

PICTURES = ("content", *STYLES, "mask", *MASKS, "start")
"""The pictures of a run, by the API's names."""
KEPT = 640
"""Longest side, in pixels, of the pictures that the browser keeps."""
NOT_ESTIMATED = ("resume", "mask", *STYLES[1:])
"""What makes a run take another time than its settings tell."""
PLACES = {"content image": "content_note", "style image": "style_note"}
"""Which component an error belongs to, by its subject; all others belong to the bar."""
LOST = (
    "This page's pictures are not on the server any more, which may have been started anew: please "
    "add them again. Your settings are still here."
)
NOT_BEGUN = "The run that you asked for had not begun when the page was left: press Paint again."
LEFT = (
    "Others were waiting while this page was away, so the run was ended: “More iterations” goes on "
    "from this picture."
)
Values = dict[str, Any]


def begin(key: str) -> Changes:
    """Updates for the moment after the click, before a place in the queue is free."""
    with sentences():
        visits().of(key).waits = True
    return {
        "paint": gr.update(interactive=False),
        "more": gr.update(interactive=False),
        "stop": gr.update(interactive=True),
        "bar": progress_bar(None),
        "tabs": gr.update(selected="picture"),
    }


async def paint(
    key: str, content: str | None, style: str | None, **values: object
) -> AsyncIterator[Changes]:
    """Run, and show the picture so far; what cannot be used gets its sentence in its place."""
    values |= {"content": content, "style": style, "resume": ""}
    async for update in _begun(key, partial(_painted, partial(_shown, values))):
        yield update


async def go_on(
    key: str, picture: str | None, content: str | None, style: str | None, **values: object
) -> AsyncIterator[Changes]:
    """Go on where the last run ended; from its picture alone, where no more is kept or fits."""
    values |= {"content": content, "style": style}
    async for update in _begun(key, partial(_painted, partial(_shown_further, values, picture))):
        yield update


async def _begun(key: str, make: Make) -> AsyncIterator[Changes]:
    """Begin a run of this visit, and follow it."""
    with sentences():
        run = visits().of(key).begin(make)
    async for update in run.follow():
        yield update


def _painted(
    shown: Callable[[Record, Path], Iterator[Changes]],
    folder: Path,
    ending: Callable[[], Ending | None],
) -> Iterator[Changes]:
    """What a run shows, and at last what came of it."""
    record, end = Record({}), None
    try:
        with contextlib.closing(shown(record, folder)) as updates:
            for update in updates:
                yield update
                if end := ending():
                    break
    except gr.Error as error:
        yield in_its_place(error)
    if record.latest:
        yield _came_of(record, folder, end)
    elif end:
        yield {"bar": note("Stopped.")}


def _shown_further(
    values: Values, picture: str | None, record: Record, folder: Path
) -> Iterator[Changes]:
    try:
        if values["resume"]:
            yield from _shown(values, record, folder)
            return
    except gr.Error as error:
        why = _cannot_go_on(error)
        if not why:
            raise
        yield {"status": f"{why}: this one starts from its picture."}
    from_picture = {"init": "image", "start": picture, "resume": ""}
    yield from _shown(values | from_picture, record, folder)


def _shown(values: Values, record: Record, folder: Path) -> Iterator[Changes]:
    """The updates of a run under way, of which the record is kept."""
    record.values = {name: values[name] for name in recall.CONTROLS}
    given = {name: value for name, value in values.items() if name not in PICTURES}
    files = {name: values.get(name) for name in PICTURES}
    if values["init"] != "image":
        files["start"] = None  # still in its place, out of sight
    shown = None
    for picture, progress in stylize_into(folder, files, **given):
        if picture == shown:
            record.latest = progress
            yield {"bar": progress_bar(progress)}
            continue
        shown = picture
        spared(lambda: record.add(picture, progress), None)  # noqa: B023 - called at once
        yield {
            "picture": picture,
            "bar": progress_bar(progress),
            "curves": spared(lambda: curves.plot(record.points[1:]), gr.skip()),
            "download": gr.update(value=picture, interactive=True),
            "resume": progress.run or "",
        }
        whole = progress.done and not progress.note
        if whole and not any(values.get(name) for name in NOT_ESTIMATED):
            spared(lambda: learn(record.size, values, progress.seconds), None)  # noqa: B023


def _cannot_go_on(error: gr.Error) -> str:
    """Why a run cannot go on where it ended; "" if that is not what is wrong."""
    if not isinstance(error, Refused):
        return ""
    reasons = {
        "not kept": "The run to go on with is not kept any more",
        "another run": f"The run cannot go on, because its {error.subject} changed",
    }
    return reasons.get(error.code, "")


def in_its_place(error: gr.Error) -> Changes:
    """Updates that say what is wrong where it belongs."""
    place = PLACES.get(getattr(error, "subject", ""), "bar")
    return {"bar": ""} | {place: alert(error.message)}


def _came_of(record: Record, folder: Path, end: Ending | None) -> Changes:
    """Updates for what came of a run, done or not; the picture goes to the visit's strip."""
    update = {"use_as_content": gr.update(interactive=True), "more": gr.update(interactive=True)}
    if end and not record.latest.done:
        update["bar"] = progress_bar(record.latest, stopped=True)
        update["bar"] += note(LEFT) if end is Ending.LEFT else ""
    update |= spared(lambda: _beside(record), {})
    return update | spared(lambda: _animation(record, folder), {})


def _beside(record: Record) -> Changes:
    """Updates for what is shown beside a picture: the comparison, the film, the visit's strip."""
    words = f"Painted with {recall.in_words(recall.checked(record.values))}"
    if not record.latest.done:
        words += f", stopped at iteration {record.latest.iteration}"
    return {
        "compare": compare.compare(record.before, record.after, words),
        "film": film.film(record.frames, [point.iteration for point in record.points]),
        "strip": for_the_strip(record.after, words, settings=record.values),
    }


def for_the_strip(picture: bytes, words: str, **more: object) -> dict[str, object]:
    """What the visit's strip keeps of a picture, a JPEG file."""
    # By its id it is known when it comes again, as the page does.
    return {"id": token_hex(8), "picture": data_url(small(picture, KEPT)), "words": words, **more}


def _animation(record: Record, folder: Path) -> Changes:
    """An update that offers the run as an animation, written into a folder."""
    path = folder / "painted.webp"
    path.write_bytes(film.animation(record.frames))
    return {"animation": gr.update(value=str(path), interactive=True)}


def stop(key: str) -> Changes:
    """End the visit's run; what came of it is said by the run itself, if it had begun."""
    update = {"stop": gr.update(interactive=False)}
    visit = visits().find(key)
    if visit is None:
        return update | {"bar": note("Stopped.")}
    visit.waits = False
    if visit.run and visit.is_busy:
        visit.run.stop()
        return update  # a word from here could come after the run's own, and hide it
    return update | {"bar": note("Stopped.")}


def ready() -> Changes:
    """Updates for when no run is under way any more."""
    return {"paint": gr.update(interactive=True), "stop": gr.update(interactive=False)}


def fail(key: str) -> Changes:
    """Updates for a run that did not get in: the page says why by itself."""
    if visit := visits().find(key):
        visit.waits = False
    return ready() | {"bar": note("The run did not start, or the connection was lost.")}


def keep_pictures(names: tuple[str, ...]) -> Callable[..., None]:
    """A handler that keeps which pictures a page has."""

    def keep(key: str, *paths: str | None) -> None:
        with sentences():
            given = zip(names, paths, strict=True)
            visits().of(key).pictures = {name: path for name, path in given if path}

    return keep


async def come_back(key: str, used: bool) -> AsyncIterator[Changes]:
    """Show again what a page had that was reloaded, and follow its run.

    Args:
        used: whether the page says that it had anything.
    """
    visit = visits().find(key)
    if visit is None:
        # Something has to be yielded, or Gradio takes it for empty values.
        yield {"bar": note(LOST)} if used else {}
        return
    run = visit.run
    start = len(run.updates) if run else 0  # before what is shown, or one of them could be missed
    yield _there_again(visit)
    if run and not run.ended:
        yield {"paint": gr.update(interactive=False), "stop": gr.update(interactive=True)}
    if run:
        async for update in run.follow(start):
            yield update


def _there_again(visit: Visit) -> Changes:
    """The visit's pictures and what was shown, without files that are gone."""
    pictures = {name: path for name, path in visit.pictures.items() if Path(path).exists()}
    shown = dict(visit.shown)
    if shown.get("picture") and not Path(shown["picture"]).exists():
        shown = {}
    animation = shown.get("animation", {}).get("value")
    if animation and not Path(animation).exists():
        del shown["animation"]
    if len(pictures) < len(visit.pictures):
        shown["bar"] = note(LOST)
    elif visit.waits:
        shown["bar"] = note(NOT_BEGUN)
    if shown.get("picture"):
        shown["tabs"] = gr.update(selected="picture")
    return pictures | shown
