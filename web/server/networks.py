"""The server's feature networks: each is loaded once, however many ask for it at a time."""

import threading
from collections import defaultdict
from copy import copy
from functools import lru_cache
from typing import Any

from nst import InputError, load_features
from web.server import worker


class Networks:
    """Networks by the names that they are asked for by; tensors stay in `nst`."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}
        self._failed: dict[str, InputError] = {}
        # One a name: who wants another network does not wait for a download.
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        """The network of a name, loaded if it is not yet.

        Raises:
            InputError: it cannot be had; the next time it is tried again.
        """
        with self._loading[name]:
            if name not in self._loaded:
                network = self._load(name)
                self._loaded[name] = network
                self._loaded.setdefault(network.name, _asked_for(network))
            return self._loaded[name]

    def loaded(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        """The network of a name, if `get` could load it; nothing is tried again.

        Raises:
            InputError: what `get` raised the last time.
        """
        if name in self._failed:
            raise self._failed[name]
        return self.get(name)

    def _load(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        self._failed.pop(name, None)
        try:
            return worker.apart(load_features, name)
        except InputError as error:
            self._failed[name] = error
            raise


def _asked_for(network: Any) -> Any:  # noqa: ANN401 - a FeatureNetwork
    """The same network, of the same weights, as if its own name had been asked for."""
    same = copy(network)
    same.reason = "asked for"
    return same


@lru_cache
def networks() -> Networks:
    """Those of this process."""
    return Networks()
