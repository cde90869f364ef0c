"""What a picture is optimised for at one scale: the loss and its gradient, of the whole at once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from nst.features.network import FeatureNetwork
from nst.features.trace import Source
from nst.loss.aim import StyleMoments, Wanted
from nst.loss.balance import Balance
from nst.loss.content import ContentTarget
from nst.loss.evaluated import Evaluated, Evaluation, Losses
from nst.loss.moments import mean_products, moments
from nst.loss.regions import Region, root_guide
from nst.loss.total_variation import add_total_variation
from nst.machine.graph import Recorder
from nst.settings import Settings


class Objective(Evaluated):
    """Content and style loss in a balance, with total variation added, at one scale.

    Args:
        content: (1, 3, H, W) in [0, 1].
        regions: at least one.
        balance: of content and style; what `settings.style_strength` says when None.
    """

    def __init__(
        self,
        features: FeatureNetwork,
        content: Tensor,
        regions: Sequence[Region],
        settings: Settings,
        balance: Balance | None = None,
    ) -> None:
        self.features = features
        self._wanted = wanted = Wanted.of(features, settings)
        self.tv_weight = wanted.tv_weight
        with torch.no_grad():
            activations = features(content, wanted.layers)
            self.layers = list(activations)
            self._contents = {k: activations[k] for k in wanted.contents}
            contents = {
                k: ContentTarget.of(*moments(x), features.metrics.get(k))
                for k, x in self._contents.items()
            }
            styles = [[self._moments(style) for style, _ in region.styles] for region in regions]
            sizes = {k: (x.shape[2], x.shape[3]) for k, x in activations.items()}
            comparisons = wanted.comparisons(regions, styles, sizes)
            start = [each.moments(each.features(activations)) for each in comparisons]
            self._aim = wanted.aim(contents, comparisons, start, balance)
        self.balance = self._aim.balance
        self._recorder = Recorder() if content.device.type == "cuda" else None

    def _moments(self, style: Tensor) -> StyleMoments:
        """The Gram matrix and the mean of each layer for a style (1, 3, H, W), or with alpha."""
        colours, alpha = style[:, :3], style[:, 3:]
        found = {}
        for k, x in self.features(colours, self._wanted.weights).items():
            root = root_guide(alpha, (x.shape[2], x.shape[3])).to(x) if alpha.numel() else None
            x = x if root is None else x * root
            found[k] = mean_products(x), self._wanted.statistic.mean_of(x, root)
        return found

    def picture(self, image: Tensor) -> Tensor:
        """What is to be seen of an optimised image (1, 3, H, W): all of it."""
        return image

    @torch.no_grad()
    def evaluate(self, image: Tensor) -> Evaluation:
        """Return the loss, its gradient (1, 3, H, W) and its parts for an image (1, 3, H, W).

        A loss that is finite has a gradient that is finite everywhere.
        """
        if self._recorder is None:
            numbers, gradient = self.measure(image)
        else:
            numbers, gradient = self._recorder(self.measure, image)
        total, *parts = numbers.tolist()  # the one wait for a GPU
        return total, gradient, Losses(*parts)

    @torch.no_grad()
    def measure(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """See `nst.loss.evaluated.Measure`.

        Nothing is left to autograd: `Aim` has the gradient of moments, and `nst.features.trace` the
        way back through the network.
        """
        trace, comparisons = self.features.trace(image, self.layers), self._aim.comparisons
        compared = [comparison.features(trace.activations) for comparison in comparisons]
        seen = [each.moments(x) for each, x in zip(comparisons, compared, strict=True)]
        differences = {k: trace.activations[k] - x for k, x in self._contents.items()}
        judged = self._aim.judge({k: mean_products(x) for k, x in differences.items()}, seen)
        sources: dict[str, list[Source]] = {layer: [] for layer in self.layers}
        for layer, difference in differences.items():
            sources[layer].append(Source(difference, judged.slopes[layer]))
        for each, x, result in zip(comparisons, compared, judged.compared, strict=True):
            sources[each.layer].append(each.source(x, result, judged.by_style))
        gradient = trace.gradient(sources)
        total_variation = add_total_variation(gradient, image, self.tv_weight)
        # One NaN or infinity in the gradient is enough to make its sum one, and 0 times it a NaN.
        loss = judged.loss + self.tv_weight * total_variation + 0 * gradient.sum()
        return torch.stack([loss, *judged.parts, total_variation]), gradient
