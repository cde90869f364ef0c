"""Grey in, grey out: a grey photograph in a grey style is optimised among grey pictures."""

from torch import Tensor

from nst.loss.evaluated import Seen


class AmongGreys(Seen):
    """An objective on the mean of a picture's channels, which is what is seen of it."""

    def seen(self, image: Tensor) -> Tensor:
        """The mean over the channels of (1, 3, H, W), in each of them."""
        return image.mean(1, keepdim=True).repeat(1, 3, 1, 1)

    def back(self, gradient: Tensor) -> Tensor:
        """The same mean: what each channel adds to all."""
        return self.seen(gradient)
