import subprocess
import sys
from pathlib import Path

import pytest
import torch
from huggingface_hub.errors import OfflineModeIsEnabled
from safetensors.torch import load_file, save_file
from torch import nn

import nst.features.loading
import nst.features.vgg19
from nst import InputError, Settings, load_features, stylize
from nst.features.compact import COMPACT_FILE
from nst.features.metric import Metric
from nst.features.network import COMPACT, VGG19, FeatureNetwork
from nst.features.vgg19 import load_vgg19
from nst.instant.named import load_instant
from nst.loss.gatys import gram_matrix
from nst.settings import STYLE_LAYERS


def torchvision_layout(convolutions, widths=(64, 64, 128, 128, 256, 256, 256, 256, 512)):
    """Random weights with torchvision's keys for the first convolutions of VGG19."""
    keys = [0, 2, 5, 7, 10, 12, 14, 16, 19][:convolutions]
    tensors, channels = {}, 3
    for key, width in zip(keys, widths, strict=False):
        tensors[f"features.{key}.weight"] = torch.randn(width, channels, 3, 3) * 0.1
        tensors[f"features.{key}.bias"] = torch.randn(width) * 0.1
        channels = width
    return tensors


def reference(tensors, image):
    """torchvision's VGG19 of these weights, built from plain modules: {layer: activations}."""
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    x, activations = (image - mean) / std, {}
    names = ["relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1"]
    keys = [f"features.{i}.weight" for i in (0, 2, 5, 7, 10)]
    for name, key in zip(names, keys, strict=False):
        if name in ("relu2_1", "relu3_1"):
            x = nn.MaxPool2d(2)(x)
        bias = tensors[key.replace("weight", "bias")]
        x = nn.ReLU()(nn.functional.conv2d(x, tensors[key], bias, padding=1))
        activations[name] = x
    return activations


@pytest.fixture
def partial_file(tmp_path):
    """VGG19's first five convolutions in a file."""
    path = tmp_path / "partial.safetensors"
    save_file(torchvision_layout(5), path)
    return path


@pytest.fixture
def no_hub(monkeypatch, tmp_path):
    """No cache, no network, no file named."""
    monkeypatch.delenv("NST_VGG19_WEIGHTS", raising=False)
    monkeypatch.setattr(nst.features.vgg19, "try_to_load_from_cache", lambda *_: None)

    def unreachable(*_, **__):
        raise OfflineModeIsEnabled("no network")

    monkeypatch.setattr(nst.features.vgg19, "get_hf_file_metadata", unreachable)
    monkeypatch.setattr(nst.features.vgg19, "hf_hub_download", unreachable)


def test_vgg19_is_torchvisions(partial_file):
    network = load_vgg19(partial_file)
    image = torch.rand(1, 3, 32, 24)
    expected = reference(load_file(partial_file), image)
    actual = network(image, expected)
    assert set(actual) == set(expected)
    for layer, activations in expected.items():
        assert torch.allclose(actual[layer], activations, atol=1e-4), layer


def test_vgg19_has_the_architecture_of_torchvision():
    torchvision = pytest.importorskip("torchvision")
    with torch.device("meta"):
        theirs = [
            (m.in_channels, m.out_channels)
            for m in torchvision.models.vgg19().features
            if isinstance(m, nn.Conv2d)
        ]
        ours = [(c.in_channels, c.out_channels) for c in FeatureNetwork("x", VGG19).convolutions]
    assert ours == theirs[: len(ours)]
    keys = nst.features.vgg19._vgg19_keys()
    with torch.device("meta"):
        modules = torchvision.models.vgg19().features
    assert all(isinstance(modules[int(key.split(".")[1])], nn.Conv2d) for key in keys)


def test_a_partial_file_serves_the_layers_it_reaches(partial_file, monkeypatch):
    monkeypatch.setenv("NST_VGG19_WEIGHTS", str(partial_file))
    network = load_features("vgg19", "cpu")
    assert network.layers == {"relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1"}
    assert network.content_layer == "relu2_2"
    assert not any(p.requires_grad for p in network.parameters())


def test_nothing_above_the_deepest_layer_is_computed(tiny):
    calls = []
    handles = [
        c.register_forward_hook(lambda *_, i=i: calls.append(i))
        for i, c in enumerate(tiny.convolutions)
    ]
    tiny(torch.rand(1, 3, 32, 32), ["relu2_1"])
    for handle in handles:
        handle.remove()
    assert calls == [0, 1]


def test_activations_are_what_a_relu_leaves(tiny):
    for activations in tiny(torch.rand(1, 3, 32, 32), tiny.layers).values():
        assert activations.min() >= 0 and activations.max() > 0


def test_compact_ships_small_and_serves_all_style_layers():
    assert COMPACT_FILE.stat().st_size <= 6 * 10**6
    network = load_features("compact", "cpu", torch.float32)
    assert network.layers >= {*STYLE_LAYERS, network.content_layer}
    activations = network(torch.rand(1, 3, 64, 48), network.layers)
    # One more than the layer's own channels: the map to VGG19's, up to rotation.
    channels = {"relu1_1": 33, "relu2_1": 65, "relu3_1": 129, "relu4_1": 129, "relu5_1": 129}
    for layer in STYLE_LAYERS:
        gram = gram_matrix(activations[layer], network.metrics[layer])
        assert gram.shape == (1, channels[layer], channels[layer])


def test_compact_halves_like_vgg19():
    network = load_features("compact", "cpu", torch.float32)
    activations = network(torch.rand(1, 3, 64, 48), network.layers)
    for layer, x in activations.items():
        block = int(layer[4])
        assert x.shape[2:] == (64 >> (block - 1), 48 >> (block - 1)), layer
    assert [row.layer for row in COMPACT if row.layer] == sorted(network.layers)


def test_auto_without_gpu_is_compact_and_says_why(no_hub):
    network = load_features("auto", "cpu")
    assert network.name == "compact"
    assert "no GPU" in network.reason


def test_auto_on_a_gpu_without_weights_is_compact_and_says_why(no_hub):
    network = nst.features.loading._choose(torch.device("cuda"))
    assert network.name == "compact"
    assert "Hub cannot be reached" in network.reason


def test_vgg19_out_of_reach_is_one_sentence(no_hub):
    with pytest.raises(InputError, match=r"choose compact features.*\.$"):
        load_features("vgg19")


def test_weights_in_the_hubs_cache_are_found_without_asking_the_hub(
    partial_file, tmp_path, monkeypatch
):
    folder = tmp_path / "hub" / "models--timm--vgg19.tv_in1k"
    snapshot = folder / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    partial_file.rename(snapshot / "model.safetensors")
    monkeypatch.delenv("NST_VGG19_WEIGHTS", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    assert load_features("vgg19", "cpu").name == "vgg19"


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "html", "half", "other shapes", "other keys"]
)
def test_a_bad_weight_file_is_one_sentence(damage, partial_file, monkeypatch):
    whole = partial_file.read_bytes()
    if damage == "missing":
        partial_file.unlink()
    elif damage == "other shapes":
        save_file({k: v[:1] for k, v in torchvision_layout(2).items()}, partial_file)
    elif damage == "other keys":
        save_file({"weight": torch.zeros(3)}, partial_file)
    else:
        data = {"empty": b"", "html": b"<html></html>", "half": whole[: len(whole) // 2]}
        partial_file.write_bytes(data[damage])
    monkeypatch.setenv("NST_VGG19_WEIGHTS", str(partial_file))
    with pytest.raises(InputError) as caught:
        load_features("vgg19", "cpu")
    assert "weights" in str(caught.value) and "\n" not in str(caught.value)


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="features must be one of auto, vgg19, compact"):
        load_features("alexnet")


def test_offline_fails_within_seconds(tmp_path):
    """The real libraries, against an address where nobody answers."""
    code = (
        "import time; started = time.monotonic()\n"
        "from nst import InputError, load_features\n"
        "loaded = time.monotonic()\n"
        "try: load_features('vgg19')\n"
        "except InputError: print('refused', time.monotonic() - loaded < 10)"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "HF_HOME": str(tmp_path),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(nst.__file__).parents[1],
    )
    assert result.stdout.strip() == "refused True", result.stderr
    assert result.stderr == ""


@pytest.mark.reference
def test_compact_agrees_with_vgg19_on_gram_matrices(exact):
    """The shipped network predicts the real activations' Gram matrices of a real picture."""
    from nst.pictures.reading import open_image
    from nst.pictures.tensors import to_tensor

    root = Path(nst.__file__).parents[1]
    image = to_tensor(open_image(root / "examples" / "content" / "coffee.jpg"))
    compact = load_features("compact", "cpu", torch.float32)
    layers = ["relu1_1", "relu2_1", "relu3_1"]
    theirs, ours = exact(image, layers), compact(image, layers)
    file = load_file(COMPACT_FILE)  # as loaded, a metric counts up to rotation
    for layer in layers:
        metric = Metric(*(file[f"metrics.{layer}.{part}"].float() for part in ("weight", "bias")))
        target = gram_matrix(theirs[layer])
        error = (gram_matrix(ours[layer], metric) - target).norm() / target.norm()
        assert error < 0.2, (layer, float(error))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int8])
def test_another_precision_is_refused_before_anything_is_loaded(dtype):
    sentence = f"dtype must be torch.float32 or torch.bfloat16, not {dtype}."
    for load in (load_features, load_instant):
        with pytest.raises(InputError) as error:
            load(dtype=dtype)
        assert str(error.value) == sentence


def test_the_environment_names_the_precision(monkeypatch):
    monkeypatch.setenv("NST_PRECISION", "bfloat16")
    assert load_features("compact", "cpu").dtype == torch.bfloat16
    assert load_instant("cpu").dtype == torch.bfloat16
    assert load_features("compact", "cpu", torch.float32).dtype == torch.float32


def test_bfloat16_paints_nearly_the_same_with_units_for_it_or_without(content, style):
    settings = Settings(iterations=4, size=64)
    losses = []
    for dtype in (torch.float32, torch.bfloat16):
        features = load_features("compact", "cpu", dtype)
        *_, step = stylize(content, style, settings, features=features)
        losses.append(step.style_loss)
    assert losses[1] == pytest.approx(losses[0], rel=0.02)
