"""What the page's events do: values of components -> values and updates of components."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import gradio as gr

from nst import InputError, Settings, recipe
from nst.costs.duration import duration
from nst.instant.names import title
from nst.pictures.prepared import note_of, reduction
from nst.pictures.reading import open_image, opened
from nst.presets import PRESET_FIELDS, preset, preset_of
from nst.settings import OWN_STYLE, InstantSettings
from web.page import recall
from web.page.html import examples
from web.page.html.progress import alert, describe_features, note
from web.page.layout import compare_pair
from web.page.pictures.kinds import said_of_kind
from web.page.results import as_called_here, without_a_run
from web.page.wiring import sent
from web.runs.refusals import sentences
from web.runs.services import Services
from web.server.gpu_time import most_seconds

BUSY = "A picture is being painted: wait for its end, or press Stop."
TOO_LONG = "That is more than a run may take: it ends before, with what it has by then."


def check_picture(what: str) -> Callable[[str | None], str]:
    """A handler that says under a picture, as soon as it is there, whether it can be used."""

    def check(path: str | None) -> str:
        try:
            with sentences():
                image = open_image(path, what) if path else None
        except gr.Error as error:
            return alert(said_of_kind(path, getattr(error, "code", "")) or error.message)
        if image is None:
            return ""
        said = note_of(image)
        return note(f"{image.width} × {image.height} pixels{'. ' if said else ''}{said}")

    return check


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


class PageHandlers:
    """Those that ask the server."""

    def __init__(self, services: Services) -> None:
        self._server, self._visits = services.server, services.visits

    def say_estimate(self, content: str | None, **values: object) -> str:
        """One line under the button: what the run would take, or why it cannot be made."""
        try:
            with opened(content, "content image") as image:
                less = reduction(image)
                size = image.width // less, image.height // less
        except InputError:  # nothing there yet, or its own line says what is wrong
            return ""
        try:
            name = values.pop("features")
            expected = self._server.costs.expected(size, Settings(**values), name)
        except InputError as error:
            return alert(as_called_here(str(error)))
        if expected is None:
            return ""
        too_long = f" {TOO_LONG}" if expected.seconds > most_seconds() else ""
        return note(f"This will take about {duration(expected.seconds)}.{too_long}")

    def say_features(self, name: str) -> str:
        """One line that says which features and device are in use, or why they are not."""
        try:
            return describe_features(self._server.networks.get(name))
        except InputError as error:
            return f"⚠ {error}"

    def show_pair(self, key: str, event: gr.EventData) -> dict[str, Any]:
        """Fill both pictures with an example's, and show its result, which was painted before."""
        with sentences():
            if self._visits.is_taken(key):
                raise InputError(BUSY)
            pair = _of(examples.pairs(), sent(event, "name"))
            shown = self._visits.of(key).show(_shown(pair), name=pair.file_name)
        return {"content": str(pair.content), "style": str(pair.style), **shown}


def _shown(pair: examples.Pair) -> dict[str, Any]:
    words = "An example, painted before. It is painted again now."
    shown = without_a_run(str(pair.result), compare_pair(pair), words)
    return shown | {"more": gr.update(interactive=True), "tabs": gr.update(selected="compare")}


def use_preset(name: object) -> list[object]:
    """The values of `PRESET_FIELDS` under a preset, in their order."""
    with sentences():
        return list(preset(name).values())


def name_preset(*values: object) -> dict[str, Any]:
    """An update of the presets: the one that gives these values is chosen, or none is."""
    name = preset_of(dict(zip(PRESET_FIELDS, values, strict=True)))
    return gr.update(value=name, label="Preset" if name else "Preset (changed)")


def use_recipe(picture: str | None) -> list[object]:
    """The settings that a picture painted before was made with, and its features; a note."""
    try:
        with sentences():
            read = recipe.read(picture)
    except gr.Error as error:
        return [*[gr.skip()] * len(recall.CONTROLS), alert(error.message)]
    if isinstance(read.settings, InstantSettings):
        instant = f"That picture was painted in the instant style “{title(read.settings.style)}”."
        if read.settings.style == OWN_STYLE:
            instant = "That picture was painted at once, like a painting that was given."
        return [*[gr.skip()] * len(recall.CONTROLS), note(instant)]
    words = "The settings are now those of that picture."
    return [*asdict(read.settings).values(), read.features, note(words)]


def use_kept(event: gr.EventData) -> list[object]:
    """The settings of a picture of this visit, and its features."""
    with sentences():
        return [*recall.checked(sent(event, "settings")).values()]


def restore(kept: object, request: gr.Request) -> list[object]:
    """The settings of the link that was followed, else those of the last visit; and a sentence."""
    # Nothing is said where nothing is wrong: what a page shows that comes back is there already.
    # So is a default, or what a visitor has put in its place before this answer came.
    values, problem = None, gr.skip()
    try:
        values = recall.of_link(request.query_params)
    except InputError as error:
        problem = alert(f"The link's settings were not used: {error}")
    values = values or recall.remembered(kept)
    defaults = recall.DEFAULTS
    changed = (gr.skip() if values[name] == defaults[name] else values[name] for name in defaults)
    return [*changed, problem]
