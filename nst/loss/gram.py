"""The style loss of Gatys et al. 2016: the distance between Gram matrices."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from nst.features.metric import Metric
from nst.loss.gatys import SMALLEST_TARGET, bordered, in_metric
from nst.loss.moments import channel_means
from nst.loss.statistic import Compared


@dataclass(frozen=True)
class Gram:
    """A style picture's Gram matrix, of its activations' moments (see `nst.loss.moments.moments`).

    The loss is E_l of Gatys et al. 2016, eq. 4, relative to the target (Cheng et al. 2021). Its
    gradient is written out: autograd takes twice the time for such small matrices.

    Attributes:
        moments: the Gram matrix (1, C, C); in a metric, bordered by the mean (1, C + 1, C + 1).
        form: (C + 1, C + 1), the metric's [A b]ᵀ·[A b], or None.
        size: of the Gram matrix in the metric, squared: a scalar.
    """

    efforts: ClassVar = (0.0, 40.0, 80.0, 96.0, 100.0)
    content_layers: ClassVar = (("relu4_2", "relu3_3", "relu2_2", "relu1_2", "relu1_1"),)
    mean_of: ClassVar = staticmethod(channel_means)

    moments: Tensor
    form: Tensor | None
    size: Tensor

    @classmethod
    def of(cls, gram: Tensor, mean: Tensor, metric: Metric | None) -> "Gram":
        """The target that `nst.loss.gatys.style_loss` compares with, given its moments."""
        size = in_metric(gram, mean, metric).square().sum().clamp_min(SMALLEST_TARGET)
        if metric is None:
            return cls(gram, None, size)
        affine = metric.affine
        return cls(bordered(gram, mean), affine.T @ affine, size)

    @property
    def needs_mean(self) -> bool:
        """Only the map of a metric needs the mean."""
        return self.form is not None

    def compare(self, gram: Tensor, mean: Tensor | None) -> Compared:
        """The loss of moments; `mean` is not used without a metric."""
        if self.form is None:
            away = gram - self.moments
            return Compared(away.square().sum() / self.size, away * (2 / self.size), None)
        # |A·D·Aᵀ|² is the inner product of D with Q·D·Q for Q = Aᵀ·A, half of its gradient.
        assert mean is not None
        away = bordered(gram, mean) - self.moments
        slope = self.form @ away @ (self.form * (2 / self.size))
        # The mean stands in the bottom row and in the last column.
        return Compared((away * slope).sum() / 2, slope[:, :-1, :-1], 2 * slope[:, :-1, -1])
