"""What a clip will take, before it: seconds on this machine, now, and bytes of memory."""

import time
from contextlib import closing
from dataclasses import replace

from PIL import Image

from nst.costs.seconds import Estimate, estimate
from nst.features.network import FeatureNetwork
from nst.instant import painting
from nst.instant.painting import Network
from nst.settings import InstantSettings, Settings
from nst.video import instant, optimised
from nst.video.clip import Clip

FILM_BYTES, PIXEL_BYTES = 60e6, 400
"""What frames, their motion and the encoder take beside a painting, and for each of a frame's
pixels: measured."""
TIMED = 3
"""Frames that are painted to see how long one takes; the first is left out of it."""


def of_instant(
    clip: Clip, settings: InstantSettings, style: Image.Image | None, network: Network
) -> Estimate:
    """What painting a clip at once will take: its first frames are painted to see it.

    Raises:
        InputError: as `nst.video.instant.paint_clip`.
    """
    size, ends = instant.size_of(clip, settings), []
    with closing(instant.paint_clip(clip, settings, style=style, network=network)) as frames:
        for _, _frame in zip(range(TIMED), frames, strict=False):
            ends.append(time.perf_counter())
    each = (ends[-1] - ends[0]) / max(1, len(ends) - 1)
    return Estimate(each * clip.frames, painting.painting_bytes(size, network) + _film_bytes(size))


def of_optimised(
    clip: Clip, settings: Settings, features: FeatureNetwork, guided: int = 0
) -> Estimate:
    """What painting a clip by optimisation will take, by what an iteration takes here.

    Raises:
        InputError: as `nst.costs.seconds.estimate`.
    """
    size = optimised.size_of(clip, settings)
    settings = replace(settings, size=max(size))
    first = estimate(size, settings, features, guided=guided)
    later = estimate(size, optimised.later(settings), features, guided=guided, start=size)
    seconds = first.seconds + (clip.frames - 1) * later.seconds
    return Estimate(seconds, max(first.bytes, later.bytes) + _film_bytes(size))


def _film_bytes(size: tuple[int, int]) -> int:
    return round(FILM_BYTES + PIXEL_BYTES * size[0] * size[1])
