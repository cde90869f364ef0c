"""How far a run is, what went wrong, and by what it is made: as HTML."""

from html import escape
from typing import Any

from web.runs.progress import Progress
from web.server.zerogpu import device_of

PHASES = (
    (0.3, "laying out the large shapes"),
    (0.75, "painting the strokes"),
    (1.0, "working out the details"),
)
"""What is done until which share of the iterations: a picture is painted coarse to fine."""


def progress_bar(progress: Progress | None, stopped: bool = False) -> str:
    """A bar, and below it one line: percent, seconds left, what is happening; as HTML.

    None stands for a run that waits for its turn.
    """
    share = progress.done_of_all if progress else 0
    shown = bar("Progress", share, _line(progress, share, stopped))
    said = progress and progress.iteration and progress.note
    return shown + (note(said) if said else "")


def bar(label: str, share: float, line: str) -> str:
    """A bar of a share from 0 to 1, and below it a line, which is HTML already."""
    return (
        f'<div class="nst-bar" role="progressbar" aria-label="{label}" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * share:.0f}">'
        f'<span style="width: {share:.1%}"></span></div>'
        f'<p class="nst-text" role="status">{line}</p>'
    )


def _line(progress: Progress | None, share: float, stopped: bool) -> str:
    if progress is None:
        return "<b>Waiting for a free place …</b>"
    if stopped:
        return f"<b>Stopped at {share:.0%}</b>"
    if progress.done:
        return f"<b>Done in {progress.seconds:.0f} s</b>"
    if share == 0:
        return f"<b>Starting …</b><span>{escape(progress.note)}</span>"
    doing = next(words for until, words in PHASES if share <= until)
    return f"<b>{share:.0%}</b><span>about {progress.eta_seconds or 0:.0f} s left · {doing}</span>"


def note(sentence: str) -> str:
    """A quiet line, read out when there is a pause."""
    return f'<p class="nst-text" role="status"><span>{escape(sentence)}</span></p>'


def alert(sentence: str) -> str:
    """What went wrong, where it belongs, read out at once by screen readers."""
    return f'<p class="nst-alert" role="alert">{escape(sentence)}</p>'


def describe_features(features: Any) -> str:  # noqa: ANN401 - a FeatureNetwork
    """One line that says which features and device are in use, and why."""
    device = "the CPU" if device_of(features) == "cpu" else "the GPU"
    return f"Features: **{features.name}** on **{device}** ({features.reason})"
