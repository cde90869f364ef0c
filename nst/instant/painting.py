"""Instant painting: a photograph painted at once, in a style by name or in any painting's.

    from nst.instant import painting
    from nst.settings import InstantSettings

    picture = painting.paint(photograph, InstantSettings(style="starry-night"))
    picture = painting.paint(photograph, InstantSettings(style="own"), style=my_painting)

The optimisation of `nst.transfer` looks for the picture; here networks that were trained beforehand
guess it, hundreds of times as fast: `nst.instant.named` in a style by name, `nst.instant.arbitrary`
in that of a painting that is given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from torch import Tensor

from nst.costs import painting as costs
from nst.instant import arbitrary, named
from nst.instant.arbitrary import Arbitrary
from nst.instant.transformer import Transformer
from nst.machine import allocator
from nst.machine.defaults import usual_defaults
from nst.pictures import bounds, color, prepared, tensors
from nst.pictures.alpha import alpha_of
from nst.pictures.deep import Deep, Result
from nst.pictures.grey import is_grey
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
    job = _checked(content, settings, style, mask, network)
    if settings.strength == 0:
        return tensors.resize_image(job.content, job.size).copy()
    return _finished(job, tensors.to_image)


@usual_defaults()
def paint_deep(
    content: Image.Image,
    settings: InstantSettings,
    *,
    style: Image.Image | None = None,
    mask: Image.Image | None = None,
    network: Network | None = None,
) -> Deep:
    """As `paint`, with all of its shades: for a file of 16 bits."""
    job = _checked(content, settings, style, mask, network)
    if settings.strength == 0:
        return Deep.of(tensors.resize_image(job.content, job.size))
    return _finished(job, tensors.to_deep)


@dataclass(frozen=True, kw_only=True)
class _Job:
    """Prepared pictures, and what they are painted at and by, checked."""

    content: Image.Image
    styles: list[Image.Image]
    mask: Image.Image | None
    size: tuple[int, int]
    settings: InstantSettings
    network: Network


def _checked(
    content: Image.Image,
    settings: InstantSettings,
    style: Image.Image | None,
    mask: Image.Image | None,
    network: Network | None,
) -> _Job:
    """What is to be painted, or `InputError` where it cannot be."""
    check_given(settings, style)
    network = network or load(settings)
    content = prepared.prepare(content, "content image")
    size = check_fits(content.size, settings, network)
    return _Job(
        content=content,
        styles=[] if style is None else [prepared.prepare(style, "style image")],
        mask=None if mask is None else prepared.prepare_mask(mask, "mask"),
        size=size,
        settings=settings,
        network=network,
    )


def check_fits(
    content_size: tuple[int, int], settings: InstantSettings, network: Network
) -> tuple[int, int]:
    """The size (width, height) of the painting of a photograph of a size.

    Raises:
        InputError: it would be too narrow, needs more memory than is free, or the network paints
            in the other way.
    """
    _check_network(settings, network)
    size = bounds.fit(*content_size, settings.size, "content image")
    costs.check_painting_fits(_largest(size, network), network)
    return size


def painting_bytes(size: tuple[int, int], network: Network) -> int:
    """The memory that a painting of a size (width, height) takes at its peak, in bytes."""
    return round(costs.painting_bytes(_largest(size, network), network))


def _finished(job: _Job, cut: Callable[[Tensor, Image.Image | None], Result]) -> Result:
    """The painting in the colours that were asked for, where the mask has it.

    Args:
        cut: makes a result of a tensor and an alpha.
    """
    result = _coloured(job, cut)
    return tensors.blended(result, job.content, job.mask) if job.mask else result


def _coloured(job: _Job, cut: Callable[[Tensor, Image.Image | None], Result]) -> Result:
    settings, size, network = job.settings, job.size, job.network
    content, styles = job.content, job.styles
    if settings.color != "style":  # no more of them is looked at than is painted
        longest = max(_largest(size, network))
        content = _within(content, longest)
        styles = [_within(style, longest) for style in styles]
    recoloured: list[Image.Image]
    photograph, recoloured = color.prepare(content, styles, settings.color)
    with allocator.kept():
        painted = _painted(photograph, recoloured, size, settings, network)
    result = cut(painted, alpha_of(content))
    if styles and all(map(is_grey, (photograph, *recoloured))):
        result = color.greyed(result)
    if settings.color == "matched" and not styles:  # or the painting's colours were moved
        result = color.moved(result, content)
    return color.finish(result, content, settings.color)


def check_given(settings: InstantSettings, style: Image.Image | None) -> None:
    """Raise `InputError` where a painting is missing, or nobody asked for it."""
    own = settings.style == OWN_STYLE
    if own and style is None:
        raise InputError(f"The style {OWN_STYLE!r} is a painting that you give, and none is given.")
    if style is not None and not own:
        raise InputError(
            f"A painting is given, and the style by name is {settings.style!r}: choose "
            f"{OWN_STYLE!r}, or leave the painting out."
        )


def _check_network(settings: InstantSettings, network: Network) -> None:
    """Raise `InputError` for a network that paints in the other way."""
    if (settings.style == OWN_STYLE) != isinstance(network, Arbitrary):
        raise InputError(f"This network does not paint in the style {settings.style!r}.")


def _largest(size: tuple[int, int], network: Network) -> tuple[int, int]:
    """The largest size (width, height) that is painted for a result."""
    first = arbitrary.COARSEST if isinstance(network, Arbitrary) else named.PAINTED_SIDE
    return named.coarse_to_fine(size, first)[-1]


def _within(picture: Image.Image, longest: int) -> Image.Image:
    """A picture, reduced where it is longer than that."""
    factor = longest / max(picture.size)
    if factor >= 1:
        return picture
    width, height = (max(bounds.MIN_RESULT_SIDE, round(factor * side)) for side in picture.size)
    return tensors.resize_image(picture, (width, height))


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
        painted = named.painted(content, size, settings, network)
    if painted.shape[2:] != (size[1], size[0]):
        painted = tensors.resize_tensor(painted, size)
    return painted
