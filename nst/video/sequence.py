"""A clip's frames painted one after the other, each with what came before it at hand."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from PIL import Image

from nst.pictures import tensors
from nst.video.clip import Clip, Frame
from nst.video.kept import Kept

MOST_DETAIL = 3
"""Times the size of the result that a photograph is kept at for what paints, at most: some paint
larger than asked for, and reduce."""


@dataclass(frozen=True)
class Before:
    """The frame before: at the size of the result, RGB.

    Attributes:
        photograph: as it was.
        painting: as it was painted; of 8 bits, so that a file can bring it back.
    """

    photograph: Image.Image
    painting: Image.Image


@dataclass(frozen=True)
class Taken:
    """A frame as it comes from a clip, RGB.

    Attributes:
        seconds: when it is shown first.
        photograph: at the size of the result.
        detailed: the same, of whole times that size where the clip has more.
        kept: how it was painted before, if it was.
        alone: how it was painted by itself, if it was.
    """

    seconds: float
    photograph: Image.Image
    detailed: Image.Image
    kept: Image.Image | None = None
    alone: Image.Image | None = None


Painter = Callable[[Taken, Before | None], Generator[float, None, Image.Image]]
"""What paints a frame, given the one before, if there is one: yields the share that is done where
it can be left, and returns an RGB picture of the photograph's size."""


def taken(
    clip: Clip, size: tuple[int, int], kept: Kept | None = None
) -> Generator[Taken, None, None]:
    """The frames of a clip, those that have been painted before with what they became.

    Args:
        size: of the results, from `nst.video.clip.result_size`.
        kept: where painted frames are, of which those count that come before the first that is
            missing.

    Raises:
        InputError: the clip is damaged.
    """
    with closing(clip.pictures()) as pictures:
        for number, frame in enumerate(pictures):
            photograph = tensors.resize_image(frame.image, size)
            there = kept.get(number, size) if kept else None
            if there:
                yield Taken(frame.seconds, photograph, photograph, there)
            else:
                kept = None
                yield Taken(frame.seconds, photograph, _detailed(frame.image, size))


def in_sequence(
    frames: Generator[Taken, None, None], paint: Painter
) -> Generator[Frame | float, None, None]:
    """Paint frame by frame what is not kept.

    Args:
        frames: from `taken`; closed with this generator.

    Yields:
        The shares of a frame that are done, above 0 and below 1, before the frame itself.
    """
    before: Before | None = None
    with closing(frames):
        for frame in frames:
            painting = frame.kept or (yield from paint(frame, before))
            before = Before(frame.photograph, painting)
            yield Frame(painting, frame.seconds)


def _detailed(photograph: Image.Image, size: tuple[int, int]) -> Image.Image:
    times = max(1, min(MOST_DETAIL, max(photograph.size) // max(size)))
    return tensors.resize_image(photograph, (times * size[0], times * size[1]))


def whole(parts: Generator[Frame | float, None, None]) -> Generator[Frame, None, None]:
    """The frames alone."""
    with closing(parts):
        for part in parts:
            if isinstance(part, Frame):
                yield part
