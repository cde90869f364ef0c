"""Moving pictures by optimisation, frame by frame, each from where the one before ended.

Ruder, Dosovitskiy & Brox 2016, "Artistic style transfer for videos": a frame starts from the one
before as it was painted, moved along with what is in it (section 4.2), and holds on to that where
it is seen again, by the temporal loss (section 4.3). What comes into view starts from a painting
made at once, where the paper has the photograph.

    from nst import Settings
    from nst.video import optimised, reading, writing

    clip, settings = reading.open_clip("clip.mp4"), Settings()
    with writing.opened(Path("out.mp4"), clip, optimised.size_of(clip, settings)) as out:
        for frame in optimised.stylize_clip(clip, painting, settings):
            out.add(frame)
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

import torch
from PIL import Image

from nst import inputs
from nst.features.loading import load_features
from nst.features.network import FeatureNetwork
from nst.inputs import Pictures
from nst.instant import painting
from nst.instant.arbitrary import USUAL
from nst.loss.temporal import Held
from nst.machine.defaults import in_usual_defaults, usual_defaults
from nst.pictures import tensors
from nst.pictures.alpha import over_white
from nst.settings import MAX_INSTANT_SIDE, OWN_STYLE, InstantSettings, Settings
from nst.step import Part, Step
from nst.transfer import optimised
from nst.video.clip import Clip, Frame, result_size
from nst.video.kept import Kept
from nst.video.sequence import Before, Painter, Taken, in_sequence, taken, whole
from nst.video.warp import motion

LATER = 0.25
"""Share of the iterations that frames after the first get."""
STEADINESS = 200.0
"""Weight of the temporal loss: two takes of one scene differ by 1.1 levels of 255, by 5.3 without
it."""
CUT = 0.1
"""A frame that sees less than this share of the one before begins as the first one did."""
USUAL_STRENGTH = 50.0
"""The style strength that a painting at once comes near to at its own usual strength."""


def size_of(clip: Clip, settings: Settings) -> tuple[int, int]:
    """The size (width, height) of the painted clip.

    Raises:
        InputError: the clip is too narrow for the size that is asked for.
    """
    return result_size(clip, settings.size)


def later(settings: Settings) -> Settings:
    """Those of the frames after the first, given its own."""
    iterations = max(1, round(LATER * settings.iterations))
    return replace(settings, init="image", iterations=iterations)


def stylize_clip(
    clip: Clip,
    style: Image.Image | Sequence[Image.Image],
    settings: Settings | None = None,
    *,
    features: FeatureNetwork | None = None,
    kept: Kept | None = None,
) -> Generator[Frame, None, None]:
    """Paint a clip in the manner of a painting.

    Args:
        clip: from `nst.video.reading.open_clip`.
        style: as of `nst.stylize`.
        settings: the defaults when None; the first frame gets all of the iterations.
        features: from `load_features`, which is called when None.
        kept: frames that were painted before, by the same settings.

    Returns:
        A generator of the frames, RGB; closing it stops the work and closes the file.

    Raises:
        InputError: what `nst.stylize` refuses, at once; a clip that turns out to be damaged, when
            it does.
    """
    return whole(stylize_clip_in_parts(clip, style, settings, features=features, kept=kept))


def stylize_clip_in_parts(
    clip: Clip,
    style: Image.Image | Sequence[Image.Image],
    settings: Settings | None = None,
    *,
    features: FeatureNetwork | None = None,
    kept: Kept | None = None,
) -> Generator[Frame | float, None, None]:
    """As `stylize_clip`; before a frame come the shares of it that are done, between 0 and 1."""
    settings = Settings() if settings is None else settings
    size = size_of(clip, settings)
    settings = replace(settings, size=max(size))
    with usual_defaults():
        features = features or load_features()
        pictures = inputs.prepare(Image.new("RGB", size), style, settings)
        optimised(pictures, settings, features).close()  # which has checked them
    painter = _painter(pictures, settings, features)
    return in_usual_defaults(in_sequence(taken(clip, size, kept), painter))


def _painter(pictures: Pictures, settings: Settings, features: FeatureNetwork) -> Painter:
    """What paints a frame.

    Args:
        pictures: of a run, but for the content.
    """
    after_first, sketched = later(settings), _sketcher(pictures, settings)

    def paint(frame: Taken, before: Before | None) -> Generator[float, None, Image.Image]:
        own = replace(pictures, content=frame.photograph)
        if before is None:
            return (yield from _painted(own, settings, features))
        moves = motion(before.photograph, frame.photograph)
        if moves.seen.mean() < CUT:
            return (yield from _painted(own, settings, features))
        moved = moves.moved(tensors.to_tensor(before.painting))
        new = tensors.to_tensor(sketched(frame.photograph))
        seen = Image.fromarray((moves.seen[0, 0] * 255).round().byte().numpy())
        held = Held(tensors.to_image(moved), seen, STEADINESS)
        start = tensors.to_image(torch.lerp(new, moved, moves.seen))
        own = replace(own, start=start, held=held)
        return (yield from _painted(own, after_first, features))

    return paint


def _sketcher(pictures: Pictures, settings: Settings) -> Callable[[Image.Image], Image.Image]:
    """What paints a photograph at once: from that begins what comes into view.

    From the photograph, a few iterations at the full size do not come to the strokes that the first
    frame has from coarser ones. Where styles are blended, it is the first one's.
    """
    strength = USUAL * min(1, settings.style_strength / USUAL_STRENGTH)
    size = min(settings.size, MAX_INSTANT_SIDE)
    color = "matched" if settings.color == "matched" else "style"  # what is optimised has those
    own = InstantSettings(style=OWN_STYLE, strength=strength, size=size, color=color)
    network, (style, _) = painting.load(own), pictures.styles[0]

    def sketched(photograph: Image.Image) -> Image.Image:
        sketch = over_white(painting.paint(photograph, own, style=style, network=network))
        return tensors.resize_image(sketch, photograph.size)

    return sketched


def _painted(
    pictures: Pictures, settings: Settings, features: FeatureNetwork
) -> Generator[float, None, Image.Image]:
    with closing(optimised(pictures, settings, features)) as steps:
        for step in steps:
            if isinstance(step, Part):
                yield (step.iteration - 1 + step.share) / step.total
            elif not step.done:
                yield step.iteration / step.total
            else:
                return _picture(step)
    raise AssertionError("a run has a last step")


def _picture(step: Step) -> Image.Image:
    assert step.image is not None  # the last step has one
    return over_white(step.image)
