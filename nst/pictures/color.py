"""Colours of the result: the style's, the photograph's own, or the style's moved to its mood."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image

from nst.pictures.alpha import alpha_of
from nst.pictures.bounds import strips
from nst.pictures.deep import Deep, Result
from nst.pictures.grey import is_grey
from nst.pictures.tensors import resize_image

LUMA = np.array([[0.299], [0.587], [0.114]])
"""Weights of red, green and blue in the luminance (ITU-R BT.601, as in YIQ and Pillow's L)."""
LEAST_VARIANCE = 1e-5
"""Floor for variances of colours in [0, 1]²: a flat picture has none to divide by."""


class Gaussian(NamedTuple):
    """What is matched of colours: their mean (C,) and covariance (C, C), both float64."""

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, strips: Iterable[tuple[np.ndarray, np.ndarray | None]]) -> "Gaussian":
        """That of colours (rows, W, C) and how much each pixel counts (rows, W); None for all.

        Row by row, so that it is the same however high the strips are; and exact to the last bit
        where both are whole numbers, as those of 8 bits are: no sum of 68 megapixels needs more
        than the 53 bits of a float64.
        """
        sums: float | np.ndarray = 0.0
        for colours, seen in strips:
            ones = np.ones_like(colours[..., :1], np.float64)
            pixels = np.concatenate([ones, colours], axis=2)
            counted = pixels if seen is None else pixels * seen[..., None]
            for row in counted.swapaxes(1, 2) @ pixels:
                sums = sums + row
        moments = np.asarray(sums) / np.asarray(sums)[0, 0]
        mean = moments[0, 1:]
        return cls(mean, moments[1:, 1:] - np.outer(mean, mean))

    def along(self, weights: np.ndarray) -> "Gaussian":
        """That of weighted sums of the channels, (C, C')."""
        return Gaussian(self.mean @ weights, weights.T @ self.covariance @ weights)


def prepare(
    content: Image.Image, styles: Sequence[Image.Image], color: str
) -> tuple[Image.Image, list[Image.Image]]:
    """Return the pictures (RGB or RGBA) that are to be optimised for a choice of colour.

    For "content" all become grey, the styles with the mean and contrast of the content's
    luminance; for "matched" the styles' colours get the content's mean and covariance, so that
    a grey content has them become grey, too.
    """
    if color == "style":
        return content, list(styles)
    own = _gaussian(content)
    if color == "matched" and not is_grey(content):
        return content, [_changed(style, match(_gaussian(style), own)) for style in styles]
    light = own.along(LUMA)
    return greyed(content), [_in_greys(style, light) for style in styles]


def _in_greys(picture: Image.Image, light: Gaussian) -> Image.Image:
    """A picture in greys with the mean and contrast of others."""
    move = match(_gaussian(picture).along(LUMA), light)
    return _changed(picture, lambda colours: move(colours @ LUMA))


def finish(result: Result, content: Image.Image, color: str) -> Result:
    """Return a result in the colours that were asked for.

    For "content" it keeps its luminance and takes the chroma of the content picture, which may
    have another size. Where the two together leave the range of colours, chroma gives way.
    """
    if color != "content":
        return result
    # Resized with its alpha: what is hidden beside an edge has no colour to give to it.
    original = resize_image(content, result.size)
    both = zip(_strips(result), _strips(original), strict=True)
    return _joined(result, (_tinted(part, own) for part, own in both))


def _tinted(colours: np.ndarray, original: np.ndarray) -> np.ndarray:
    """Colours (H, W, 3) with their luminance, and the chroma of others."""
    light = colours @ LUMA
    chroma = original - original @ LUMA
    return light + chroma * _room(light, chroma)


def greyed(picture: Result) -> Result:
    """Return a picture in its own greys."""
    return _changed(picture, lambda colours: colours @ LUMA)


def moved(picture: Result, content: Image.Image) -> Result:
    """Return a picture whose colours have the mean and covariance of a photograph's: its mood."""
    return _changed(picture, match(_gaussian(picture), _gaussian(content)))


def match(own: Gaussian, target: Gaussian) -> Callable[[np.ndarray], np.ndarray]:
    """What moves colours linearly to the mean and covariance of others, changing them the least.

    The map is the optimal transport between Gaussians (Olkin & Pukelsheim 1982),
    Σ^-½ (Σ^½ T Σ^½)^½ Σ^-½ with the covariances Σ of `own` and T of `target`.

    Returns:
        A function of colours (H, W, C) in [0, 1]; what it returns is not clipped. Directions in
        which the own ones do not vary stay flat.
    """
    root = _power(own.covariance, 0.5)
    inverse = _power(own.covariance, -0.5)
    transport = inverse @ _power(root @ target.covariance @ root, 0.5) @ inverse
    return lambda colours: (colours - own.mean) @ transport + target.mean


def _power(symmetric: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a positive semidefinite matrix; what is almost zero is left out of roots below 0.

    A direction in which a flat picture does not vary cannot be stretched to another's variance.
    """
    values, vectors = np.linalg.eigh(symmetric)
    small = values < (LEAST_VARIANCE if exponent < 0 else 0)
    powers = np.where(small, 0, np.where(small, 1, values) ** exponent)
    return (vectors * powers) @ vectors.T


def _room(light: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    """The largest share of the chroma, up to 1, that fits beside the luminance: (H, W, 1)."""
    limit = np.where(chroma > 0, 1 - light, light)
    share = limit / np.maximum(np.abs(chroma), 1e-6)
    return np.clip(share.min(axis=2, keepdims=True), 0, 1)


def _strips(picture: Image.Image | Deep) -> Iterator[np.ndarray]:
    """The colours of a picture, (rows, W, 3) in [0, 1], from its top to its bottom."""
    for rows in strips(picture.size):
        if isinstance(picture, Deep):
            yield picture.colours[rows]
        else:
            strip = picture.crop((0, rows.start, picture.width, rows.stop)).convert("RGB")
            yield np.asarray(strip, dtype=np.float32) / 255


def _gaussian(picture: Image.Image | Deep) -> Gaussian:
    """That of what is seen of a picture's colours in [0, 1]; of all if nothing is."""
    alpha = picture.alpha if isinstance(picture, Deep) else alpha_of(picture)
    alpha = alpha if alpha and alpha.getbbox() else None
    return Gaussian.of(_levels(picture, alpha)).along(np.eye(3) / 255)


def _levels(
    picture: Image.Image | Deep, alpha: Image.Image | None
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Strips of a picture in levels of 8 bits, which are whole numbers unless it is deep."""
    width = picture.size[0]
    for rows, colours in zip(strips(picture.size), _strips(picture), strict=True):
        levels = colours.astype(np.float64) * 255
        levels = levels if isinstance(picture, Deep) else np.rint(levels)
        box = (0, rows.start, width, rows.stop)
        yield levels, np.asarray(alpha.crop(box), np.float64) if alpha else None


def _changed(picture: Result, change: Callable[[np.ndarray], np.ndarray]) -> Result:
    """The picture with its colours changed strip by strip, its alpha kept."""
    return _joined(picture, map(change, _strips(picture)))


def _joined(picture: Result, parts: Iterable[np.ndarray]) -> Result:
    """The picture with other colours, as `_strips` gives them, or greys; its alpha kept."""
    places = zip(strips(picture.size), parts, strict=True)
    if isinstance(picture, Deep):
        colours = np.empty(picture.colours.shape, np.float32)
        for rows, part in places:
            colours[rows] = np.clip(part, 0, 1)
        return replace(picture, colours=colours)
    changed = Image.new("RGB", picture.size)
    for rows, part in places:
        levels = (np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8)
        levels = np.repeat(levels, 3 // levels.shape[2], axis=2)
        changed.paste(Image.fromarray(levels), (0, rows.start))
    if "A" in picture.getbands():
        changed.putalpha(picture.getchannel("A"))
    return changed
