"""What each scale of a run starts from: what was asked for, or the picture of the one before."""

import torch
from PIL import Image
from torch import Tensor

from nst.inputs import Pictures
from nst.pictures import bounds, tensors
from nst.settings import Settings


def start_of(
    previous: Tensor | None, content: Tensor, pictures: Pictures, settings: Settings
) -> Tensor:
    """The picture that a scale starts from.

    The details that only now show are the photograph's own, where a run starts from that or from a
    painting of it: half as many iterations then do as when they had to be found again.

    Args:
        previous: (1, 3, h, w), the picture of the coarser scale, if there was one.
        content: (1, 3, H, W), the photograph at this scale.

    Returns:
        (1, 3, H, W) on the content's device.
    """
    size = content.shape[3], content.shape[2]
    if previous is None:
        if settings.init != "image" or not _is_enlarged(pictures, size):
            return _begun(content, pictures, settings)
        previous = tensors.to_tensor(_given(pictures)).to(content.device)
    if settings.init == "content" or (settings.init == "image" and _is_of_it(pictures)):
        small = tensors.resize_tensor(content, (previous.shape[3], previous.shape[2]))
        return tensors.enlarged(small, previous, content)
    return tensors.resize_tensor(previous, size)


def _begun(content: Tensor, pictures: Pictures, settings: Settings) -> Tensor:
    """What the first scale starts from, but for a smaller painting of the photograph."""
    if settings.init == "noise":
        generator = torch.Generator().manual_seed(settings.seed)
        return torch.rand(content.shape, generator=generator).to(content.device)
    if settings.init in ("style", "image"):
        own = _given(pictures) if settings.init == "image" else pictures.styles[0][0]
        covering = tensors.cover(own, (content.shape[3], content.shape[2]))
        return tensors.to_tensor(covering).to(content.device)
    return content


def _is_enlarged(pictures: Pictures, size: tuple[int, int]) -> bool:
    return _is_of_it(pictures) and max(_given(pictures).size) < max(size)


def _is_of_it(pictures: Pictures) -> bool:
    """Whether the start may be a painting of the photograph: of another shape, it is none."""
    return bounds.have_one_shape(_given(pictures).size, pictures.content.size)


def _given(pictures: Pictures) -> Image.Image:
    assert pictures.start is not None  # `nst.inputs.prepare` has seen to it
    return pictures.start
