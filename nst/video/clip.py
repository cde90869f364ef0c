"""A moving picture: what is known of it, and its frames one at a time."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from nst.pictures import bounds
from nst.pictures.prepared import plain_errors
from nst.specs import InputError


@dataclass(frozen=True)
class Frame:
    """One picture of a clip.

    Attributes:
        image: mode RGB.
        seconds: when it is shown first, from the clip's beginning on.
    """

    image: Image.Image
    seconds: float


@dataclass(frozen=True)
class Described:
    """What a file says of its moving picture, as `Clip` has it."""

    size: tuple[int, int]
    frames: int
    seconds: float
    sound: bool


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A moving picture in a file, which was looked into; see `nst.video.reading.open_clip`.

    Attributes:
        size: of a frame as it is shown, upright (width, height).
        frames: how many it has; about as many, where the file does not say.
        seconds: how long it is shown.
        sound: whether it has any.
    """

    path: Path
    size: tuple[int, int]
    frames: int
    seconds: float
    sound: bool
    most_frames: int
    what: str = "clip"
    _read: Callable[[Path], Generator[Frame, None, None]] = field(repr=False)

    def pictures(self) -> Generator[Frame, None, None]:
        """The frames from the first on; closing the generator closes the file.

        Raises:
            InputError: the file is damaged, or goes on for longer than it said and is allowed.
        """
        with plain(self.what):
            for number, frame in enumerate(self._read(self.path)):
                if number >= self.most_frames:
                    raise too_long(self.what, f"{self.most_frames} frames are the limit")
                yield frame


def result_size(clip: Clip, longest: int) -> tuple[int, int]:
    """The size (width, height) of a painted clip: even, as films have it.

    Raises:
        InputError: as `nst.pictures.bounds.fit`.
    """
    width, height = bounds.fit(*clip.size, longest, clip.what)
    return width + width % 2, height + height % 2


def advancing(frames: Iterator[Frame]) -> Generator[Frame, None, None]:
    """Frames without those that are not shown later than the one before."""
    last = -1.0
    for frame in frames:
        if frame.seconds > last:
            yield frame
            last = frame.seconds


def too_long(what: str, limit: str) -> InputError:
    """What is raised for a clip beyond a limit, which is told in words."""
    return InputError(f"The {what} is too long: {limit}.", subject=what, code="too large")


@contextmanager
def plain(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `InputError` of one plain sentence."""
    try:
        with plain_errors(what):
            yield
    except InputError as error:
        if error.code == "damaged":  # said there in the words for pictures
            text = (
                f"The {what} is damaged, or no moving picture that can be read: use MP4, MOV, "
                "WebM, MKV, AVI, GIF, animated WebP or PNG."
            )
            raise InputError(text, subject=what, code="damaged") from error
        raise
