"""A painting at once carried on: the strokes that were there before stay, and stay as sharp.

A network that paints each frame by itself makes other strokes each time. So the painting of the
frame before, moved along, takes the place of most of what is painted anew. Paintings that share no
strokes give a dull one where they are averaged, and interpolation softens what is moved again and
again: therefore each band of spatial frequencies gets the local contrast back that it has in what
is painted anew (as Heitz & Neyret 2018, "High-Performance By-Example Noise using a
Histogram-Preserving Blending Operator", do for the variance of textures).
"""

import numpy as np
import torch
from torch import Tensor

BANDS = (1.0, 2.0, 4.0)
"""Standard deviations in pixels of the Gaussians between which bands of frequencies lie."""
STROKES, TONES = 0.98, 0.8
"""Shares of what was there before, in the bands, and in what is coarser than all of them: changes
of light are followed within a few frames."""
WINDOW = 8.0
"""Standard deviation in pixels of the surroundings that contrast is told of."""
MOST_GAIN = 2.5
"""By which a band's contrast is raised or lowered at most."""
LEAST_ENERGY = 1e-5
"""Added to a band's mean square."""


def carried(painted: Tensor, moved: Tensor, seen: Tensor) -> Tensor:
    """A painting whose strokes are those of the one before, where it is seen again.

    Args:
        painted: (1, 3, H, W) in [0, 1], the frame painted anew, on the processor.
        moved: (1, 3, H, W), the frame before as it was painted, moved along.
        seen: (1, 1, H, W) in [0, 1], where that is seen again.

    Returns:
        (1, 3, H, W) in [0, 1].
    """
    new, old, share = (_pixels(x) for x in (painted, moved, seen))
    (*new_bands, new_rest), (*old_bands, old_rest) = _bands(new), _bands(old)
    result = new_rest + TONES * share * (old_rest - new_rest)
    for fresh, before in zip(new_bands, old_bands, strict=True):
        band = fresh + STROKES * share * (before - fresh)
        gain = np.sqrt(_energy(fresh) / _energy(band))
        result += band * np.clip(gain, 1 / MOST_GAIN, MOST_GAIN)[..., None]
    return torch.from_numpy(np.clip(result, 0, 1)).permute(2, 0, 1)[None]


def _pixels(image: Tensor) -> np.ndarray:
    """(1, C, H, W) as (H, W, C)."""
    return image[0].permute(1, 2, 0).contiguous().numpy()


def _bands(image: np.ndarray) -> list[np.ndarray]:
    """An image (H, W, 3) in bands, finest first, and what is left; their sum is the image."""
    import cv2

    parts = []
    for deviation in BANDS:
        smooth = cv2.GaussianBlur(image, (0, 0), deviation)
        parts.append(image - smooth)
        image = smooth
    return [*parts, image]


def _energy(band: np.ndarray) -> np.ndarray:
    """The mean square of a band (H, W, 3) around each pixel: (H, W)."""
    import cv2

    square = np.einsum("hwc,hwc->hw", band, band) / band.shape[2]
    return cv2.GaussianBlur(square, (0, 0), WINDOW) + LEAST_ENERGY
