"""A clip's frames painted one after the other, each with what came before it at hand."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from PIL import Image

from nst.pictures import bounds, tensors
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
    """A frame that is to be painted.

    Attributes:
        photograph: RGB, at the size of the result.
        detailed: the same, of whole times that size where the clip has more.
        before: None for the first frame.
    """

    photograph: Image.Image
    detailed: Image.Image
    before: Before | None


Painter = Callable[[Taken], Generator[float, None, Image.Image]]
"""What paints a frame: yields the share that is done where it can be left, and returns an RGB
picture of the photograph's size."""


def result_size(clip: Clip, longest: int) -> tuple[int, int]:
    """The size (width, height) of a painted clip: even, as films have it.

    Raises:
        InputError: as `nst.pictures.bounds.fit`.
    """
    width, height = bounds.fit(*clip.size, longest, clip.what)
    return width + width % 2, height + height % 2


def in_sequence(
    clip: Clip, size: tuple[int, int], paint: Painter, kept: Kept | None = None
) -> Generator[Frame | float, None, None]:
    """Paint frame by frame.

    Args:
        size: of the results, from `result_size`.
        kept: where frames that were painted before are, which are not painted again.

    Yields:
        The shares of a frame that are done, above 0 and below 1, before the frame itself.

    Raises:
        InputError: the clip is damaged.
    """
    before: Before | None = None
    with closing(clip.pictures()) as pictures:
        for number, frame in enumerate(pictures):
            photograph = tensors.resize_image(frame.image, size)
            painting = kept.get(number, size) if kept else None
            if painting is None:
                taken = Taken(photograph, _detailed(frame.image, size), before)
                painting = yield from paint(taken)
            before = Before(photograph, painting)
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
