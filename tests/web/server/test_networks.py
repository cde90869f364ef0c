import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nst import InputError
from web.server.networks import Networks


class Network:
    def __init__(self, name, reason):
        self.name, self.reason, self.weights = name, reason, object()


@pytest.fixture
def loaded(monkeypatch):
    """The names that are loaded, slowly; "auto" is compact."""
    names = []

    def load(name):
        names.append(name)
        time.sleep(0.1)
        if name == "vgg19":
            raise InputError("There are no weights.")
        return Network("compact", "there is no GPU")

    monkeypatch.setattr("web.server.networks.load_features", load)
    return names


def test_three_who_ask_at_once_get_one_network(loaded):
    ours = Networks()
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(ours.get, ["compact"] * 3))
    assert loaded == ["compact"] and len(set(map(id, found))) == 1


def test_what_was_chosen_is_not_loaded_again_under_its_name(loaded):
    ours = Networks()
    automatic, compact = ours.get("auto"), ours.get("compact")
    assert loaded == ["auto"] and automatic.weights is compact.weights
    assert (automatic.reason, compact.reason) == ("there is no GPU", "asked for")


def test_what_could_not_be_had_is_tried_again(loaded):
    ours = Networks()
    for _ in range(2):
        with pytest.raises(InputError, match="no weights"):
            ours.get("vgg19")
    assert loaded == ["vgg19", "vgg19"]


def test_nobody_waits_for_another_network(monkeypatch):
    downloading, may_end = threading.Event(), threading.Event()

    def load(name):
        if name == "vgg19":
            downloading.set()
            may_end.wait(30)
        return Network(name, "asked for")

    monkeypatch.setattr("web.server.networks.load_features", load)
    ours = Networks()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ours.get, "vgg19")
        downloading.wait(30)
        assert ours.get("compact").name == "compact" and not slow.done()
        may_end.set()
        assert slow.result().name == "vgg19"
