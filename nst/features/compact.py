"""The compact network: distilled from VGG19 by `training.compact`, and shipped with the project."""

from pathlib import Path

from nst.features.metric import Metric
from nst.features.network import COMPACT, FeatureNetwork
from nst.machine.weights import damaged, read_weights

COMPACT_FILE = Path(__file__).parents[1] / "weights" / "compact.safetensors"


def load() -> FeatureNetwork:
    """Load it from its file.

    Raises:
        InputError: the file is missing or damaged.
    """
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
