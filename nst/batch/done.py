"""What is done already: results that a run would make again, and files not to touch."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from nst import recipe
from nst.batch.jobs import Job
from nst.pictures import reading, writing
from nst.recipe import Recipe
from nst.specs import InputError

DEPTH_AT = 24
"""Where the header of a PNG file has the bits of a colour."""


def is_done(job: Job, recipes: Sequence[Mapping[str, Recipe]], depth: int) -> bool:
    """Whether a job's result is there: of a recipe that is used now, and newer than its sources.

    Args:
        recipes: of each kind of worker, by the name of the style.
        depth: bits of a colour.
    """
    try:
        made, bits = _made(job.out)
        newest = max(source.stat().st_mtime_ns for source in job.sources)
        new = job.out.stat().st_mtime_ns >= newest
    except (InputError, OSError):
        return False
    return new and bits == depth and any(kind[job.style_name] == made for kind in recipes)


def check_place(job: Job, inputs: Container[Path]) -> None:
    """Refuse to write a job's result over what is no result, or over a picture of the batch.

    Args:
        inputs: the resolved paths of all pictures of the batch.

    Raises:
        InputError: it would.
    """
    if job.out.resolve() in inputs:
        raise InputError(f"{job.out.name} is a picture of this batch, and is not painted over.")
    if not job.out.exists() and not job.out.is_symlink():
        return
    try:
        _made(job.out)
    except InputError as error:
        raise InputError(
            f"{job.out.name} is there already, was not painted here, and is not painted over."
        ) from error


def _made(path: Path) -> tuple[Recipe, int]:
    """The recipe in a PNG file and its bits of a colour; no pixel is decoded.

    Raises:
        InputError: as `nst.recipe.read`.
    """
    with reading.opened(path, "result", formats=["PNG"]) as image:
        text = image.info.get(writing.RECIPE_KEY)
    if not isinstance(text, str):
        raise InputError(recipe.NONE)
    with path.open("rb") as file:
        return recipe.parse(text), file.read(DEPTH_AT + 1)[DEPTH_AT]
