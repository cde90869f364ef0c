"""A painting's own tones, brought to a picture that already has its colours on average.

Means and covariances say little of a painting that is black but for a few white lines: a picture
that has both may be grey all over. So each of red, green and blue is mapped by a curve that only
rises, after which about as many pixels are as dark as in the painting (histogram specification,
Gonzalez & Woods, "Digital Image Processing"). A curve treats equal values alike: it draws nothing.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nst.pictures.alpha import alpha_of

LEVELS = 256
"""Values between which a curve is straight, and that a channel of a prepared picture has."""
SMOOTH = 8
"""Levels on each side of one over which a curve is averaged: a cliff between two levels would make
grain of what rounding leaves of an even area, and have films flicker."""


def tones_of(painting: Image.Image) -> Tensor:
    """How dark a painting's pixels are: `LEVELS` quantiles of each channel, (3, LEVELS) in [0, 1].

    Args:
        painting: prepared, RGB or RGBA; what is more transparent than not is left out.
    """
    alpha = alpha_of(painting)
    seen = alpha and alpha.point(lambda level: 255 * (level >= LEVELS // 2))
    if seen and not seen.getbbox():
        seen = None
    counts = np.reshape(painting.convert("RGB").histogram(seen), (3, LEVELS))
    places = (np.arange(LEVELS) + 0.5) / LEVELS * counts[0].sum()
    tones = [np.searchsorted(channel.cumsum(), places) for channel in counts]
    return torch.tensor(np.stack(tones), dtype=torch.float32).div_(LEVELS - 1)


def toned(picture: Tensor, tones: Tensor) -> Tensor:
    """Return a picture with a painting's tones: (1, 3, H, W).

    Args:
        picture: (1, 3, H, W) in [0, 1].
        tones: from `tones_of`, on the same device.
    """
    channels = zip(picture[0].float(), tones, strict=True)
    return torch.stack([_along(_curve(x, wanted), x) for x, wanted in channels])[None]


def _curve(channel: Tensor, tones: Tensor) -> Tensor:
    """What each of `LEVELS` values from 0 to 1 becomes: (LEVELS,)."""
    levels = (channel * (LEVELS - 1)).round().long().flatten()
    counts = torch.bincount(levels, minlength=LEVELS).to(tones)
    darker = (counts.cumsum(0) - counts / 2) / counts.sum()  # the middle one of the equal ones
    curve = _along(tones, darker)
    # Goes on beyond its ends as it came, upside down: what is straight stays straight.
    before = 2 * curve[0] - curve[1 : SMOOTH + 1].flip(0)
    after = 2 * curve[-1] - curve[-SMOOTH - 1 : -1].flip(0)
    extended = torch.cat([before, curve, after])[None, None]
    return F.avg_pool1d(extended, 2 * SMOOTH + 1, stride=1)[0, 0].clamp(0, 1)


def _along(curve: Tensor, values: Tensor) -> Tensor:
    """Values in [0, 1] along a curve that is given at even places from 0 to 1."""
    places = values * (len(curve) - 1)
    lower = places.long().clamp_(0, len(curve) - 2)
    return torch.lerp(curve[lower], curve[lower + 1], places - lower)
