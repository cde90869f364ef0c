"""A run within its limits: smaller where memory runs out, ended in time, shown in few frames."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import gradio as gr

from nst import Settings, Step, stylize
from nst.machine.available import release
from nst.machine.run_out import has_run_out
from nst.resume import State
from nst.settings import SPECS
from web.server.limits import FRAMES, WORD_SECONDS

SMALLER = 0.7
"""The size of the second attempt, as a share of the first one's: half the pixels."""
Attempt = tuple[Step, Settings]


class Stream:
    """Which steps of a run are streamed, and which of them with their picture.

    Args:
        total: the run's iterations.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._frames = 1  # the photograph
        self._last = time.monotonic()

    def picture_is_due(self, iteration: int) -> bool:
        """Whether a picture of this iteration is sent: they are spread evenly over the run."""
        due = iteration * (FRAMES - 1) >= self._total * self._frames
        self._frames += due
        return due and self.words_are_due(0)

    def words_are_due(self, seconds: float = WORD_SECONDS) -> bool:
        """Whether it is time for another sign of life, so long after the last."""
        now = time.monotonic()
        due = now - self._last >= seconds
        self._last = now if due else self._last
        return due


def stylize_or_smaller(
    pictures: Mapping[str, Any],
    settings: Settings,
    features: Any,  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    state: State | None = None,
) -> Iterator[Attempt]:
    """Yield a run's steps; where memory runs out, once more at a smaller size, with a note.

    A run that goes on from another one cannot change its size.

    Args:
        pictures: the picture arguments of `stylize`.

    Yields:
        Steps, with the settings that they were made with.
    """
    try:
        for step in stylize(**pictures, settings=settings, features=features, state=state):
            yield step, settings
        return
    except Exception as error:
        smaller = max(round(SMALLER * settings.size), SPECS["size"].minimum)
        if state or smaller >= settings.size or not has_run_out(error):
            raise
    # Not inside the except block, which would hold on to what the first attempt took.
    release(features.device)
    note = f"Memory ran out at size {settings.size}: this is a second try, at {smaller} pixels."
    settings = replace(settings, size=smaller)
    for step in stylize(**pictures, settings=settings, features=features):
        yield replace(step, note=step.note or note), settings


def shown(
    attempts: Iterable[Attempt], seconds: float, total: int
) -> Iterator[tuple[Step, Settings, bool]]:
    """Those steps of a run that are streamed, the last one after some seconds at the latest.

    Yields:
        Steps, with the settings that they were made with, and whether those alone led to them.
    """
    ends = time.monotonic() + seconds
    stream, latest = Stream(total), None
    for step, settings in attempts:
        left = ends - time.monotonic()
        step, late = _within(step, left), left < 0
        latest = step if step.image else latest
        if step.done or (step.image and not late and stream.picture_is_due(step.iteration)):
            yield step, settings, True
        elif late and latest:
            note = f"A run may take {seconds:.0f} s: this is how far it came."
            yield replace(latest, done=True, seconds_left=0.0, note=note), settings, False
            return
        elif late:
            raise gr.Error(
                f"A run may take {seconds:.0f} s, and this one had no picture by then. "
                "Choose a smaller size.",
                print_exception=False,
            )
        elif stream.words_are_due():
            yield replace(step, image=None), settings, True


def _within(step: Step, seconds: float) -> Step:
    """The same, with no more seconds left than so many."""
    if step.seconds_left is None or step.seconds_left <= seconds:
        return step
    return replace(step, seconds_left=max(0.0, seconds))
