"""What one iteration of a run came to."""

from dataclasses import dataclass

from PIL import Image

from nst.resume import State


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
        image: the picture with these losses, at previews and in the last step; else None.
        state: with which `stylize` can go on, in the last step; else None.
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
    state: State | None = None
    done: bool = False
    note: str = ""
