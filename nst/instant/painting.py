"""Instant painting: a photograph painted at once, in a style by name or in any painting's.

    from nst.instant import painting
    from nst.settings import InstantSettings

    picture = painting.paint(photograph, InstantSettings(style="starry-night"))
    picture = painting.paint(photograph, InstantSettings(style="own"), style=my_painting)

The optimisation of `nst.transfer` looks for the picture; here networks that were trained beforehand
guess it, hundreds of times as fast: `nst.instant.named` in a style by name, `nst.instant.arbitrary`
in that of a painting that is given.
"""

from PIL import Image
from torch import Tensor

from nst.costs.painting import check_painting_fits
from nst.instant import arbitrary, named
from nst.instant.arbitrary import Arbitrary
from nst.instant.transformer import Transformer
from nst.machine import allocator
from nst.machine.defaults import usual_defaults
from nst.pictures import bounds, color, prepared, tensors
from nst.settings import OWN_STYLE, InstantSettings
from nst.specs import InputError

Network = Transformer | Arbitrary
"""What paints: in styles by name, or in any painting's."""


def load(settings: InstantSettings) -> Network:
    """Load the network that settings need, frozen and ready for use.

    Raises:
        InputError: its file is missing or damaged.
    """
    own = settings.style == OWN_STYLE
    return arbitrary.load_arbitrary() if own else named.load_instant()


@usual_defaults()
def paint(
    content: Image.Image,
    settings: InstantSettings,
    *,
    style: Image.Image | None = None,
    mask: Image.Image | None = None,
    network: Network | None = None,
) -> Image.Image:
    """Paint a photograph.

    Args:
        content: gives the shapes, the aspect ratio and the alpha channel of the result.
        settings: the style, and how much of it.
        style: the painting, if the style is "own".
        mask: white where the style goes, black where the photograph stays; stretched to its shape.
        network: from `load`, which is called when None. One network serves many pictures.

    Raises:
        InputError: a picture that cannot be used, a painting where none is asked for or none where
            one is, a style that the network does not have, or a size that needs more memory than
            is free.
    """
    _check(settings, style)
    network = network or load(settings)
    content = prepared.prepare(content, "content image")
    mask = mask and prepared.prepare_mask(mask, "mask")
    style = style and prepared.prepare(style, "style image")
    size = bounds.fit(*content.size, settings.size, "content image")
    check_painting_fits(size, network)
    if settings.strength == 0:
        return tensors.resize_image(content, size)
    styles = [style] if style else []
    photograph, styles = color.prepare(content, styles, settings.color)
    with allocator.kept():
        painted = _painted(photograph, styles, size, settings, network)
    result = tensors.to_image(painted, tensors.alpha_of(content))
    result = color.finish(result, content, settings.color)
    if settings.color == "matched" and not styles:  # or the painting's colours were moved
        result = color.moved(result, content)
    return tensors.blended(result, content, mask) if mask else result


def _check(settings: InstantSettings, style: Image.Image | None) -> None:
    """Raise `InputError` where a painting is missing, or nobody asked for it."""
    own = settings.style == OWN_STYLE
    if own and style is None:
        raise InputError(f"style {OWN_STYLE!r} is a painting that you give: there is none.")
    if style is not None and not own:
        raise InputError(
            f"A painting is given, and the style is {settings.style!r}: choose {OWN_STYLE!r}, or "
            "leave the painting out."
        )


def _painted(
    content: Image.Image,
    styles: list[Image.Image],
    size: tuple[int, int],
    settings: InstantSettings,
    network: Network,
) -> Tensor:
    """The painting (1, 3, H, W) of pictures with the colours that count, at `size`."""
    if isinstance(network, Arbitrary):
        painted = network.painted(content, styles[0], size, settings.strength)
    else:
        painted = named.painted(content, named.coarse_to_fine(size), settings, network)
    if painted.shape[2:] != (size[1], size[0]):
        painted = tensors.resize_tensor(painted, size)
    return painted
