"""What the page shows of a picture that is painted, and where it says what went wrong."""

import re
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

import gradio as gr

from web.page import recall
from web.page.html import compare, curves, film
from web.page.html.progress import alert, note, progress_bar
from web.page.keeping.actions import not_yet, offered
from web.page.keeping.large import is_offered
from web.page.keeping.side_by_side import side_by_side
from web.runs.best_effort import best_effort
from web.runs.kept.background import Changes, Ending
from web.runs.kept.jpeg import data_url, small
from web.runs.kept.record import COMPARED, Record

KEPT = 640
"""Longest side, in pixels, of the pictures that the browser keeps."""
PLACES = {"content image": "content_note", "style image": "style_note"}
"""Which component an error belongs to, by its subject; all others belong to the bar."""
CALLED = {"content image": "photograph", r"style (?:(\d) )?image": r"painting \1"}
"""What programs call pictures in errors, as patterns, and what the page does."""
NO_PHOTOGRAPH = "Choose a photograph first: drop one here, or take one of the examples."
NO_PAINTING = "Choose a painting first: drop one here, or take one of the examples."
LEFT = (
    "Others were waiting while this page was away, so the run was ended: “Paint on from here” "
    "goes on from this picture."
)


def missing(content: str | None, style: str | None) -> Changes:
    """Updates that ask for the pictures that are not there, beside their places."""
    asked = {} if content else {"content_note": alert(NO_PHOTOGRAPH)}
    return asked | ({} if style else {"style_note": alert(NO_PAINTING)})


def in_its_place(error: gr.Error) -> Changes:
    """Updates that say what is wrong where it belongs."""
    place = PLACES.get(getattr(error, "subject", ""), "bar")
    return {"bar": ""} | {place: alert(as_called_here(error.message))}


def as_called_here(said: str) -> str:
    """An error with the pictures called as on the page."""
    for theirs, ours in CALLED.items():
        said = re.sub(theirs, lambda found, ours=ours: found.expand(ours).strip(), said)
    return said


def came_of(record: Record, folder: Path, end: Ending | None) -> Changes:
    """Updates for what came of a run, done or not; the picture goes to the visit's strip."""
    update = {name: gr.update(interactive=True) for name in ("use_as_content", "more")}
    update["large"] = gr.update(interactive=is_offered(record.latest))
    if end and not record.latest.done:
        update["bar"] = progress_bar(record.latest, stopped=True)
        update["bar"] += note(LEFT) if end is Ending.LEFT else ""
    if record.first_look:  # what is in sight is what was stopped at
        record.after = best_effort(lambda: small(record.first_look, COMPARED), record.after)
    update |= best_effort(lambda: _beside(record), {})
    update |= best_effort(lambda: both_of(record, folder), {})
    return update | best_effort(lambda: _animation(record, folder), {})


def _beside(record: Record) -> Changes:
    """Updates for what is shown beside a picture: the comparison, the film, the visit's strip."""
    words = f"Painted with {recall.in_words(recall.checked(record.values))}"
    if record.first_look:
        words = "A first look, painted at once"
    elif not record.pictured.done:
        words += f", stopped at iteration {record.pictured.iteration}"
    return {
        "compare": compare.compare(record.before, record.after, words),
        "film": film.film(record.frames, [point.iteration for point in record.points]),
        "strip": for_the_strip(record, words, settings=record.values),
    }


def for_the_strip(record: Record, words: str, **more: object) -> dict[str, object]:
    """What the visit's strip keeps of a picture; `words` say by what it was made."""
    before = small(record.before, KEPT)
    return {
        "id": token_hex(8),  # by which it is known when it comes again, as the page does
        "picture": data_url(small(record.after, KEPT)),
        "before": data_url(before),
        "photograph": sha256(before).hexdigest()[:16],  # of many pictures, kept once
        "name": record.name,
        "words": words,
        **more,
    }


def both_of(record: Record, folder: Path) -> Changes:
    """An update that offers before and after as one picture, written into a folder."""
    path = folder / f"{record.name}-before-and-after.jpg"
    path.write_bytes(side_by_side(record.before, record.after, record.painting))
    return {"both": gr.update(value=str(path), interactive=True)}


def _animation(record: Record, folder: Path) -> Changes:
    """An update that offers the run as an animation, written into a folder."""
    path = folder / f"{record.name}.webp"
    path.write_bytes(film.animation(record.frames))
    return {"animation": gr.update(value=str(path), interactive=True)}


def without_a_run(picture: str, compared: str, words: str) -> Changes:
    """Updates that show a picture which no run of this page has made.

    Args:
        compared: HTML of it beside its photograph.
        words: what it is.
    """
    return {
        "picture": picture,
        "compare": compared,
        "film": film.NOTHING,
        "curves": curves.NOTHING,
        "bar": note(words),
        **offered(picture),
        **not_yet(),
        "use_as_content": gr.update(interactive=True),
        "resume": "",
    }
