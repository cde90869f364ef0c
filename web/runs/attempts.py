"""A run within its limits: smaller where memory runs out, ended in time, shown in few frames."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from nst import Settings, Step
from nst.machine.available import release
from nst.machine.run_out import has_run_out
from nst.resume import State
from nst.settings import SPECS
from nst.step import Part
from nst.transfer import stylize_in_parts
from web.server.limits import FRAMES, WORD_SECONDS

SMALLER = 0.7
"""The size of the second attempt, as a share of the first one's: half the pixels."""
Attempt = tuple[Step | Part, Settings]


class Sign(NamedTuple):
    """A sign of life of a run.

    Attributes:
        step: the latest one, with a picture if one is due.
        settings: that it was made with.
        share: of the iteration after it that is done.
        is_its_own: whether the settings alone led to it, and not the clock as well.
    """

    step: Step
    settings: Settings
    share: float = 0.0
    is_its_own: bool = True


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
    """Yield a run's steps and parts; where memory runs out, again at a smaller size, with a note.

    A run that goes on from another one cannot change its size.

    Args:
        pictures: the picture arguments of `stylize`.

    Yields:
        Steps and parts, with the settings that they were made with.
    """
    try:
        for part in stylize_in_parts(**pictures, settings=settings, features=features, state=state):
            yield part, settings
        return
    except Exception as error:
        smaller = max(round(SMALLER * settings.size), SPECS["size"].minimum)
        if state or smaller >= settings.size or not has_run_out(error):
            raise
    # Not inside the except block, which would hold on to what the first attempt took.
    release(features.device)
    note = f"Memory ran out at size {settings.size}: this is a second try, at {smaller} pixels."
    settings = replace(settings, size=smaller)
    for part in stylize_in_parts(**pictures, settings=settings, features=features):
        if isinstance(part, Step):
            part = replace(part, note=part.note or note)
        yield part, settings


def shown(attempts: Iterable[Attempt], seconds: float, total: int) -> Iterator[Sign]:
    """The signs of life of a run that are streamed, the last one after some seconds at the latest.

    Raises:
        gr.Error: there is no picture by then.
    """
    ends = time.monotonic() + seconds
    stream, step = Stream(total), None
    for part, settings in attempts:
        left = ends - time.monotonic()
        step = part if isinstance(part, Step) else step
        if isinstance(part, Step) and (part.done or (left >= 0 and _is_due(part, stream))):
            yield Sign(_within(part, left), settings)
        elif left < 0:
            yield Sign(_cut_short(step, seconds), settings, is_its_own=False)
            return
        elif stream.words_are_due():
            words = replace(step or _not_begun(part, settings), image=None)
            words = replace(words, seconds_left=part.seconds_left)
            share = part.share if isinstance(part, Part) else 0.0
            yield Sign(_within(words, left), settings, share)


def _is_due(step: Step, stream: Stream) -> bool:
    return step.image is not None and stream.picture_is_due(step.iteration)


def _within(step: Step, seconds: float) -> Step:
    """The same, with no more seconds left than so many."""
    if step.seconds_left is None or step.seconds_left <= seconds:
        return step
    return replace(step, seconds_left=max(0.0, seconds))


def _cut_short(step: Step | None, seconds: float) -> Step:
    """The last step of a run that had so many seconds, with the picture as far as it came."""
    picture = step and (step.whole() if step.whole else step.image)
    if step is None or picture is None:
        raise gr.Error(
            f"A run may take {seconds:.0f} s, and this one had no picture by then. "
            "Choose a smaller size.",
            print_exception=False,
        )
    note = f"A run may take {seconds:.0f} s: this is how far it came."
    return replace(step, image=picture, done=True, seconds_left=0.0, note=note)


def _not_begun(part: Part, settings: Settings) -> Step:
    """What there is to say before the first step."""
    return Step(
        iteration=0,
        total=part.total,
        size=settings.size,
        content_loss=0.0,
        style_loss=0.0,
        tv_loss=0.0,
    )
