"""Colours of the result: the style's, the photograph's own, or the style's moved to its mood."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from nst.pictures.alpha import alpha_of
from nst.pictures.bounds import strips
from nst.pictures.deep import Deep, Result
from nst.pictures.grey import is_grey
from nst.pictures.tensors import resize_image

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in the luminance (ITU-R BT.601, as in YIQ and Pillow's L)."""
LEAST_VARIANCE = 1e-5
"""Floor for variances of colours in [0, 1]²: a flat picture has none to divide by."""


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
    colours, seen = _colours(content), _seen(content)
    if color == "matched" and not is_grey(content):
        return content, [
            _changed(style, match(_colours(style), colours, _seen(style), seen)) for style in styles
        ]
    light = colours @ LUMA[:, None]
    return _grey(content, light), [
        _grey(style, match(_colours(style) @ LUMA[:, None], light, _seen(style), seen))
        for style in styles
    ]


def _grey(picture: Result, light: np.ndarray) -> Result:
    """The picture in greys (H, W, 1), its alpha kept."""
    return _changed(picture, np.repeat(light, 3, axis=2))


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
    light = colours @ LUMA[:, None]
    chroma = original - original @ LUMA[:, None]
    return light + chroma * _room(light, chroma)


def greyed(picture: Result) -> Result:
    """Return a picture in its own greys."""
    return _grey(picture, _colours(picture) @ LUMA[:, None])


def moved(picture: Result, content: Image.Image) -> Result:
    """Return a picture whose colours have the mean and covariance of a photograph's: its mood."""
    colours, target = _colours(picture), _colours(content)
    return _changed(picture, match(colours, target, _seen(picture), _seen(content)))


def match(
    colours: np.ndarray,
    target: np.ndarray,
    seen: np.ndarray | None = None,
    target_seen: np.ndarray | None = None,
) -> np.ndarray:
    """Move colours linearly to the mean and covariance of others, changing them the least.

    The map is the optimal transport between Gaussians (Olkin & Pukelsheim 1982),
    Σ^-½ (Σ^½ T Σ^½)^½ Σ^-½ with the covariances Σ of `colours` and T of `target`.

    Args:
        colours: (H, W, C) in [0, 1].
        target: (H', W', C) in [0, 1].
        seen: (H, W), how much each pixel counts: its alpha; None for all alike.
        target_seen: (H', W'), likewise.

    Returns:
        (H, W, C), not clipped. Directions in which `colours` do not vary stay flat.
    """
    (mean, covariance), (target_mean, target_covariance) = (
        _statistics(*pair) for pair in ((colours, seen), (target, target_seen))
    )
    root = _power(covariance, 0.5)
    inverse = _power(covariance, -0.5)
    transport = inverse @ _power(root @ target_covariance @ root, 0.5) @ inverse
    return (colours - mean) @ transport + target_mean


def _statistics(colours: np.ndarray, seen: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The mean (C,) and covariance (C, C) of colours (H, W, C), weighted by what is seen (H, W)."""
    flat = colours.reshape(-1, colours.shape[2])
    if seen is None:
        mean = flat.mean(0)
        return mean, (flat - mean).T @ (flat - mean) / len(flat)
    weights = seen.reshape(-1, 1) / seen.sum()
    mean = (weights * flat).sum(0)
    return mean, (weights * (flat - mean)).T @ (flat - mean)


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


def _colours(picture: Image.Image | Deep) -> np.ndarray:
    if isinstance(picture, Deep):
        return picture.colours
    return np.asarray(picture.convert("RGB"), dtype=np.float32) / 255


def _strips(picture: Image.Image | Deep) -> Iterator[np.ndarray]:
    """The colours of a picture, (rows, W, 3) in [0, 1], from its top to its bottom."""
    for rows in strips(picture.size):
        if isinstance(picture, Deep):
            yield picture.colours[rows]
        else:
            yield _colours(picture.crop((0, rows.start, picture.width, rows.stop)))


def _seen(picture: Image.Image | Deep) -> np.ndarray | None:
    """How much of each pixel is seen, (H, W) in [0, 1]; None for all of it, or none anywhere."""
    alpha = picture.alpha if isinstance(picture, Deep) else alpha_of(picture)
    seen = None if alpha is None else np.asarray(alpha, dtype=np.float64) / 255
    return seen if seen is not None and seen.any() else None


def _changed(picture: Result, colours: np.ndarray) -> Result:
    """The picture with other colours (H, W, 3), its alpha kept."""
    return _joined(picture, (colours[rows] for rows in strips(picture.size)))


def _joined(picture: Result, parts: Iterable[np.ndarray]) -> Result:
    """The picture with other colours, as `_strips` gives them, its alpha kept."""
    places = zip(strips(picture.size), parts, strict=True)
    if isinstance(picture, Deep):
        colours = np.empty(picture.colours.shape, np.float32)
        for rows, part in places:
            colours[rows] = np.clip(part, 0, 1)
        return replace(picture, colours=colours)
    changed = Image.new("RGB", picture.size)
    for rows, part in places:
        levels = (np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8)
        changed.paste(Image.fromarray(levels), (0, rows.start))
    if "A" in picture.getbands():
        changed.putalpha(picture.getchannel("A"))
    return changed
