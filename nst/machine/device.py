"""Which device pictures are made on: a GPU if there is one that gives the processor's numbers."""

from functools import cache

import torch
import torch.nn.functional as F

TOLERANCE = 1e-3
"""By how much of their size numbers of another device may differ from the processor's."""


def has_cuda() -> bool:
    """Whether there is a GPU of CUDA's, which nothing has to be tried on to know."""
    return torch.cuda.is_available()


def default_device() -> torch.device:
    """CUDA's device if there is one, else Apple's if it works, else the processor."""
    if has_cuda():
        return torch.device("cuda")
    if torch.backends.mps.is_available() and agrees(torch.device("mps")):
        return torch.device("mps")
    return torch.device("cpu")


@cache
def agrees(device: torch.device) -> bool:
    """Whether a device does what a run asks of it, with the processor's numbers.

    Apple's lacks operations in some of PyTorch's releases, and has had wrong results with tensors
    that are not contiguous.
    """
    try:
        there, here = (_sample(d).cpu() for d in (device, torch.device("cpu")))
    except (RuntimeError, NotImplementedError):
        return False
    return bool(torch.allclose(there, here, rtol=TOLERANCE, atol=TOLERANCE))


def _sample(device: torch.device) -> torch.Tensor:
    """A little of everything that an iteration does: the gradient of an image, (1, 3, 24, 24)."""
    values = torch.linspace(0, 9, 8 * 3 * 3 * 3).sin()
    kernel = values.view(8, 3, 3, 3).to(device)
    image = torch.linspace(0, 99, 3 * 24 * 24).cos().view(1, 3, 24, 24).to(device)
    image = image.contiguous(memory_format=torch.channels_last).requires_grad_()
    features = F.max_pool2d(F.conv2d(image, kernel, padding=1).relu(), 2)
    rows = features.flatten(2)
    gram = torch.baddbmm(torch.eye(8, device=device)[None], rows, rows.mT, alpha=1 / rows.shape[2])
    weights = F.adaptive_avg_pool2d(features, (5, 5))
    loss = gram.square().sum() + weights.mean((2, 3)).square().sum() + rows.std()
    return torch.autograd.grad(loss, image)[0]
