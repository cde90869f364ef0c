"""Moving pictures that are picture files: GIF, and WebP and PNG with more frames than one."""

import math
from collections.abc import Generator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from nst.pictures.alpha import over_white
from nst.pictures.prepared import converted
from nst.pictures.reading import opened
from nst.specs import InputError
from nst.video.clip import Described, Frame

FORMATS = ("GIF", "WEBP", "PNG")
USUAL_SECONDS, LEAST_SECONDS = 0.1, 0.02
"""How long a frame is shown that says less than the second: as browsers do."""


def is_one(path: Path) -> bool:
    """Whether a file is a picture of these formats, by its first bytes."""
    try:
        with Image.open(path, formats=FORMATS):
            return True
    except UnidentifiedImageError:
        return False


def described(path: Path, what: str) -> Described:
    """Look into an animation.

    Raises:
        InputError: as `nst.pictures.reading.opened`, or it does not move.
    """
    with opened(path, what, FORMATS) as image:
        frames: int = getattr(image, "n_frames", 1)
        if frames < 2:
            text = f"The {what} is a single picture: give a moving one, or paint it as a picture."
            raise InputError(text, subject=what, code="not a picture")
        seconds = math.fsum(_shown(image, number) for number in range(frames))
        return Described(image.size, frames, seconds, sound=False)


def _shown(image: Image.Image, number: int) -> float:
    """The seconds that a frame is shown; the picture stands at it afterwards."""
    image.seek(number)
    image.load()
    seconds = image.info.get("duration", 0) / 1000
    return seconds if seconds >= LEAST_SECONDS else USUAL_SECONDS


def frames(path: Path) -> Generator[Frame, None, None]:
    """The frames of an animation, on white where it is transparent."""
    began = 0.0
    with opened(path, "clip", FORMATS) as image:
        for number in range(getattr(image, "n_frames", 1)):
            seconds = _shown(image, number)
            yield Frame(over_white(converted(image, "clip")), began)
            began += seconds
