"""A run on the page: its beginning, what it shows, its end, and a page that comes back to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from web.page import recall
from web.page.html import curves
from web.page.html.progress import note, progress_bar
from web.page.keeping.actions import not_yet, offered
from web.page.keeping.large import larger
from web.page.results import NO_PHOTOGRAPH, came_of, in_its_place, missing
from web.runs import first_look
from web.runs.best_effort import best_effort
from web.runs.files import PICTURES
from web.runs.kept.background import Changes, Ending
from web.runs.kept.jpeg import fitted
from web.runs.kept.record import CORNER, Record
from web.runs.kept.visits import Visit
from web.runs.refusals import Refused, sentences
from web.runs.services import Services

LOST = (
    "This page's pictures are not on the server any more, which may have been started anew: please "
    "add them again. Your settings are still here."
)
STOPPED = "Stopped."
NOT_BEGUN = "The run that you asked for had not begun when the page was left: press Paint again."
Values = dict[str, Any]
ShownRun = Callable[[Record, Path], Iterator[Changes]]
"""What a run shows, of which a record is kept, with its files in a folder."""


def ready() -> Changes:
    """Updates for when no run is under way any more."""
    return {"paint": gr.update(interactive=True), "stop": gr.update(interactive=False)}


class Painting:
    """The runs of a page's visit."""

    def __init__(self, services: Services) -> None:
        self._runs, self._visits = services.runs, services.visits
        self._costs = services.server.costs

    def begin(self, key: str, content: str | None, style: str | None) -> Changes:
        """Updates for the moment after the click, before a place in the queue is free.

        Raises:
            gr.Error: a picture is missing, which `not_begun` says in its place: a run of nothing
                would wait in the queue, and the next click be lost beside it.
        """
        if not (content and style):
            raise gr.Error(NO_PHOTOGRAPH, print_exception=False)
        with sentences():
            self._visits.of(key).ask()
        return {
            "paint": gr.update(interactive=False),
            "more": gr.update(interactive=False),
            "large": gr.update(interactive=False),
            "stop": gr.update(interactive=True),
            "bar": progress_bar(None),
            "tabs": gr.update(selected="picture"),
        }

    async def paint(
        self, key: str, content: str | None, style: str | None, **values: object
    ) -> AsyncIterator[Changes]:
        """Run, and show the picture so far; what cannot be used gets its sentence in its place."""
        values |= {"content": content, "style": style, "resume": ""}
        async for update in self._begun(key, partial(self._shown, values)):
            yield update

    async def go_on(
        self,
        key: str,
        picture: str | None,
        content: str | None,
        style: str | None,
        **values: object,
    ) -> AsyncIterator[Changes]:
        """Go on where the last run ended; from its picture alone, where no more is kept or fits."""
        values |= {"content": content, "style": style}
        async for update in self._begun(key, partial(self._shown_further, values, picture)):
            yield update

    async def paint_large(
        self,
        key: str,
        picture: str | None,
        content: str | None,
        style: str | None,
        **values: object,
    ) -> AsyncIterator[Changes]:
        """Paint the last run's picture again, larger; where no size is granted, say so."""
        values |= {"content": content, "style": style}
        try:
            with sentences():
                values = await asyncio.to_thread(larger, self._costs, values, picture)
        except gr.Error as error:
            # Nothing has begun in its place: the picture is still there to be gone on from.
            self._visits.of(key).waits = False
            again = {name: gr.update(interactive=True) for name in ("more", "large")}
            yield in_its_place(error) | again
            return
        async for update in self._begun(key, partial(self._shown, values)):
            yield update

    def stop(self, key: str) -> Changes:
        """End the visit's run; what came of it is said by the run itself, if it had begun."""
        update = {"stop": gr.update(interactive=False)}
        if visit := self._visits.find(key):
            visit.withdraw()
            if visit.run and visit.is_busy:
                visit.run.stop()
                return update  # a word from here could come after the run's own, and hide it
        return update | {"bar": note(STOPPED)}

    def not_begun(self, content: str | None, style: str | None) -> Changes:
        """Updates for a click that began nothing."""
        return missing(content, style) or {"bar": note("The run did not start. Please try again.")}

    def fail(self, key: str) -> Changes:
        """Updates for a run that did not get in: the page says why by itself."""
        if visit := self._visits.find(key):
            visit.waits = False
        return ready() | {"bar": note("The run did not start, or the connection was lost.")}

    def rest(self, key: str) -> Changes:
        """Updates for when a run has ended, unless the next one has been asked for by now."""
        return {} if self._visits.is_taken(key) else ready()

    def keep_pictures(self, names: tuple[str, ...]) -> Callable[..., None]:
        """A handler that keeps which pictures a page has."""

        def keep(key: str, *paths: str | None) -> None:
            with sentences():
                given = zip(names, paths, strict=True)
                self._visits.of(key).pictures = {name: path for name, path in given if path}

        return keep

    def waits(self, key: str) -> bool:
        """Whether a run was asked for that has not begun."""
        visit = self._visits.find(key)
        return visit is not None and visit.waits

    async def come_back(self, key: str, used: bool) -> AsyncIterator[Changes]:
        """Show again what a page had that was reloaded, and follow its run.

        Args:
            used: whether the page says that it had anything.
        """
        visit = self._visits.find(key)
        if visit is None:
            # Something has to be yielded, or Gradio takes it for empty values.
            yield {"bar": note(LOST)} if used else {}
            return
        run = visit.run
        # Counted before what is shown is read, or one of them could be missed.
        start = len(run.updates) if run else 0
        yield _there_again(visit)
        if not run:
            return
        if goes_on := not run.ended:
            yield {"paint": gr.update(interactive=False), "stop": gr.update(interactive=True)}
        async for update in run.follow(start):
            yield update
        if goes_on:
            yield ready()

    async def _begun(self, key: str, shown: ShownRun) -> AsyncIterator[Changes]:
        """Begin a run of this visit, unless it was stopped by now, and follow it."""
        with sentences():
            visit = self._visits.of(key)
            if visit.withdrawn:
                yield {"bar": note(STOPPED)}
                return
            run = visit.begin(partial(_painted, shown))
        async for update in run.follow():
            yield update

    def _shown_further(
        self, values: Values, picture: str | None, record: Record, folder: Path
    ) -> Iterator[Changes]:
        why = ""
        try:
            if values["resume"]:
                yield from self._shown(values, record, folder)
                return
        except gr.Error as error:
            why = _cannot_go_on(error)
            if not why:
                raise
        said = note(f"{why}: this one starts from its picture.") if why else ""
        from_picture = {"init": "image", "start": picture, "resume": ""}
        for update in self._shown(values | from_picture, record, folder):
            yield update | ({"bar": update["bar"] + said} if "bar" in update else {})

    def _shown(self, values: Values, record: Record, folder: Path) -> Iterator[Changes]:
        """The updates of a run under way, of which the record is kept."""
        record.values = {name: values[name] for name in recall.CONTROLS}
        given = {name: value for name, value in values.items() if name not in PICTURES}
        files = {name: values.get(name) for name in PICTURES}
        if values["init"] != "image":
            files["start"] = None  # still in its place, out of sight
        run, shown = self._runs.open(files, looks_first=True, **given), None
        record.name = run.name
        record.painting = best_effort(lambda: fitted(run.painting, CORNER), b"")
        for picture, progress in run.into(folder):
            if picture == shown:
                record.latest = progress
                yield {"bar": progress_bar(progress)}
                continue
            if shown and not progress.iteration:  # a first look, which is none of the run's own
                record.first_look = shown = picture
                yield {"bar": progress_bar(progress)} | _picture(picture)
                continue
            fresh, shown = not_yet() if shown is None else {}, picture
            best_effort(partial(record.add, picture, progress), None)
            if not first_look.stays(progress):
                record.first_look = ""
            yield (
                fresh
                | ({} if record.first_look else _picture(picture))
                | {
                    "bar": progress_bar(progress),
                    "curves": best_effort(lambda: curves.plot(record.points[1:]), gr.skip()),
                    "resume": progress.run or "",
                }
            )


def _picture(file: str) -> Changes:
    """Updates that show a picture and offer it."""
    return {"picture": file, **offered(file)}


def _painted(
    shown: ShownRun, folder: Path, ending: Callable[[], Ending | None]
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
        yield came_of(record, folder, end)
    elif end:
        yield {"bar": note(STOPPED)}


def _cannot_go_on(error: gr.Error) -> str:
    """Why a run cannot go on where it ended; "" if that is not what is wrong."""
    if not isinstance(error, Refused):
        return ""
    reasons = {
        "not kept": "The run to go on with is not kept any more",
        "another run": f"The run cannot go on, because its {_words(error.subject)} changed",
    }
    return reasons.get(error.code, "")


def _words(setting: str) -> str:
    """What people call a setting, or a picture."""
    spec = recall.CONTROLS.get(setting)
    return spec.label.lower() if spec else setting.replace("_", " ")


def _there_again(visit: Visit) -> Changes:
    """The visit's pictures and what was shown, without files that are gone."""
    pictures = {name: path for name, path in visit.pictures.items() if Path(path).exists()}
    shown = dict(visit.shown)
    if shown.get("picture") and not Path(shown["picture"]).exists():
        shown = {}
    for button in ("both", "animation"):
        file = shown.get(button, {}).get("value")
        if file and not Path(file).exists():
            del shown[button]
    if len(pictures) < len(visit.pictures):
        shown["bar"] = note(LOST)
    elif visit.waits:
        shown["bar"] = note(NOT_BEGUN)
    if shown.get("picture"):
        shown["tabs"] = gr.update(selected="picture")
    return pictures | shown
