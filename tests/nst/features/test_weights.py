"""How VGG19's weights come, or do not: the Hub's real client against a server on this machine."""

import hashlib
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants, file_download
from safetensors.torch import save

import nst.features.loading
import nst.features.vgg19
import nst.machine.precision
from nst import InputError
from nst.features.loading import load_features
from nst.features.vgg19 import VGG19_FILE, VGG19_REPOSITORY

WEIGHTS = save(
    {
        "features.0.weight": torch.full((64, 3, 3, 3), 0.1),
        "features.0.bias": torch.zeros(64),
        "features.2.weight": torch.full((64, 64, 3, 3), 0.01),
        "features.2.bias": torch.zeros(64),
    }
)
SHA = hashlib.sha256(WEIGHTS).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """Serves `WEIGHTS` as the Hub does, or as its server's `fault` says."""

    def do_HEAD(self):
        self.server.asked.append("HEAD")
        if self.server.fault == "silent":
            self.server.over.wait(60)
        self._begin()

    def do_GET(self):
        self.server.asked.append("GET")
        self._begin()
        fault = self.server.fault
        if fault == "half":
            self.wfile.write(WEIGHTS[: len(WEIGHTS) // 2])
        elif fault == "flipped":
            self.wfile.write(flipped(WEIGHTS))
        elif fault == "stalled":
            self.wfile.write(WEIGHTS[:1000])
            self.wfile.flush()
            self.server.over.wait(60)
        elif fault == "html":
            self.wfile.write(b"<html>sign in</html>")
        else:
            self.wfile.write(WEIGHTS)

    def _begin(self):
        self.send_response(200)
        if self.server.fault == "html":
            self.send_header("Content-Length", "20")
        else:
            self.send_header("X-Repo-Commit", "a" * 40)
            self.send_header("ETag", f'"{SHA}"')
            self.send_header("Content-Length", str(len(WEIGHTS)))
        self.end_headers()

    def log_message(self, *_):
        pass


def flipped(data):
    """The same with one bit of a weight changed: a tensor's exponent stays small."""
    data = bytearray(data)
    data[-1000] ^= 1
    return bytes(data)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A Hub on this machine, and an empty cache; patient for a moment only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = True
    server.fault, server.asked, server.over = "", [], threading.Event()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.delenv("NST_VGG19_WEIGHTS", raising=False)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    for module in (constants, file_download):
        if hasattr(module, "HUGGINGFACE_CO_URL_TEMPLATE"):
            monkeypatch.setattr(module, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(nst.features.vgg19, "STALLED_SECONDS", 0.5)
    monkeypatch.setattr(nst.features.vgg19, "HUB_PATIENCE", 0.5)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def blob():
    name = f"models--{VGG19_REPOSITORY.replace('/', '--')}"
    return Path(constants.HF_HUB_CACHE) / name / "blobs" / SHA


def chosen():
    """What a machine with a GPU gets."""
    return nst.features.loading._choose(torch.device("cuda"))


def test_weights_come_from_the_hub_once(hub):
    assert load_features("vgg19", "cpu").layers == {"relu1_1", "relu1_2"}
    asked = len(hub.asked)
    assert blob().read_bytes() == WEIGHTS
    assert chosen().name == "vgg19" and len(hub.asked) == asked


@pytest.mark.parametrize("damage", ["half", "nothing", "html", "flipped"])
def test_a_damaged_cache_heals_itself(hub, damage):
    load_features("vgg19", "cpu")
    damaged = {
        "half": WEIGHTS[:9999],
        "nothing": b"",
        "html": b"<html>",
        "flipped": flipped(WEIGHTS),
    }
    blob().write_bytes(damaged[damage])
    assert chosen().name == "vgg19"
    assert blob().read_bytes() == WEIGHTS


def test_a_killed_download_is_gone_on_with(hub):
    blob().parent.mkdir(parents=True)
    blob().with_name(f"{SHA}.incomplete").write_bytes(WEIGHTS[: len(WEIGHTS) // 2])
    assert chosen().name == "vgg19" and blob().read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("silent", "cannot be reached"),
        ("stalled", "cannot be reached"),
        ("half", "cannot be reached"),
        ("html", "cannot be reached"),
        ("flipped", "came damaged"),
    ],
)
def test_a_bad_server_means_compact_and_says_why(hub, fault, said, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)  # the client waits between its tries
    hub.fault = fault
    network = chosen()
    assert network.name == "compact" and said in network.reason and network.reason.endswith(".")
    with pytest.raises(InputError, match=said):
        load_features("vgg19", "cpu")


def test_a_server_that_recovers_is_asked_again(hub):
    hub.fault = "flipped"
    assert chosen().name == "compact"
    hub.fault = ""
    assert chosen().name == "vgg19"


def test_two_at_once_get_the_same_whole_file(hub):
    with ThreadPoolExecutor(2) as pool:
        networks = list(pool.map(lambda _: load_features("vgg19", "cpu"), range(2)))
    assert {network.version for network in networks} == {networks[0].version}
    assert blob().read_bytes() == WEIGHTS


def test_a_cache_that_cannot_be_written_means_compact_and_says_why(hub, tmp_path):
    (tmp_path / "hub").write_text("a file where a folder should be")
    network = chosen()
    assert network.name == "compact" and "cannot be kept" in network.reason


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_weights_of_a_flipped_bit_are_not_loaded(tmp_path, monkeypatch, value):
    tensor = torch.zeros(64, 3, 3, 3)
    tensor[5, 1, 2, 0] = value
    path = tmp_path / "model.safetensors"
    path.write_bytes(save({"features.0.weight": tensor, "features.0.bias": torch.zeros(64)}))
    monkeypatch.setenv("NST_VGG19_WEIGHTS", str(path))
    with pytest.raises(InputError, match="cannot be used"):
        load_features("vgg19", "cpu")


def test_a_pickle_is_never_read(tmp_path, monkeypatch):
    """A file that would run a command when it is unpickled."""

    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "sprung",)

    path = tmp_path / VGG19_FILE
    torch.save({"features.0.weight": Trap()}, path)
    monkeypatch.setenv("NST_VGG19_WEIGHTS", str(path))
    with pytest.raises(InputError, match="cannot be used"):
        load_features("vgg19", "cpu")
    assert not (tmp_path / "sprung").exists()
    sources = Path(nst.features.__file__).parent.glob("*.py")
    assert not any(re.search(r"pickle|torch\.load", path.read_text()) for path in sources)
