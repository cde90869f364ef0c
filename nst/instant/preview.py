"""Small pictures of one photograph in many styles by name, each in a moment: to choose by.

They are painted at half the size at which the styles were learned. That takes a quarter of the
time, and strokes are twice as large beside what is in the photograph: which suits a thumbnail.
"""

from collections.abc import Generator, Sequence

import torch
from PIL import Image

from nst.instant.named import mixture_of
from nst.instant.transformer import Transformer
from nst.machine.defaults import in_usual_defaults
from nst.pictures import bounds, prepared, tensors
from nst.pictures.alpha import over_white
from nst.settings import InstantSettings

SIDE = 256
"""Longest side in pixels."""
NARROWEST, WIDEST = 3 / 4, 3 / 2
"""Width over height between which a photograph is seen whole."""


def ready(content: Image.Image) -> Image.Image:
    """The middle of a photograph, `SIDE` pixels long, RGB, in a shape that fits among thumbnails.

    Raises:
        InputError: it cannot be used.
    """
    content = over_white(prepared.prepare(content, "content image"))
    bounds.check_size(*content.size, "content image")
    shape = min(max(content.width / content.height, NARROWEST), WIDEST)
    size = round(SIDE * min(1, shape)), round(SIDE / max(1, shape))
    return tensors.cover(content, size)


def previews(
    photograph: Image.Image, styles: Sequence[str], network: Transformer
) -> Generator[tuple[str, Image.Image], None, None]:
    """Yield the names of styles, and what each makes of a photograph.

    Args:
        photograph: from `ready`.

    Raises:
        InputError: a style that the network does not have.
    """
    return in_usual_defaults(_painted(photograph, styles, network))


def _painted(
    photograph: Image.Image, styles: Sequence[str], network: Transformer
) -> Generator[tuple[str, Image.Image], None, None]:
    image = tensors.to_tensor(photograph).to(network.device)
    for style in styles:
        mixture = mixture_of(InstantSettings(style=style), network.styles)
        with torch.inference_mode():
            painted = network(image, mixture[None].to(network.device)).clamp_(0, 1)
        yield style, tensors.to_image(painted)
