"""Going on with a finished run: the optimiser's memory, and whether it still applies.

That of a very large picture, gigabytes, is kept on the disk.
"""

from copy import deepcopy
from dataclasses import asdict, dataclass, field

from nst.features.network import FeatureNetwork
from nst.inputs import Pictures
from nst.optim.halved import is_large
from nst.optim.history import HISTORY
from nst.optim.optimizer import Optimizer
from nst.optim.stored import Stored
from nst.settings import Settings
from nst.specs import InputError

FREE = ("iterations", "init", "seed")
"""Settings that may differ: they say how a run begins and ends, not what it is after."""

PICTURES = 2 * HISTORY + 5
"""What a state in memory holds, in pictures of float32: the pairs of L-BFGS, and the latest of
everything."""


@dataclass(frozen=True)
class State:
    """Where a run ended: hand it to `stylize` to go on.

    Attributes:
        made_by: what a run that goes on must have in common with the one that ended.
        iterations: of that run, and of those that it went on from.
    """

    made_by: dict[str, object]
    iterations: int
    _optimizer: Optimizer | Stored = field(repr=False)

    @classmethod
    def of(cls, made_by: dict[str, object], iterations: int, optimizer: Optimizer) -> "State":
        """The state of a run that ends with an optimiser.

        Raises:
            OSError: it is to be kept on the disk, and there is no room.
        """
        large = is_large(optimizer.image[0, 0].numel())
        return cls(made_by, iterations, Stored(optimizer) if large else optimizer)

    @property
    def bytes(self) -> int:
        """The memory that it takes, about."""
        if isinstance(self._optimizer, Stored):
            return 0
        return self._optimizer.image.numel() * 4 * PICTURES

    @property
    def disk_bytes(self) -> int:
        """The room that it takes on the disk."""
        return self._optimizer.bytes if isinstance(self._optimizer, Stored) else 0

    def optimizer(self) -> Optimizer:
        """A copy, so that one state can be gone on from more than once."""
        if isinstance(self._optimizer, Stored):
            return self._optimizer.read()
        return deepcopy(self._optimizer)

    def check(self, pictures: Pictures, settings: Settings, features: FeatureNetwork) -> None:
        """Refuse to go on after something else.

        Raises:
            InputError: names what changed.
        """
        for what, value in made_by(pictures, settings, features).items():
            if value != self.made_by[what]:
                raise InputError(
                    "The run cannot go on where it ended, because its "
                    f"{what} changed: start from its picture instead (init image).",
                    subject=what,
                    code="another run",
                )


def made_by(pictures: Pictures, settings: Settings, features: FeatureNetwork) -> dict[str, object]:
    """What decides what a run is after, by names for people."""
    chosen = {k: v for k, v in asdict(settings).items() if k not in FREE}
    network = (features.name, features.version, str(features.dtype), str(features.device))
    return {**chosen, "feature network": network, "set of pictures": pictures.digest()}
