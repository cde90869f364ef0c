"""Total variation: the loss, and its gradient added to one."""

from torch import Tensor


def total_variation_loss(image: Tensor) -> Tensor:
    """Mean squared difference between neighbouring pixels, across plus down.

    Gatys et al. 2016 have no such term; it was added by Mahendran & Vedaldi 2015 (with an exponent)
    and Johnson et al. 2016 against high-frequency noise. Squares keep it smooth for L-BFGS.

    Args:
        image: (1, 3, H, W) with H and W of at least 2.

    Returns:
        A scalar: 0 for a flat picture, 2 for a checkerboard of 0 and 1.
    """
    across, down = image.diff(dim=3), image.diff(dim=2)
    return across.square().mean() + down.square().mean()


def add_total_variation(gradient: Tensor, image: Tensor, weight: float) -> Tensor:
    """Add the gradient of `weight` times the total variation to `gradient`, in place.

    Autograd goes over the picture four times as often.

    Args:
        gradient: (1, 3, H, W).
        image: (1, 3, H, W).

    Returns:
        The total variation loss itself, a scalar.
    """
    loss = image.new_zeros(())
    for axis in (2, 3):
        change = image.diff(dim=axis)
        flat, count = change.flatten(), change.shape[axis]
        loss += flat @ flat / flat.numel()
        scale = 2 * weight / flat.numel()
        if weight:
            gradient.narrow(axis, 1, count).add_(change, alpha=scale)
            gradient.narrow(axis, 0, count).sub_(change, alpha=scale)
    return loss
