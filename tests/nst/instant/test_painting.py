"""Instant styles: the shipped network paints photographs by name."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch._subclasses.fake_tensor import FakeTensorMode

from nst import InputError
from nst.costs.painting import check_painting_fits
from nst.instant.names import INSTANT_FILE, instant_styles, title
from nst.instant.painting import OVER, _painted, coarse_to_fine, load_instant, mixture_of, paint
from nst.instant.transformer import Transformer
from nst.pictures.tensors import to_tensor
from nst.settings import InstantSettings


@pytest.fixture(scope="module")
def network() -> Transformer:
    return load_instant("cpu", torch.float32)


def settings(**values: object) -> InstantSettings:
    return InstantSettings(**{"size": 64, **values})


def difference(one: Image.Image, other: Image.Image) -> float:
    return float((to_tensor(one) - to_tensor(other)).abs().mean())


def test_every_style_paints_another_picture(network, content):
    pictures = [paint(content, settings(style=s), network=network) for s in instant_styles()]
    for i, one in enumerate(pictures):
        assert one.size == (64, 43)
        assert difference(one, content.resize(one.size)) > 0.05
        assert all(difference(one, other) > 0.02 for other in pictures[:i])


def test_the_same_picture_comes_again(network, content):
    first, second = (paint(content, settings(), network=network) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_less_strength_stays_nearer_to_the_photograph(network, content):
    photograph = paint(content, settings(strength=0), network=network)
    assert difference(photograph, content.resize(photograph.size)) < 0.02
    distances = [
        difference(paint(content, settings(strength=s), network=network), photograph)
        for s in (0, 25, 50, 75, 100)
    ]
    assert distances == sorted(distances)
    assert distances[0] == 0


def test_a_mixture_of_a_style_with_itself_is_that_style(network, content):
    name = instant_styles()[0]
    alone = paint(content, settings(style=name), network=network)
    mixed = paint(content, settings(style=name, second_style=name, mix=40), network=network)
    assert difference(alone, mixed) < 0.002


def test_mixtures_are_shares_of_the_rows():
    styles = ("photograph", *instant_styles())
    first, second = instant_styles()[:2]
    mixture = mixture_of(settings(style=first, second_style=second, strength=50, mix=20), styles)
    torch.testing.assert_close(mixture[:3], torch.tensor([0.5, 0.4, 0.1]))
    assert mixture.sum() == 1
    assert mixture_of(settings(style=second, strength=100), styles)[2] == 1


def test_unknown_styles_are_refused_with_the_names():
    with pytest.raises(InputError, match=f"style must be one of {', '.join(instant_styles())}"):
        settings(style="cubism")
    with pytest.raises(InputError, match="second_style must be one of none, "):
        settings(second_style="")
    with pytest.raises(InputError, match=r"There is no style .*, only other"):
        mixture_of(settings(), ("photograph", "other"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("strength", 101), ("strength", float("nan")), ("size", 5000), ("mix", -1), ("size", "big")],
)
def test_values_out_of_range_are_refused(field, value):
    with pytest.raises(InputError, match=f"^{field} must be "):
        settings(**{field: value})


def test_transparency_is_kept(network, content):
    clear = content.copy()
    clear.putalpha(Image.new("L", content.size, 100))
    assert paint(clear, settings(), network=network).getchannel("A").getextrema() == (100, 100)


def test_half_precision_paints_nearly_the_same(network, content):
    mixture = mixture_of(settings(), network.styles)[None]
    half, full = (
        painter(to_tensor(content), mixture).clamp(0, 1)
        for painter in (load_instant("cpu", torch.bfloat16), network)
    )
    assert 0 < float((half - full).abs().mean()) < 0.03


def test_odd_sizes_and_narrow_pictures(network):
    noise = np.random.default_rng(0).integers(0, 256, (37, 211, 3), dtype=np.uint8)
    for size in (101, 130, 211):
        image = paint(Image.fromarray(noise), settings(size=size), network=network)
        assert max(image.size) == size


def test_a_picture_is_painted_near_512_pixels_first():
    assert coarse_to_fine((512, 300)) == [(512, 300)]
    assert coarse_to_fine((480, 720)) == [(480, 720)]
    assert coarse_to_fine((1023, 768)) == [(512, 384), (1023, 768)]
    assert coarse_to_fine((4096, 1000)) == [(512, 125), (1024, 250), (2048, 500), (4096, 1000)]
    assert coarse_to_fine((250, 100)) == [(500, 200)]
    # Rounding makes none of them narrower than a picture may be.
    assert coarse_to_fine((2020, 101)) == [(505, 26), (1010, 51), (2020, 101)]


def test_a_picture_looks_the_same_at_all_sizes(network, content):
    small, middle, large = (
        paint(content, settings(size=s), network=network) for s in (256, 512, 1024)
    )
    for other in (middle, large):
        assert difference(small, other.resize(small.size, Image.Resampling.BOX)) < 0.05


def test_details_of_a_large_photograph_survive_painting_over(network, content):
    class Copy(torch.nn.Module):
        """Paints nothing, and keeps with what strength it was asked to."""

        last, dtype, asked = network.last, network.dtype, []

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


def test_what_does_not_fit_is_refused_with_a_size_that_does(network, content, monkeypatch):
    monkeypatch.setattr("nst.costs.painting.available_bytes", lambda device: 200e6)
    with pytest.raises(InputError, match=r"Size 4096 needs about 3\.4 GB .* fits is ") as refusal:
        paint(content, settings(size=4096), network=network)
    largest = int(str(refusal.value).split()[-1].rstrip("."))
    assert check_painting_fits((largest, round(largest * 2 / 3)), network) is None
    assert 600 < largest < 1000


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
