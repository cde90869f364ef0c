"""Style transfer as tutorials write it, to compare with: float32, NCHW, torch.optim.LBFGS.

The network is torchvision's VGG19 as a row of modules, cut after the last layer in use. Layers and
losses are those of `nst` (each relative to its target), written the plain way: whole activations
to float32 Gram matrices. torch's L-BFGS depends on the scale of the loss; `LOSS_SCALE` plays the
part of the tutorials' style weight of a million.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from nst.features.network import FeatureNetwork

LOSS_SCALE = 100.0
"""A factor with which torch's L-BFGS runs: it has been seen to stall with 1, 1e4 and 1e6 on
pictures where it converged with 100. On the benchmark's own, all four end within 2 %."""


class Textbook:
    """Losses and their gradient by VGG19, without one thought of speed.

    Args:
        features: a float32 VGG19 whose weights are copied.
        content: (1, 3, H, W) in [0, 1].
        style: (1, 3, H', W') in [0, 1].
        layer_weights: of the style layers; they sum to 1.
    """

    def __init__(
        self,
        features: FeatureNetwork,
        content: Tensor,
        style: Tensor,
        layer_weights: Mapping[str, float],
        content_weight: float,
        style_weight: float,
    ) -> None:
        self.layer_weights, self.content_layer = dict(layer_weights), features.content_layer
        self.content_weight, self.style_weight = content_weight, style_weight
        self.mean, self.std = features.mean, features.std
        self.modules, self.names = _modules(features, {*layer_weights, self.content_layer})
        with torch.no_grad():
            self.content = self._activations(content)[self.content_layer]
            activations = self._activations(style)
            self.grams = {layer: _gram(activations[layer]) for layer in self.layer_weights}

    def _activations(self, x: Tensor) -> dict[str, Tensor]:
        activations = {}
        x = (x - self.mean) / self.std
        for module, name in zip(self.modules, self.names, strict=True):
            x = module(x)
            if name:
                activations[name] = x
        return activations

    def loss(self, image: Tensor) -> Tensor:
        """The loss of an image (1, 3, H, W), a scalar."""
        activations = self._activations(image)
        difference = activations[self.content_layer] - self.content
        content = difference.square().sum() / self.content.square().sum()
        style = 0.0
        for layer, weight in self.layer_weights.items():
            gram, target = _gram(activations[layer]), self.grams[layer]
            style = style + weight * (gram - target).square().sum() / target.square().sum()
        return self.content_weight * content + self.style_weight * style

    def run(self, image: Tensor) -> Iterator[tuple[float, Tensor]]:
        """Optimise from `image`, yielding the loss and the picture after each evaluation."""
        image = image.clone().contiguous().requires_grad_()
        optimizer = torch.optim.LBFGS([image], max_iter=1)  # else all of torch's defaults

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = LOSS_SCALE * self.loss(image)
            loss.backward()
            return loss

        while True:
            loss = optimizer.step(closure)
            yield float(loss.detach()) / LOSS_SCALE, image.detach()


def _gram(activations: Tensor) -> Tensor:
    flat = activations.flatten(2).squeeze(0)  # (C, H·W)
    return flat @ flat.T / flat.shape[1]


def _modules(
    features: FeatureNetwork, wanted: set[str]
) -> tuple[list[nn.Module], list[str | None]]:
    """torchvision's modules up to the last layer in `wanted`, and the names to read them by."""
    modules, names = [], []
    for row, convolution in zip(features.table, features.convolutions, strict=True):
        if row.pool:
            modules.append(nn.MaxPool2d(2))
            names.append(None)
        plain = nn.Conv2d(convolution.in_channels, row.channels, 3, padding=1)
        plain.load_state_dict(convolution.state_dict())
        plain = plain.to(features.device, memory_format=torch.contiguous_format)
        modules += [plain.requires_grad_(False), nn.ReLU()]
        names += [None, row.layer if row.layer in wanted else None]
        if wanted <= set(names):
            break
    return modules, names
