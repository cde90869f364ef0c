"""Prepared pictures to float32 tensors (1, 3, H, W) in [0, 1], and back; their size."""

import numpy as np
import torch
from PIL import (
    Image,
    ImageOps,
)
from torch import Tensor
from torch.nn import functional as F

from nst.pictures.alpha import alpha_of, over_white


def to_tensor(image: Image.Image) -> Tensor:
    """Return a prepared picture as a contiguous float32 tensor (1, 3, H, W) in [0, 1].

    Transparent pictures are laid over white, so that colours hidden under transparency are never
    seen; `alpha_of` has the alpha.

    Raises:
        ValueError: the picture is neither RGB nor RGBA: it did not come from `prepare`.
    """
    if image.mode not in ("RGB", "RGBA"):
        raise ValueError(f"expected mode RGB or RGBA, got {image.mode}")
    pixels = torch.from_numpy(np.array(over_white(image))).permute(2, 0, 1).unsqueeze(0)
    return pixels.contiguous().float().div_(255)


def to_style(image: Image.Image) -> Tensor:
    """Return a prepared picture as a tensor (1, 3, H, W), or (1, 4, H, W) with its alpha.

    What is cut out has the mean colour of what is seen: it is to be weighed by the alpha, and is
    not to have edges against what is next to it.
    """
    alpha = alpha_of(image)
    if alpha is None or not alpha.getbbox():
        return to_tensor(image)
    colours = torch.from_numpy(np.array(image)).permute(2, 0, 1).unsqueeze(0).float().div(255)
    colours, seen = colours[:, :3], colours[:, 3:]
    mean = (colours * seen).sum((2, 3), keepdim=True) / seen.sum()
    return torch.cat([torch.lerp(mean, colours, seen), seen], 1)


def to_guide(mask: Image.Image, size: tuple[int, int]) -> Tensor:
    """Return a mask (mode L) at `size` (width, height) as a tensor (1, 1, H, W) in [0, 1]."""
    levels = np.array(mask.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    return torch.from_numpy(levels)[None, None] / 255


def to_image(tensor: Tensor, alpha: Image.Image | None = None) -> Image.Image:
    """Return a tensor (1, 3, H, W) as an 8-bit picture, values outside [0, 1] clamped.

    The mode is RGB, or RGBA with `alpha` (mode L, any size: it is resized to the tensor's).

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    if tensor.ndim != 4 or tensor.shape[:2] != (1, 3):
        raise ValueError(f"expected a tensor (1, 3, H, W), got {tuple(tensor.shape)}")
    if not torch.isfinite(tensor).all():
        raise ValueError("the picture has values that are not finite")
    # Adding a half before the cut rounds to the nearest of the 256 levels.
    levels = tensor.detach()[0].float().clamp(0, 1).mul_(255).add_(0.5).to(torch.uint8)
    image = Image.fromarray(levels.permute(1, 2, 0).contiguous().cpu().numpy())
    if alpha is not None:
        # Sharper filters overshoot, which shows as a faint halo where nothing should be.
        image.putalpha(alpha.resize(image.size, Image.Resampling.BILINEAR))
    return image


def resize_image(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a prepared picture at `size` (width, height), antialiased."""
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a prepared picture at `size` (width, height), cropped, not stretched."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def keep_outside(result: Image.Image, content: Image.Image, mask: Image.Image) -> Image.Image:
    """Return a result that is the content picture, to the bit, where a mask (mode L) is black."""
    small = mask.resize(result.size, Image.Resampling.BILINEAR)
    original = resize_image(content, result.size).convert(result.mode)
    return Image.composite(result, original, small.point(lambda level: 255 * (level > 0)))


def blended(result: Image.Image, content: Image.Image, mask: Image.Image) -> Image.Image:
    """Return a result that gives way to the content picture as a mask (mode L) darkens."""
    original = resize_image(content, result.size).convert(result.mode)
    return Image.composite(result, original, mask.resize(result.size, Image.Resampling.BILINEAR))


def resize_tensor(tensor: Tensor, size: tuple[int, int]) -> Tensor:
    """Return a tensor (1, 3, H, W) at `size` (width, height), antialiased, clamped to [0, 1]."""
    shape = (size[1], size[0])
    return F.interpolate(tensor, shape, mode="bicubic", antialias=True).clamp(0, 1)


def enlarged(small: Tensor, painted: Tensor, photograph: Tensor) -> Tensor:
    """Return a painting of a small photograph at a larger one's size, with what that has beyond it.

    Args:
        small: (1, 3, h, w), the photograph that was painted.
        painted: (1, 3, h, w).
        photograph: (1, 3, H, W), the same photograph.

    Returns:
        (1, 3, H, W) in [0, 1].
    """
    size = (photograph.shape[3], photograph.shape[2])
    detail = photograph - resize_tensor(small, size)
    return resize_tensor(painted, size).add_(detail).clamp_(0, 1)
