"""What is timed beside each other: the textbook, and `nst` by each network and precision."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.common.textbook import Textbook
from nst import InputError, Settings, load_features
from nst.features.network import VGG19, FeatureNetwork
from nst.loss.aim import used_layers
from nst.loss.balance import PLAIN
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.machine.device import default_device
from nst.machine.precision import chosen_dtype
from nst.optim.descent import optimise
from nst.optim.lbfgs import ProjectedLBFGS
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover, to_tensor

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTENT, STYLE = EXAMPLES / "content" / "astronaut.jpg", EXAMPLES / "styles" / "impasto-night.jpg"
SETTINGS = Settings(tv_weight=0)
Run = Iterator[object]


def whole_vgg19(dtype: torch.dtype | None = None) -> tuple[FeatureNetwork, str]:
    """VGG19 with what weights there are, and a word on them."""
    try:
        real = load_features("vgg19", "cpu", torch.float32)
    except InputError:
        real = None
    return completed_vgg19(real, default_device(), dtype)


def completed_vgg19(
    real: FeatureNetwork | None, device: torch.device, dtype: torch.dtype | None
) -> tuple[FeatureNetwork, str]:
    """VGG19 with the convolutions of a float32 one, if any, the others random; a word on them."""
    torch.manual_seed(0)
    network = FeatureNetwork("vgg19", VGG19)
    for convolution in network.convolutions:
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    word = "random"
    if real is not None:
        network.load_state_dict(real.state_dict(), strict=False)
        word = f"{len(real.convolutions)} of {len(VGG19)} convolutions, the others random"
    network = network.to(device, memory_format=torch.channels_last)
    network.convolutions.to(chosen_dtype(device, dtype))
    return network.requires_grad_(False), word


def networks_by_case() -> dict[str, Callable[[], FeatureNetwork]]:
    """What loads the network of each case but the textbook's."""
    return {
        "vgg19": lambda: whole_vgg19()[0],
        "vgg19 float32": lambda: whole_vgg19(torch.float32)[0],
        "compact": lambda: load_features("compact"),
        "compact float32": lambda: load_features("compact", dtype=torch.float32),
    }


def square_pictures(side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Content and style, (1, 3, side, side) each."""
    pictures = (cover(open_image(path), (side, side)) for path in (CONTENT, STYLE))
    content, style = (to_tensor(picture).to(device) for picture in pictures)
    return content, style


def textbook_of(content: Tensor, style: Tensor) -> Textbook:
    """The textbook on VGG19 in float32, with the weights that `nst` gives the layers."""
    network = whole_vgg19(torch.float32)[0]
    weights = used_layers(network, SETTINGS)
    shares = {layer: weight / sum(weights.values()) for layer, weight in weights.items()}
    return Textbook(network, content, style, shares, PLAIN.content_weight, PLAIN.style_weight)


def endless_run(case: str, side: int) -> Run:
    """An endless run of one implementation; each `next` is an iteration."""
    device = default_device()
    content, style = square_pictures(side, device)
    if case == "textbook":
        return textbook_of(content, style).run(content)
    objective = Objective(networks_by_case()[case](), content, everywhere(style), SETTINGS, PLAIN)
    return optimise(objective, ProjectedLBFGS(content), sys.maxsize)


def synchronise() -> None:
    """Wait until a GPU, if there is one, has done what it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
