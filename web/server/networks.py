"""The server's networks: each is loaded once, however many ask for it at a time."""

import contextlib
import threading
from collections import defaultdict
from copy import copy
from typing import Any

from nst import InputError, load_features
from nst.instant import painting
from nst.settings import FEATURES
from web.server import zerogpu
from web.server.tensor_thread import apart


class Networks:
    """Feature networks by the names that they are asked for by, and the one of the instant styles.

    Tensors stay in `nst`.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}
        self._failed: dict[str, InputError] = {}
        self._instant: Any = None
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

    @property
    def instant(self) -> Any:  # noqa: ANN401 - a Transformer
        """The network of all instant styles.

        On ZeroGPU it stays on the processor: it needs no gradient, and no second of a visitor's
        quota.
        """
        with self._loading["instant"]:
            if self._instant is None:
                self._instant = painting.load_instant("cpu" if zerogpu.HERE else None)
            return self._instant

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
