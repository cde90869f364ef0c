"""A run's progress in words and as a bar, and which features it uses."""

from nst import InputError
from page.runs import Progress, features_of


def progress_bar(progress: Progress) -> str:
    """A bar, and beside it the iteration, scale, seconds and losses, as HTML."""
    share = progress["iteration"] / progress["total"]
    if progress["done"]:
        text = f"Done: {progress['total']} iterations in {progress['seconds']:.0f} s"
    elif progress["iteration"] == 0:
        text = "Starting …"
    else:
        text = (
            f"Iteration {progress['iteration']} of {progress['total']} at {progress['size']} px · "
            f"{progress['seconds']:.0f} s gone, about {progress['eta_seconds']:.0f} s left"
        )
    losses = ""
    if progress["iteration"]:
        losses = (
            f"content loss {progress['content_loss']:.3f} · "
            f"style loss {progress['style_loss']:.4f} · "
            f"{progress['features']} on {progress['device']}"
        )
    return (
        '<div class="nst-bar" role="progressbar" aria-label="Progress" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * share:.0f}">'
        f'<span style="width: {share:.1%}"></span></div>'
        f'<div class="nst-text" aria-live="polite"><b>{text}</b><span>{losses}</span></div>'
    )


def describe_features(name: str) -> str:
    """One line that says which features and device are in use, and why."""
    try:
        features = features_of(name)
    except InputError as error:
        return f"⚠ {error}"
    device = "the CPU" if features.device.type == "cpu" else "the GPU"
    return f"Features: **{features.name}** on **{device}** ({features.reason})"
