"""The server's feature networks: each is loaded once, however many ask for it at a time."""

import threading
from collections import defaultdict
from copy import copy
from functools import lru_cache
from typing import Any

from nst import load_features
from page import worker


class Networks:
    """Networks by the names that they are asked for by; tensors stay in `nst`."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}
        # One a name: who wants another network does not wait for a download.
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        """The network of a name, loaded if it is not yet.

        Raises:
            InputError: it cannot be had; the next time it is tried again.
        """
        with self._loading[name]:
            if name not in self._loaded:
                network = worker.apart(load_features, name)
                self._loaded[name] = network
                self._loaded.setdefault(network.name, _asked_for(network))
            return self._loaded[name]


def _asked_for(network: Any) -> Any:  # noqa: ANN401 - a FeatureNetwork
    """The same network, of the same weights, as if its own name had been asked for."""
    same = copy(network)
    same.reason = "asked for"
    return same


@lru_cache
def networks() -> Networks:
    """Those of this process."""
    return Networks()
