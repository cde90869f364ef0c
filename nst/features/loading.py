"""load_features(): a network by name, on the device and in the precision that suit it."""

from pathlib import Path

import torch

from nst.features.metric import Metric
from nst.features.network import COMPACT, FeatureNetwork
from nst.features.vgg19 import load_vgg19, vgg19_file
from nst.machine.defaults import usual_defaults
from nst.machine.device import default_device
from nst.machine.precision import fastest_dtype
from nst.machine.weights import damaged, fingerprint, read_weights
from nst.settings import FEATURES
from nst.specs import InputError

COMPACT_FILE = Path(__file__).parents[1] / "weights" / "compact.safetensors"
"""The distilled network that ships with the project."""


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
        dtype: of the convolutions and their activations; the device's fastest when None. Losses
            and the picture are float32 all the same.

    Raises:
        InputError: an unknown name, or "vgg19" whose weights cannot be had.
    """
    FEATURES.check("features", name)
    device = torch.device(device or default_device())
    if name == "auto":
        network = _choose(device)
    elif name == "vgg19":
        network = load_vgg19(vgg19_file())
    else:
        network = _load_compact()
    # Not of the metrics, which each machine rounds by itself.
    network.version = fingerprint(network.parameters())
    # torch's types do not know this form of it.
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    network.convolutions.to(dtype or fastest_dtype(device))
    network.metrics = {
        layer: Metric(metric.weight.to(device), metric.bias.to(device))
        for layer, metric in network.metrics.items()
    }
    return network.requires_grad_(False).eval()


def _choose(device: torch.device) -> FeatureNetwork:
    if device.type == "cpu":
        network = _load_compact()
        network.reason = "there is no GPU, where VGG19 would take minutes"
        return network
    try:
        network = load_vgg19(vgg19_file())
        network.reason = "there is a GPU"
    except InputError as error:
        network = _load_compact()
        network.reason = str(error)
    return network


def _load_compact() -> FeatureNetwork:
    network = FeatureNetwork("compact", COMPACT)
    weights, _ = read_weights(COMPACT_FILE, "the compact network")
    metrics = {key.split(".")[1] for key in weights if key.startswith("metrics.")}
    network.metrics = {
        layer: Metric(
            weights.pop(f"metrics.{layer}.weight"), weights.pop(f"metrics.{layer}.bias")
        ).rotated()
        for layer in sorted(metrics)
    }
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:  # whole, but another network's
        raise damaged("the compact network", COMPACT_FILE) from error
    return network
