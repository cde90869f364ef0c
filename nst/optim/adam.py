"""Adam within [0, 1]."""

import torch
from torch import Tensor


class ProjectedAdam:
    """Adam (Kingma & Ba 2015) with the picture clamped to [0, 1] after every step.

    Args:
        image: (1, 3, H, W) in [0, 1], the start; never changed.
    """

    LEARNING_RATE = 0.02
    BETAS = (0.9, 0.99)

    def __init__(self, image: Tensor) -> None:
        self.image = self._accepted = image.detach()
        self._learning_rate = self.LEARNING_RATE
        self._start()

    def _start(self) -> None:
        self._moving = self.image.clone()
        # eps = 0 would divide by zero where a pixel has no gradient; 1e-12 keeps Adam's
        # invariance to the scale of the loss down to losses of about 1e-6.
        self._adam = torch.optim.Adam(
            [self._moving], lr=self._learning_rate, betas=self.BETAS, eps=1e-12
        )

    def retreat(self) -> None:
        """See `Optimizer.retreat`; moments are forgotten, and the learning rate is quartered."""
        self._learning_rate /= 4
        self.image = self._accepted
        self._start()

    def step(self, loss: float, gradient: Tensor) -> None:
        """See `Optimizer.step`."""
        self._accepted = self.image
        self._moving.grad = gradient
        self._adam.step()
        self._moving.clamp_(0, 1)
        self.image = self._moving.clone()
