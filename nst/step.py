"""What one iteration of a run came to."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from nst.pictures.deep import Deep
from nst.resume import State

MOST_PREVIEWS = 19
"""Evenly spaced previews of a run whose iterations are fast."""
PREVIEW_SECONDS = 1.0
"""A run whose iterations are slow shows a preview at least this often."""
PREVIEW_SIDE = 2048
"""Longest side of a preview, in pixels: a larger one is averaged down by a whole factor."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one iteration, that is one evaluation of the loss and its gradient, came to.

    Attributes:
        iteration: from 1 to `total`, over all scales.
        total: the settings' iterations.
        size: longest side of the picture at this scale, in pixels.
        content_loss: 0 for the content picture itself, about 1 for an unrelated one.
        style_loss: weighted mean over the style layers; 0 for the style's statistics.
        tv_loss: mean squared difference of neighbouring pixels.
        seconds_left: until the last step, by how fast the latest ones were; None before the first.
        image: the picture with these losses, at previews and in the last step; else None. Previews
            of more than `PREVIEW_SIDE` pixels are smaller than the picture.
        whole: makes the same picture with all of its pixels. It holds on to a tensor, so that
            `stylize`, whose steps may be collected, has it in the last step alone, and None in all
            others; `stylize_in_parts` has it in all.
        deep: makes the same with all of its shades, where `whole` is.
        state: with which `stylize` can go on, in the last step; else None, and where a very large
            picture's finds no room on the disk.
        done: whether it is the last step, which can come before `total`: see `nst.optim.watch`.
        note: sentences about what went wrong, or what was assumed of a picture, or "".
    """

    iteration: int
    total: int
    size: int
    content_loss: float
    style_loss: float
    tv_loss: float
    seconds_left: float | None = None
    image: Image.Image | None = None
    whole: Callable[[], Image.Image] | None = None
    deep: Callable[[], Deep] | None = None
    state: State | None = None
    done: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an iteration that is made in parts: where it can be seen to go on, and be left.

    Attributes:
        iteration: the one under way, from 1 to `total`.
        total: as a step's.
        share: of the iteration that is done, above 0 and below 1.
        seconds_left: until the last step, as a step's.
    """

    iteration: int
    total: int
    share: float
    seconds_left: float | None = None
