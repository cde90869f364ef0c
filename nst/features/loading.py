"""load_features(): a network by name, on the device and in the precision that suit it."""

import pkgutil

import torch

from nst.features.metric import Metric
from nst.features.network import FeatureNetwork
from nst.machine.defaults import usual_defaults
from nst.machine.device import default_device
from nst.machine.precision import chosen_dtype
from nst.machine.weights import fingerprint
from nst.settings import FEATURE_NETWORKS, FEATURES
from nst.specs import InputError


@usual_defaults()
def load_features(
    name: str = "auto",
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
) -> FeatureNetwork:
    """Load a feature network, frozen and ready for use.

    Args:
        name: "vgg19", "compact", or "auto": vgg19 on a GPU if its weights are there or can be
            fetched, else compact. The result's `name` and `reason` say what came of it.
        device: where to put it; a GPU if there is one when None.
        dtype: of the convolutions and their activations, see `nst.machine.precision`; the
            device's fastest when None. Losses and the picture are float32 all the same.

    Raises:
        InputError: an unknown name or precision, or "vgg19" whose weights cannot be had.
    """
    FEATURES.check("features", name)
    device = torch.device(device or default_device())
    dtype = chosen_dtype(device, dtype)
    network = _choose(device) if name == "auto" else _load(name)
    # Not of the metrics, which each machine rounds by itself.
    network.version = fingerprint(network.parameters())
    # torch's types do not know this form of it.
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    network.convolutions.to(dtype)
    network.metrics = {
        layer: Metric(metric.weight.to(device), metric.bias.to(device))
        for layer, metric in network.metrics.items()
    }
    return network.requires_grad_(False).eval()


def _choose(device: torch.device) -> FeatureNetwork:
    if device.type == "cpu":
        network = _load("compact")
        network.reason = "there is no GPU, where VGG19 would take minutes"
        return network
    try:
        network = _load("vgg19")
        network.reason = "there is a GPU"
    except InputError as error:
        network = _load("compact")
        network.reason = str(error)
    return network


def _load(name: str) -> FeatureNetwork:
    return pkgutil.resolve_name(FEATURE_NETWORKS[name])()
