"""Moving pictures in an instant: each frame painted at once, with the strokes of the one before.

from nst.settings import InstantSettings
from nst.video import instant, reading, writing

clip = reading.open_clip("clip.mp4")
settings = InstantSettings(style="starry-night")
with writing.opened(Path("out.mp4"), clip, instant.size_of(clip, settings)) as out:
    for frame in instant.paint_clip(clip, settings):
        out.add(frame)
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace

from PIL import Image

from nst.instant import painting
from nst.instant.painting import Network
from nst.machine.defaults import in_usual_defaults
from nst.pictures import tensors
from nst.pictures.alpha import over_white
from nst.settings import InstantSettings
from nst.video.carrying import carried
from nst.video.clip import Clip, Frame, result_size
from nst.video.kept import Kept
from nst.video.sequence import Before, Taken, in_sequence, taken, whole
from nst.video.warp import motion


def size_of(clip: Clip, settings: InstantSettings) -> tuple[int, int]:
    """The size (width, height) of the painted clip.

    Raises:
        InputError: the clip is too narrow for the size that is asked for.
    """
    return result_size(clip, settings.size)


def paint_clip(
    clip: Clip,
    settings: InstantSettings,
    *,
    style: Image.Image | None = None,
    network: Network | None = None,
    kept: Kept | None = None,
) -> Generator[Frame, None, None]:
    """Paint a clip.

    Args:
        clip: from `nst.video.reading.open_clip`.
        settings: the style, and how much of it.
        style: the painting, if the style is "own".
        network: from `nst.instant.painting.load`, which is called when None.
        kept: frames that were painted before, by the same settings.

    Returns:
        A generator of the frames, RGB; closing it stops the work and closes the file.

    Raises:
        InputError: what `nst.instant.painting.paint` refuses, at once; a clip that turns out to be
            damaged, when it does.
    """
    painting.check_given(settings, style)
    size = size_of(clip, settings)
    paint = alone(size, settings, style, network or painting.load(settings))
    return carried_along(painted(taken(clip, size, kept), paint), settings)


def alone(
    size: tuple[int, int],
    settings: InstantSettings,
    style: Image.Image | None,
    network: Network,
) -> Callable[[Image.Image], Image.Image]:
    """What paints a frame by itself, RGB, whatever the others are.

    Args:
        size: of the result (width, height), from `size_of`.

    Raises:
        InputError: as `nst.instant.painting.check_fits`.
    """
    settings = replace(settings, size=max(size))
    painting.check_fits(size, settings, network)
    return lambda detailed: over_white(
        painting.paint(detailed, settings, style=style, network=network)
    )


def painted(
    frames: Generator[Taken, None, None], paint: Callable[[Image.Image], Image.Image]
) -> Generator[Taken, None, None]:
    """Frames that are not kept, each painted by itself by what `alone` returns, one at a time."""
    with closing(frames):
        for frame in frames:
            yield frame if frame.kept else replace(frame, alone=paint(frame.detailed))


def carried_along(
    frames: Generator[Taken, None, None], settings: InstantSettings
) -> Generator[Frame, None, None]:
    """A clip of frames of which each was painted by itself, or kept: strokes stay where they are.

    Args:
        frames: from `painted`, or from whoever else paints them; closed with this generator.
        settings: that they were painted by.
    """
    keep = _as_it_is if settings.strength == 0 else _carried
    return in_usual_defaults(whole(in_sequence(frames, keep)))


def _as_it_is(frame: Taken, _before: Before | None) -> Generator[float, None, Image.Image]:
    yield from ()  # nothing is told in between
    assert frame.alone is not None
    return frame.alone


def _carried(frame: Taken, before: Before | None) -> Generator[float, None, Image.Image]:
    now = yield from _as_it_is(frame, before)
    if before is None:
        return now
    moves = motion(before.photograph, frame.photograph)
    moved = moves.moved(tensors.to_tensor(before.painting))
    return tensors.to_image(carried(tensors.to_tensor(now), moved, moves.seen))
