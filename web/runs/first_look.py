"""A first look at a run's result: the painting at once, until the optimiser has more to show."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nst import Settings
from nst.instant import painting
from nst.pictures.writing import save_image
from nst.settings import INSTANT_SPECS, OWN_STYLE, SPECS, InstantSettings
from web.runs.progress import Progress
from web.server.server import Server

UNTIL = 0.25
"""Share of a run's iterations until which the first look stays in sight: before, the run's own
pictures are coarser."""
LONGEST = 512
"""Its longest side in pixels: it is to be there in a second or two."""
NOTE = "A first look, painted at once; the painting itself is on its way"


def has_one(pictures: dict[str, Any], settings: Settings) -> bool:
    """Whether there is one: of one painting all over a photograph that the run starts from."""
    _, *others = pictures["style"]
    placed = pictures["mask"] or any(pictures["style_masks"]) or any(others)
    return settings.init == "content" and settings.style_strength > 0 and not placed


def paint(server: Server, pictures: dict[str, Any], settings: Settings, result: Path) -> str:
    """Paint it, and return its file.

    Args:
        result: the file of the run's own result, without its ending.
    """
    usual = INSTANT_SPECS["strength"].default / SPECS["style_strength"].default
    instant = InstantSettings(
        style=OWN_STYLE,
        strength=min(100.0, usual * settings.style_strength),
        size=min(settings.size, LONGEST),
        color=settings.color,
    )
    network, (style, *_) = server.networks.instant(own=True), pictures["style"]
    work = partial(painting.paint, pictures["content"], instant, style=style, network=network)
    path = result.with_name(f"{result.name}-first-look.jpg")
    save_image(server.tensor_thread.run(work), path, network.name)
    return str(path)


def progress_of(begun: Progress) -> Progress:
    """The progress while there is nothing else to show."""
    return replace(begun, note=NOTE)


def stays(progress: Progress) -> bool:
    """Whether it is still what is to be seen."""
    return not progress.done and progress.iteration < UNTIL * progress.total
