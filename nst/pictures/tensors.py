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
from nst.pictures.bounds import strips
from nst.pictures.deep import Deep, Result


def to_tensor(image: Image.Image) -> Tensor:
    """Return a prepared picture as a contiguous float32 tensor (1, 3, H, W) in [0, 1].

    Transparent pictures are laid over white, so that colours hidden under transparency are never
    seen; `alpha_of` has the alpha.

    Raises:
        ValueError: the picture is neither RGB nor RGBA: it did not come from `prepare`.
    """
    if image.mode not in ("RGB", "RGBA"):
        raise ValueError(f"expected mode RGB or RGBA, got {image.mode}")
    tensor = torch.empty(1, 3, image.height, image.width, dtype=torch.float32)
    for rows in strips(image.size):
        strip = over_white(image.crop((0, rows.start, image.width, rows.stop)))
        tensor[0, :, rows] = torch.from_numpy(np.array(strip)).permute(2, 0, 1)
    return tensor.div_(255)


def to_style(image: Image.Image) -> Tensor:
    """Return a prepared picture as a tensor (1, 3, H, W), or (1, 4, H, W) with its alpha.

    What is cut out has the mean colour of what is seen: it is to be weighed by the alpha, and is
    not to have edges against what is next to it.
    """
    alpha = alpha_of(image)
    if alpha is None or not alpha.getbbox():
        return to_tensor(image)
    style = torch.empty(1, 4, image.height, image.width, dtype=torch.float32)
    sums = torch.zeros(4, dtype=torch.float64)
    for rows in strips(image.size):
        levels = np.array(image.crop((0, rows.start, image.width, rows.stop)))
        part = torch.from_numpy(levels).permute(2, 0, 1)
        style[0, :, rows] = part.float().div_(255)
        weighed = part.double()
        weighed[:3] *= weighed[3:]
        sums += weighed.sum((1, 2))  # of whole numbers: exact
    mean = (sums[:3] / sums[3] / 255).float().view(3, 1, 1)
    for rows in strips(image.size):
        part = style[0, :, rows]
        part[:3] = torch.lerp(mean, part[:3], part[3:])
    return style


def to_guide(mask: Image.Image, size: tuple[int, int]) -> Tensor:
    """Return a mask (mode L) at `size` (width, height) as a tensor (1, 1, H, W) in [0, 1]."""
    levels = np.array(mask.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    return torch.from_numpy(levels)[None, None].div_(255)


def to_image(tensor: Tensor, alpha: Image.Image | None = None) -> Image.Image:
    """Return a tensor (1, 3, H, W) as an 8-bit picture, values outside [0, 1] clamped.

    The mode is RGB, or RGBA with `alpha` (mode L, any size: it is resized to the tensor's).

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    _check(tensor)
    image = Image.new("RGB", (tensor.shape[3], tensor.shape[2]))
    for rows in strips(image.size):
        # Adding a half before the cut rounds to the nearest of the 256 levels.
        strip = tensor.detach()[0, :, rows].float().clamp(0, 1).mul_(255).add_(0.5).to(torch.uint8)
        levels = strip.permute(1, 2, 0).contiguous().cpu().numpy()
        image.paste(Image.fromarray(levels), (0, rows.start))
    if alpha is not None:
        image.putalpha(_alpha_at(alpha, image.size))
    return image


def to_deep(tensor: Tensor, alpha: Image.Image | None = None) -> Deep:
    """Return a tensor (1, 3, H, W) with all of its shades, its alpha as `to_image` has it.

    The colours are the tensor's own memory where that is a processor's.

    Raises:
        ValueError: as `to_image`.
    """
    _check(tensor)
    colours = tensor.detach()[0].float().permute(1, 2, 0).cpu().numpy()
    if alpha is not None:
        alpha = _alpha_at(alpha, (tensor.shape[3], tensor.shape[2]))
    return Deep(colours, alpha)


def _check(tensor: Tensor) -> None:
    if tensor.ndim != 4 or tensor.shape[:2] != (1, 3):
        raise ValueError(f"expected a tensor (1, 3, H, W), got {tuple(tensor.shape)}")
    # What is not finite makes one of them so; a map of what is finite is as large as the tensor.
    if not torch.stack(tensor.detach().aminmax()).isfinite().all():
        raise ValueError("the picture has values that are not finite")


def _alpha_at(alpha: Image.Image, size: tuple[int, int]) -> Image.Image:
    # Sharper filters overshoot, which shows as a faint halo where nothing should be.
    return alpha.resize(size, Image.Resampling.BILINEAR)


def resize_image(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a prepared picture at `size` (width, height), antialiased; itself if it has that."""
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a prepared picture at `size` (width, height), cropped, not stretched."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def keep_outside(result: Result, content: Image.Image, mask: Image.Image) -> Result:
    """Return a result that is the content picture, to the bit, where a mask (mode L) is black."""
    small = mask.resize(result.size, Image.Resampling.BILINEAR)
    return _over(result, content, small.point(lambda level: 255 * (level > 0)))


def blended(result: Result, content: Image.Image, mask: Image.Image) -> Result:
    """Return a result that gives way to the content picture as a mask (mode L) darkens."""
    return _over(result, content, mask.resize(result.size, Image.Resampling.BILINEAR))


def _over(result: Result, content: Image.Image, seen: Image.Image) -> Result:
    original = resize_image(content, result.size)
    if isinstance(result, Deep):
        return result.over(original, seen)
    over = Image.new(result.mode, result.size)
    for rows in strips(result.size):
        box = (0, rows.start, result.width, rows.stop)
        part = original.crop(box).convert(result.mode)
        part.paste(result.crop(box), (0, 0), seen.crop(box))
        over.paste(part, (0, rows.start))
    return over


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
