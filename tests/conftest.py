"""What the tests share: a tiny feature network, drawn pictures, real weights, a real server."""

import os

if "PYTEST_XDIST_WORKER" in os.environ:
    # Before torch is loaded, and for the servers that tests start: one processor for each worker.
    os.environ["OMP_NUM_THREADS"] = "1"

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nst.features.loading import load_features
from nst.features.network import Convolution, FeatureNetwork

ROOT = Path(__file__).parents[1]
DEVELOPMENT_WEIGHTS = ROOT.parent / "shared" / "reference" / "vgg19-conv1-3.safetensors"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With -m and one of the markers: files that have no such test are not even imported."""
    asked = config.getoption("markexpr")
    if asked not in ("browser", "soak", "registry", "cluster") or collection_path.suffix != ".py":
        return None
    return f"pytest.mark.{asked}" not in collection_path.read_text() or None


@pytest.fixture(scope="session")
def tiny() -> FeatureNetwork:
    """A network of random weights with VGG19's layer names, quick enough for whole runs."""
    table = (
        Convolution(8, "relu1_1"),
        Convolution(8, "relu2_1", pool=True),
        Convolution(8, "relu3_1", pool=True),
        Convolution(8, "relu3_3"),
        Convolution(8, "relu4_1", pool=True),
        Convolution(8, "relu5_1", pool=True),
    )
    torch.manual_seed(0)
    network = FeatureNetwork("tiny", table)
    for convolution in network.convolutions:
        torch.nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    return network.to(memory_format=torch.channels_last).requires_grad_(False).eval()


def waves(width: int, height: int, frequency: float, colours: tuple[float, float, float]) -> Image:
    """A smooth RGB picture that is different everywhere."""
    x, y = np.meshgrid(np.arange(width) / 64, np.arange(height) / 64)
    bands = [np.sin(frequency * (x + c * y)) * 0.4 + 0.5 * c for c in colours]
    return Image.fromarray((np.clip(np.stack(bands, 2), 0, 1) * 255).astype(np.uint8))


@pytest.fixture
def content() -> Image.Image:
    return waves(96, 64, 4, (0.9, 0.5, 0.2))


@pytest.fixture
def style() -> Image.Image:
    return waves(80, 100, 19, (0.3, 0.8, 0.9))


@pytest.fixture
def picture_files(tmp_path: Path, content: Image.Image, style: Image.Image) -> tuple[Path, Path]:
    """Content and style as PNG files."""
    paths = tmp_path / "content.png", tmp_path / "style.png"
    for image, path in zip((content, style), paths, strict=True):
        image.save(path)
    return paths


@pytest.fixture(scope="session")
def exact() -> FeatureNetwork:
    """The real VGG19 in float32, as far as the weights at hand reach."""
    named = os.environ.get("NST_VGG19_WEIGHTS")
    if not named and not DEVELOPMENT_WEIGHTS.exists():
        pytest.skip("no real VGG19 weights: name a file of them in NST_VGG19_WEIGHTS")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NST_VGG19_WEIGHTS", named or str(DEVELOPMENT_WEIGHTS))
        return load_features("vgg19", "cpu", torch.float32)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A real server, started as the README says, with its temporary files in a folder."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "TMPDIR": str(folder),
    }
    with (
        (folder / "log.txt").open("w") as log,
        subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log
        ) as server,
    ):
        try:
            _wait_for(address, server)
            yield address, server
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server of `url` has its temporary files and its log.txt."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def server_log(server_folder: Path) -> Path:
    """The log of the server of `url`."""
    return server_folder / "log.txt"


@pytest.fixture(scope="session")
def url(server_folder: Path) -> Iterator[str]:
    """The address of a real server that all tests share."""
    with _served(server_folder) as (address, _):
        yield address


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., tuple[str, subprocess.Popen, Path]]]:
    """Start a real server of the test's own: its address, process and folder."""
    with ExitStack() as stack:

        def start(folder: Path = tmp_path) -> tuple[str, subprocess.Popen, Path]:
            return *stack.enter_context(_served(folder)), folder

        yield start


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 90
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {server.returncode}")
