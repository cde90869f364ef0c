"""Grey in, grey out: a grey photograph in a grey style is optimised among grey pictures."""

from collections.abc import Generator

from torch import Tensor

from nst.loss.evaluated import Evaluated, Evaluation, Measure, measure_of, whole


class AmongGreys(Evaluated):
    """An objective on the mean of a picture's channels, which is what is seen of it."""

    def __init__(self, objective: Evaluated) -> None:
        self.objective = objective

    def evaluate(self, image: Tensor) -> Evaluation:
        """As the objective's, of the grey picture."""
        return whole(self.in_parts(image))

    def in_parts(self, image: Tensor) -> Generator[float, None, Evaluation]:
        """As the objective's, of the grey picture."""
        loss, gradient, losses = yield from self.objective.in_parts(_greyed(image))
        return loss, _greyed(gradient), losses

    @property
    def measure(self) -> Measure | None:
        """The same without a wait for a GPU, if the objective has it."""
        inner = measure_of(self.objective)
        if inner is None:
            return None

        def measure(image: Tensor) -> tuple[Tensor, Tensor]:
            numbers, gradient = inner(_greyed(image))
            return numbers, _greyed(gradient)

        return measure

    def picture(self, image: Tensor) -> Tensor:
        """What is seen of an optimised image (1, 3, H, W)."""
        return self.objective.picture(_greyed(image))


def _greyed(image: Tensor) -> Tensor:
    """The mean over the channels of (1, 3, H, W), in each of them."""
    return image.mean(1, keepdim=True).repeat(1, 3, 1, 1)
