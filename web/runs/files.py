"""A run's files: the pictures that come in, by the API's names, and those that it shows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from nst import Settings, Step
from nst.pictures.prepared import prepare_mask
from nst.pictures.reading import open_image
from nst.pictures.writing import save_image
from nst.recipe import Recipe
from nst.roles import MASKS, STYLES
from nst.step import PREVIEW_SIDE
from web.server.disk import make_room

PICTURES = ("content", *STYLES, "mask", *MASKS, "start")
"""The pictures of a run, by the API's names."""
NEEDED = ("content", "style")


def opened(files: Mapping[str, str | None], size: int = 0) -> dict[str, Any]:
    """The picture arguments of `stylize`, from files by the API's names, for a result of a size.

    Raises:
        InputError: a picture is missing, or cannot be used.
    """
    words = {name: name.replace("_", " ") for name in (*STYLES, *MASKS)}
    words |= {"mask": "mask", "start": "start image", "content": "content image"}
    words |= {name: f"{words[name]} image" for name in STYLES}
    pictures = {
        name: open_image(files.get(name), word, size) if files.get(name) or name in NEEDED else None
        for name, word in words.items()
    }
    for name in ("mask", *MASKS):  # in a third of the memory from here on
        pictures[name] = prepare_mask(pictures[name], words[name], size)
    return {
        "content": pictures["content"],
        "style": [pictures[name] for name in STYLES],
        "mask": pictures["mask"],
        "style_masks": [pictures[name] for name in MASKS],
        "start": pictures["start"],
    }


def first_step(content: Image.Image, settings: Settings) -> Step:
    """A step before the first, with the photograph at the result's size, or at a preview's."""
    preview = content.copy()
    longest = min(settings.size, PREVIEW_SIDE)
    preview.thumbnail((longest, longest))
    return Step(
        iteration=0,
        total=settings.iterations,
        size=settings.size,
        content_loss=0.0,
        style_loss=0.0,
        tv_loss=0.0,
        image=preview,
    )


def saved(step: Step, result: Path, features: str, recipe: Recipe | None = None) -> str:
    """Write a step's picture: previews as JPEG, which is quick, the last as PNG, which is exact.

    Args:
        result: the last one's file without its ending; previews have their iteration added.
    """
    ending = ".png" if step.done else f"-{step.iteration:05d}.jpg"
    path = result.with_name(result.name + ending)
    make_room()
    save_image(step.image, path, features, recipe.text() if recipe else "")
    return str(path)
