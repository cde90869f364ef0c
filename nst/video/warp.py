"""What was painted before, moved along to the next frame, and where it can be seen there.

Ruder, Dosovitskiy & Brox 2016, "Artistic style transfer for videos", section 4: equations are
theirs.
"""

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nst.pictures import tensors
from nst.video.flow import flow

STILL = 0.2
"""Pixels: what moves by less is taken to stand, and is copied and not interpolated. The flow of
noise is such, but in even parts, where there is nothing else to be found."""
EXPLAINED = 0.85
"""Where the camera stands, a flow has to leave this share of the difference between two
photographs, or less: else it is that of noise."""
DRAWN = 0.75
"""Share of the pixels with the least contrast, which tell nothing of the camera."""
AROUND = 9
"""Side in pixels of the square in which photographs are compared for that."""
DIFFERENT = 0.12
"""By how much of black to white a photograph may differ from the one before, moved along, where
that is seen again: beyond it, the flow has found something else."""


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """Fetch each pixel of an image from where a flow points to.

    Args:
        image: (1, C, H, W).
        flow: (1, 2, H, W) in pixels: across, down.

    Returns:
        (1, C, H, W) on the processor: at p the image at p + flow(p), by Lanczos's kernel of 8 × 8;
        beyond the border, what is nearest. What is moved again and again by a bicubic kernel loses
        its strokes: after 12 frames it had twice as far to a painting's style.
    """
    import cv2

    across, down = (part.contiguous().numpy() for part in _places(flow.float().cpu()))
    pixels = image[0].permute(1, 2, 0).float().cpu().contiguous().numpy()
    moved = cv2.remap(pixels, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    return torch.from_numpy(moved.reshape(pixels.shape)).permute(2, 0, 1)[None].to(image.dtype)


def _places(flow: Tensor) -> tuple[Tensor, Tensor]:
    """Where a flow points to, across and down: (H, W) each, counted from the first pixel."""
    height, width = flow.shape[2:]
    across = torch.arange(width, dtype=flow.dtype, device=flow.device) + flow[0, 0]
    down = torch.arange(height, dtype=flow.dtype, device=flow.device)[:, None] + flow[0, 1]
    return across, down


def _bilinear(image: Tensor, flow: Tensor) -> Tensor:
    """As `warp`, more softly, and in torch."""
    height, width = image.shape[2:]
    across, down = _places(flow)
    # The middles of the outermost pixels are at ±1.
    places = [across * 2 / max(1, width - 1) - 1, down * 2 / max(1, height - 1) - 1]
    grid = torch.stack(places, 2)[None]
    return F.grid_sample(image, grid, padding_mode="border", align_corners=True)


def visible(backward: Tensor, forward: Tensor) -> Tensor:
    """Where the previous frame can be seen in the next: not disoccluded, not at a motion boundary.

    Args:
        backward: (1, 2, H, W), the flow ŵ from the next frame to the previous one.
        forward: (1, 2, H, W), the flow w from the previous frame to the next one.

    Returns:
        (1, 1, H, W), 1 or 0: the weights c of eq. 7 from eqs. 5 (with w̃(p) = w(p + ŵ(p))) and 6,
        and 0 where the flow leaves the picture.
    """
    there = _bilinear(forward, backward)
    lengths = _squared(there) + _squared(backward)
    disoccluded = _squared(there + backward) > 0.01 * lengths + 0.5
    boundary = _changes(backward) > 0.01 * _squared(backward) + 0.002
    return 1 - (disoccluded | boundary | ~_inside(backward)).to(backward.dtype)


def _squared(flow: Tensor) -> Tensor:
    return flow.square().sum(1, keepdim=True)


def _changes(flow: Tensor) -> Tensor:
    """|∇u|² + |∇v|², by central differences: (1, 1, H, W)."""
    around = F.pad(flow, (1, 1, 1, 1), mode="replicate")
    across = (around[:, :, 1:-1, 2:] - around[:, :, 1:-1, :-2]) / 2
    down = (around[:, :, 2:, 1:-1] - around[:, :, :-2, 1:-1]) / 2
    return _squared(across) + _squared(down)


def _inside(flow: Tensor) -> Tensor:
    """Whether a flow points to a place within the picture: (1, 1, H, W)."""
    height, width = flow.shape[2:]
    across, down = _places(flow)
    within = (across > -0.5) & (across < width - 0.5) & (down > -0.5) & (down < height - 0.5)
    return within[None, None]


@dataclass(frozen=True)
class Motion:
    """How one photograph became the next.

    Attributes:
        backward: (1, 2, H, W), from the next one to the previous one.
        seen: (1, 1, H, W) in [0, 1], where the previous one is seen again.
    """

    backward: Tensor
    seen: Tensor

    def moved(self, image: Tensor) -> Tensor:
        """What belonged to the previous photograph (1, C, H, W), where it is in the next."""
        return warp(image, self.backward).clamp(0, 1)


def motion(previous: Image.Image, photograph: Image.Image) -> Motion:
    """The motion from one photograph to the next, RGB and of one size."""
    before, now = tensors.to_tensor(previous), tensors.to_tensor(photograph)
    backward, forward = flow(photograph, previous), flow(previous, photograph)
    backward = _explained(_standing(backward), before, now)
    seen = visible(backward, forward) * alike(now, warp(before, backward))
    return Motion(backward, seen)


def _standing(flow: Tensor) -> Tensor:
    """A flow that is 0 where it is nearly so."""
    length = _squared(flow).sqrt()
    return flow * ((length - STILL) / STILL).clamp(0, 1)


def _explained(flow: Tensor, before: Tensor, now: Tensor) -> Tensor:
    """A flow that is 0 where the camera stands and the photographs differ by noise.

    Args:
        before: (1, 3, H, W), where the flow points to.
        now: (1, 3, H, W), where it begins.
    """
    contrast = _changes(now.mean(1, keepdim=True))
    drawn = contrast >= contrast.flatten().kthvalue(max(1, int(DRAWN * contrast.numel()))).values
    if _squared(flow)[drawn].median().sqrt() >= STILL:
        return flow  # it pans: what is even moves as what is beside it
    moved, stood = (_difference(now, x, AROUND) for x in (warp(before, flow), before))
    return flow * (moved < EXPLAINED * stood)


def alike(photograph: Tensor, moved: Tensor) -> Tensor:
    """How much a photograph looks like another, moved to it: (1, 1, H, W) in [0, 1].

    Args:
        photograph: (1, 3, H, W).
        moved: (1, 3, H, W).
    """
    return (2 - _difference(photograph, moved, 5) / DIFFERENT).clamp(0, 1)


def _difference(one: Tensor, other: Tensor, side: int) -> Tensor:
    """The mean difference of two images in a square around each pixel: (1, 1, H, W)."""
    difference = (one - other).abs().mean(1, keepdim=True)
    return F.avg_pool2d(difference, side, 1, side // 2, count_include_pad=False)
