"""What a style asks of a picture's activations, in closed form: optimal transport of Gaussians.

At each layer the activations of a picture and of a style are taken for Gaussians. The map that
moves the one into the other at the least cost is linear (Olkin & Pukelsheim 1982; Mroueh 2019,
"Wasserstein Style Transfer"; Li et al. 2017, "Universal Style Transfer via Feature Transforms",
takes another one), and what it adds to each activation is a displacement: half of the gradient that
`nst.loss.wasserstein` has there, with the sign changed and in that loss's own matrices.

Nothing here depends on where a pixel is: a picture can be seen in tiles, as long as its moments are
those of the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from nst.features.metric import Metric
from nst.features.network import FeatureNetwork
from nst.loss.moments import moments
from nst.loss.wasserstein import Wasserstein

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
"""The layers whose activations are moved."""
CONTENT_LAYER = "relu3_3"
"""The layer by whose activations the photograph holds on to its drawing."""
PIXELS = "pixels"
"""What stands for the picture itself among the layers: its colours are moved, too."""
UNITS = {"relu1_1": 50.0, "relu2_1": 200.0, "relu3_1": 350.0, "relu4_1": 2.3, CONTENT_LAYER: 500.0}
"""What displacements are counted in: their usual size, in the compact network's metrics."""
FAINTEST = 1e-6
"""Of the directions in a metric, those that are smaller than this share of the largest are not
stretched to its size."""

Moments = Mapping[str, tuple[Tensor, Tensor]]
"""By layer and `PIXELS`, Gram matrices (N, C, C) and means (N, C)."""
Aim = Mapping[str, Wasserstein]
"""The Gaussians that a picture is moved towards, by layer and `PIXELS`."""


@dataclass(frozen=True)
class Seen:
    """A picture (N, 3, H, W), and by layer its activations (N, C, H', W')."""

    image: Tensor
    activations: Mapping[str, Tensor]

    def of(self, layer: str) -> Tensor:
        """The activations of a layer, or the picture."""
        return self.image if layer == PIXELS else self.activations[layer]

    def only(self, layer: str) -> "Seen":
        """Without what was seen at other layers."""
        return Seen(self.image, {layer: self.activations[layer]})

    def __getitem__(self, which: slice) -> "Seen":
        """Some of the pictures."""
        return Seen(self.image[which], {k: x[which] for k, x in self.activations.items()})


class Transport:
    """A feature network's view of pictures, and the displacements in it.

    Attributes:
        features: the network, the compact one: its metrics say how far activations are apart.
    """

    def __init__(self, features: FeatureNetwork) -> None:
        self.features = features
        metrics = features.metrics
        self._inverse_roots = {k: _power(metrics[k], -0.5) / UNITS[k] for k in LAYERS}
        self._content_root = _power(metrics[CONTENT_LAYER], 0.5) / UNITS[CONTENT_LAYER]

    def see(self, image: Tensor) -> Seen:
        """What the network sees in pictures (N, 3, H, W), RGB in [0, 1]."""
        return Seen(image, self.features(image, {*LAYERS, CONTENT_LAYER}))

    def content(self, image: Tensor) -> Tensor:
        """The activations (N, C, H', W') of pictures (N, 3, H, W) at the content layer."""
        return self.features(image, {CONTENT_LAYER})[CONTENT_LAYER]

    def moments(self, seen: Seen) -> Moments:
        """The moments of each picture."""
        return {layer: moments(seen.of(layer)) for layer in (*LAYERS, PIXELS)}

    def aim(self, of_style: Moments) -> Aim:
        """The Gaussians of moments with N = 1."""
        return {
            layer: Wasserstein.of(*pair, self.features.metrics.get(layer))
            for layer, pair in of_style.items()
        }

    def displacements(self, seen: Seen, own: Moments, aim: Aim) -> dict[str, Tensor]:
        """What is to be added to the picture, and to its activations, to be as the aim is.

        Args:
            seen: the picture, or a part of it.
            own: moments of the whole picture, N = 1.
            aim: where it is to go.

        Returns:
            By layer and `PIXELS`, of the shape of `seen`; activations in the metric of their layer,
            in `UNITS`.
        """
        return {layer: self._moved(seen.of(layer), layer, own, aim) for layer in aim}

    def _moved(self, x: Tensor, layer: str, own: Moments, aim: Aim) -> Tensor:
        gram, mean = own[layer]
        compared = aim[layer].compare(gram, mean)
        slope, shift = compared.by_gram[0], compared.by_mean
        assert shift is not None
        spread, offset = aim[layer].spread.to(slope), shift[0] / 2
        if layer != PIXELS:
            slope, offset = (self._inverse_roots[layer] @ part for part in (slope, offset))
        weight, bias = (-(spread * part).to(x) for part in (slope, offset))
        return F.conv2d(x, weight[:, :, None, None], bias)

    def held(self, seen: Seen, photograph: Tensor) -> Tensor:
        """What brings a picture back to a photograph's activations (N, C, H', W') at the content
        layer, in its metric and its unit."""
        away = photograph - seen.activations[CONTENT_LAYER]
        return F.conv2d(away, self._content_root.to(away)[:, :, None, None])


def mixed(shares: Iterable[tuple[Moments, float]]) -> Moments:
    """The moments of a mixture: means of moments, by shares of sum 1."""
    parts = list(shares)

    def mean(layer: str, i: int) -> Tensor:
        return torch.stack([share * part[layer][i] for part, share in parts]).sum(0)

    return {layer: (mean(layer, 0), mean(layer, 1)) for layer in parts[0][0]}


def _power(metric: Metric, exponent: float) -> Tensor:
    """A power of AᵀA (C, C) for a metric's A."""
    weight = metric.weight.double()
    values, vectors = torch.linalg.eigh(weight.T @ weight)
    values = values.clamp_min(FAINTEST * values.max())
    return (vectors * values**exponent @ vectors.T).to(metric.weight)
