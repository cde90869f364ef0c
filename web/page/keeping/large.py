"""“Paint it large”: what size a picture that is there is painted at again, from itself on."""

from typing import Any

from nst import InputError, Settings
from nst.costs.seconds import REGION_SHARE
from nst.pictures.reading import opened
from nst.roles import MASKS
from nst.settings import SPECS
from web.runs.progress import Progress
from web.server.costs import Costs
from web.server.gpu_time import most_seconds

SIZES = (4096, 2048, 1024)
"""Longest sides, in pixels, that it may be painted at: the first that can be."""
GRANTED = 0.8
"""Share of the time granted that is asked for: a run that is cut short has no large picture."""
FEWER = 0.5
"""Share of a run's iterations that it takes: with all of them, which go to fine scales alone, the
large strokes are drawn back to the photograph."""
TOO_LARGE = (
    "A larger picture takes more time or memory than there is here: on a computer of your own, the "
    "command python -m nst with --start and --size has hours for it."
)


def is_offered(progress: Progress) -> bool:
    """Whether there is a larger size for what came of a run."""
    return progress.done and progress.size < max(SIZES)


def larger(costs: Costs, values: dict[str, Any], picture: str | None) -> dict[str, Any]:
    """The values of a run that paints a picture again, as large as the server grants.

    Args:
        values: of the run that it came of, by the API's names: settings and pictures.
        picture: its file.

    Raises:
        InputError: a value or a picture cannot be used, or no larger size is granted.
    """
    with opened(values["content"], "content image") as image:
        content = image.size
    with opened(picture, "start image") as image:
        start = image.size
    iterations = SPECS["iterations"].check("iterations", values["iterations"])
    changed = values | {"init": "image", "start": picture, "resume": ""}
    changed["iterations"] = max(1, round(FEWER * int(iterations)))
    regions = sum(bool(values.get(name)) for name in ("mask", *MASKS))
    share = 1 + REGION_SHARE * (regions + (regions > 0))
    for size in (size for size in SIZES if size > max(start)):
        settings = Settings(**{name: changed[name] for name in SPECS} | {"size": size})
        seconds = _seconds(costs, content, settings, values["features"], start)
        if seconds is not None and seconds * share <= GRANTED * most_seconds():
            return changed | {"size": size}
    raise InputError(TOO_LARGE)


def _seconds(
    costs: Costs,
    content: tuple[int, int],
    settings: Settings,
    features: str,
    start: tuple[int, int],
) -> float | None:
    """What it would take; None where it needs more memory than there is."""
    try:
        expected = costs.expected(content, settings, features, start)
        return (expected or costs.estimate(content, settings, features, start)).seconds
    except InputError as error:
        if error.code != "does not fit":
            raise
        return None
