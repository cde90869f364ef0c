"""Moving pictures in an instant: each frame painted at once, with the strokes of the one before.

from nst.settings import InstantSettings
from nst.video import instant, reading, writing

clip = reading.open_clip("clip.mp4")
settings = InstantSettings(style="starry-night")
with writing.opened(Path("out.mp4"), clip, instant.size_of(clip, settings)) as out:
    for frame in instant.paint_clip(clip, settings):
        out.add(frame)
"""

from collections.abc import Generator
from dataclasses import replace

from PIL import Image

from nst.instant import painting
from nst.instant.painting import Network
from nst.machine.defaults import in_usual_defaults
from nst.pictures import tensors
from nst.pictures.alpha import over_white
from nst.settings import InstantSettings
from nst.video.carrying import carried
from nst.video.clip import Clip, Frame
from nst.video.kept import Kept
from nst.video.sequence import Painter, Taken, in_sequence, result_size, whole
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
    network = network or painting.load(settings)
    settings = replace(settings, size=max(size))
    painting.check_fits(size, settings, network)
    painter = _painter(settings, style, network)
    return in_usual_defaults(whole(in_sequence(clip, size, painter, kept)))


def _painter(settings: InstantSettings, style: Image.Image | None, network: Network) -> Painter:
    def paint(taken: Taken) -> Generator[float, None, Image.Image]:
        yield from ()  # a frame is painted at once
        now = over_white(painting.paint(taken.detailed, settings, style=style, network=network))
        if taken.before is None or settings.strength == 0:
            return now
        moves = motion(taken.before.photograph, taken.photograph)
        moved = moves.moved(tensors.to_tensor(taken.before.painting))
        return tensors.to_image(carried(tensors.to_tensor(now), moved, moves.seen))

    return paint
