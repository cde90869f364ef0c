"""The network of the styles by name: what is asked of it, at which sizes, and its file."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch._subclasses.fake_tensor import FakeTensorMode

from nst.instant.named import OVER, _painted, coarse_to_fine, load_instant, mixture_of
from nst.instant.names import INSTANT_FILE, instant_styles, title
from nst.instant.painting import paint
from nst.instant.transformer import Transformer
from nst.pictures.tensors import to_tensor
from tests.nst.instant.painted import difference, settings


@pytest.fixture(scope="module")
def network() -> Transformer:
    return load_instant("cpu", torch.float32)


def test_mixtures_are_shares_of_the_rows():
    styles = ("photograph", *instant_styles())
    first, second = instant_styles()[:2]
    mixture = mixture_of(settings(style=first, second_style=second, strength=50, mix=20), styles)
    torch.testing.assert_close(mixture[:3], torch.tensor([0.5, 0.4, 0.1]))
    assert mixture.sum() == 1
    assert mixture_of(settings(style=second, strength=100), styles)[2] == 1


def test_half_precision_paints_nearly_the_same(network, content):
    mixture = mixture_of(settings(), network.styles)[None]
    half, full = (
        painter(to_tensor(content), mixture).clamp(0, 1)
        for painter in (load_instant("cpu", torch.bfloat16), network)
    )
    assert 0 < float((half - full).abs().mean()) < 0.03


def test_a_picture_is_painted_near_512_pixels_first():
    assert coarse_to_fine((512, 300)) == [(512, 300)]
    assert coarse_to_fine((480, 720)) == [(480, 720)]
    assert coarse_to_fine((1023, 768)) == [(512, 384), (1023, 768)]
    assert coarse_to_fine((4096, 1000)) == [(512, 125), (1024, 250), (2048, 500), (4096, 1000)]
    assert coarse_to_fine((250, 100)) == [(500, 200)]
    # Rounding makes none of them narrower than a picture may be.
    assert coarse_to_fine((2020, 101)) == [(505, 26), (1010, 51), (2020, 101)]


def test_details_of_a_large_photograph_survive_painting_over(network, content):
    class Copy(torch.nn.Module):
        """Paints nothing, and keeps with what strength it was asked to."""

        device, dtype, asked = network.device, network.dtype, []

        def forward(self, image, mixture):
            self.asked.append(float(mixture[0, 0]))
            return image.clone()

    copy = Copy()
    copy.styles = network.styles
    noise = np.random.default_rng(0).integers(0, 256, (700, 1024, 3), dtype=np.uint8)
    painted = paint(Image.fromarray(noise), settings(size=1024, strength=100), network=copy)
    assert copy.asked == [0, OVER]
    assert difference(painted, Image.fromarray(noise)) < 0.01


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_painting_stays_on_the_gpu(dtype):
    # Fake tensors know shapes and devices only; one of the processor's among them would raise.
    with FakeTensorMode():
        with torch.device("cuda"):
            network = Transformer(("photograph", "one", "other"), dtype).requires_grad_(False)
            for kernel in network.kernels():
                kernel.data = kernel.data.to(dtype)
            photographs = [torch.rand(1, 3, side, 96) for side in (64, 128)]
            mixture = torch.rand(1, 3)
        painted = _painted(iter(photographs), mixture, network)
    assert painted.device.type == "cuda" and painted.dtype is torch.float32
    assert painted.shape == (1, 3, 128, 96)


def test_the_version_changes_with_the_weights(network, tmp_path):
    state = {k: v.half().contiguous() for k, v in network.state_dict().items()}
    metadata = {"styles": json.dumps(network.styles)}
    save_file(state, tmp_path / "same.safetensors", metadata)
    state["offset"] = state["offset"] + 0.1
    save_file(state, tmp_path / "other.safetensors", metadata)
    same, other = (
        load_instant("cpu", path=tmp_path / f"{n}.safetensors") for n in ("same", "other")
    )
    assert same.version == network.version != other.version


def test_at_least_eight_styles_ship_in_eight_megabytes():
    assert len(instant_styles()) >= 8
    assert INSTANT_FILE.stat().st_size < 8e6


def test_without_a_file_there_are_no_styles(tmp_path):
    assert instant_styles(tmp_path / "none.safetensors") == ()


def test_titles():
    assert title("starry-night") == "Starry night"
