"""A run's progress in words and as a bar, errors, and which features are used."""

from html import escape
from typing import Any

from web.runs.progress import Progress
from web.server.zerogpu import device_of


def progress_bar(progress: Progress | None, stopped: bool = False) -> str:
    """A bar, and below it the iteration, scale, seconds and losses, as HTML.

    None stands for a run that waits for its turn.
    """
    share = progress.iteration / progress.total if progress else 0
    return (
        '<div class="nst-bar" role="progressbar" aria-label="Progress" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * share:.0f}">'
        f'<span style="width: {share:.1%}"></span></div>'
        f'<div class="nst-text" role="status"><b>{_where(progress, stopped)}</b>'
        f"<span>{_losses(progress)}</span></div>"
    ) + (note(progress.note) if progress and progress.note else "")


def _where(progress: Progress | None, stopped: bool) -> str:
    if progress is None:
        return "Waiting for a free place …"
    if stopped:
        return f"Stopped at iteration {progress.iteration} of {progress.total}"
    if progress.done:
        return f"Done: {progress.iteration} iterations in {progress.seconds:.0f} s"
    if progress.iteration == 0:
        return "Starting …"
    return (
        f"Iteration {progress.iteration} of {progress.total} at {progress.size} px · "
        f"{progress.seconds:.0f} s gone, about {progress.eta_seconds or 0:.0f} s left"
    )


def _losses(progress: Progress | None) -> str:
    if not progress or not progress.iteration:
        return ""
    return (
        f"content loss {progress.content_loss:.3f} · "
        f"style loss {progress.style_loss:.4f} · "
        f"{progress.features} on {progress.device}"
    )


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
