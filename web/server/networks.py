"""The server's networks: each is loaded once, however many ask for it at a time."""

import contextlib
import threading
from collections import defaultdict
from copy import copy
from typing import Any

from nst import InputError, load_features
from nst.instant import arbitrary, named
from nst.settings import FEATURES
from web.server import zerogpu
from web.server.tensor_thread import apart


class Networks:
    """Feature networks by the names that they are asked for by, and those that paint at once.

    Tensors stay in `nst`.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}
        self._failed: dict[str, InputError] = {}
        self._instant: dict[bool, Any] = {}
        # One a name: who wants another network does not wait for a download.
        self._loading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        """The network of a name, loaded if it is not yet.

        Raises:
            InputError: it cannot be had; the next time it is tried again.
        """
        if name in self._loaded:  # asked without the lock: ZeroGPU's forks find it as it was then
            return self._loaded[name]
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

    def load(self) -> None:
        """Load what visitors may ask for, as far as it can be had.

        On ZeroGPU no other thread than the first can put a network on the GPU that is to be lent;
        elsewhere only what the app chooses by itself is loaded beforehand.

        Raises:
            InputError: what the app would choose by itself cannot be had.
        """
        self.get(FEATURES.default)
        for name in FEATURES.choices if zerogpu.HERE else ():
            with contextlib.suppress(InputError):  # who asks for it gets the sentence
                self.get(name)

    def instant(self, *, own: bool) -> Any:  # noqa: ANN401 - a `nst.instant.painting.Network`
        """What paints in the styles by name, or in a visitor's own painting's.

        On ZeroGPU it stays on the processor: it needs no gradient, and no second of a visitor's
        quota.
        """
        with self._loading[f"instant, own: {own}"]:
            if own not in self._instant:
                load = arbitrary.load_arbitrary if own else named.load_instant
                self._instant[own] = apart(load, "cpu" if zerogpu.HERE else None)
            return self._instant[own]

    def _load(self, name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork
        self._failed.pop(name, None)
        try:
            return apart(load_features, name)
        except InputError as error:
            self._failed[name] = error
            raise


def _asked_for(network: Any) -> Any:  # noqa: ANN401 - a FeatureNetwork
    """The same network, of the same weights, as if its own name had been asked for."""
    same = copy(network)
    same.reason = "asked for"
    return same
