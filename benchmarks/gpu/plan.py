"""What is to be checked, and what the checks work on: networks, objectives, descents."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.common.cases import completed_vgg19, square_pictures
from nst import Settings, load_features
from nst.features.network import FeatureNetwork
from nst.features.vgg19 import VGG19_VARIABLE, load_vgg19
from nst.loss.objective import Objective
from nst.loss.regions import everywhere

NETWORKS = ("compact", "vgg19")
SIZES = (256, 512, 1024)
RUN_SIDE = 512
"""The side of pictures of whole runs and instant paintings, which the aims are for."""


@dataclass(frozen=True)
class Plan:
    """What is to be checked.

    Attributes:
        device: "cuda", or "cpu" as its stand-in.
        dtype: the precision that `nst` uses there.
        sizes: sides of square pictures in pixels.
        networks: out of `NETWORKS`.
        iterations: of whole runs.
        turns: whole runs and instant paintings that are timed, and tens of iterations.
    """

    device: torch.device
    dtype: torch.dtype
    sizes: Sequence[int] = SIZES
    networks: Sequence[str] = NETWORKS
    iterations: int = 200
    turns: int = 3

    @property
    def run_side(self) -> int:
        """The side of whole runs: the one that the aims are for, if it is among the sizes."""
        return RUN_SIDE if RUN_SIDE in self.sizes else max(self.sizes)


def named_weights() -> Path | None:
    """The file of VGG19's weights that the environment names, if it is there."""
    named = os.environ.get(VGG19_VARIABLE)
    return Path(named) if named and Path(named).is_file() else None


def vgg19(device: torch.device, dtype: torch.dtype) -> tuple[FeatureNetwork, str]:
    """VGG19 with the weights that the environment names, and a word on them; nothing is fetched."""
    file = named_weights()
    return completed_vgg19(load_vgg19(file) if file else None, device, dtype)


def load(name: str, device: torch.device, dtype: torch.dtype) -> FeatureNetwork:
    """A network of `NETWORKS`."""
    return vgg19(device, dtype)[0] if name == "vgg19" else load_features(name, device, dtype)


def objective_of(network: FeatureNetwork, loss: str, side: int) -> tuple[Objective, Tensor]:
    """What a default run with a style loss optimises at a size, and where it starts."""
    content, style = square_pictures(side, network.device)
    return Objective(network, content, everywhere(style), Settings(style_loss=loss)), content


def is_replayed(objective: Objective) -> bool:
    """Whether its evaluations are replayed as a CUDA graph by now."""
    recorder = objective._recorder
    return recorder is not None and recorder.replays


def is_whole(objective: Objective) -> bool:
    """Whether iterations of it, of which there were some, are replayed as a whole.

    Else evaluations would have been asked for by themselves in the end.
    """
    recorder = objective._recorder
    return recorder is not None and recorder._calls == 0


def without_graph(objective: Objective) -> Objective:
    """The same objective, which is evaluated operation by operation from now on."""
    objective._recorder = None
    return objective
