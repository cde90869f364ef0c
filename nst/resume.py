"""Going on with a finished run: the optimiser's memory, and whether it still applies."""

from copy import deepcopy
from dataclasses import asdict, dataclass, field

from nst.features.network import FeatureNetwork
from nst.inputs import Pictures
from nst.optim.halved import remembered_bytes
from nst.optim.history import HISTORY
from nst.optim.optimizer import Optimizer
from nst.settings import Settings
from nst.specs import InputError

FREE = ("iterations", "init", "seed")
"""Settings that may differ: they say how a run begins and ends, not what it is after."""

PAIRS, LATEST = HISTORY, 5
"""What a state holds: the pairs of L-BFGS, and the latest of everything, which is in float32."""


@dataclass(frozen=True)
class State:
    """Where a run ended: hand it to `stylize` to go on.

    Attributes:
        made_by: what a run that goes on must have in common with the one that ended.
        iterations: of that run, and of those that it went on from.
    """

    made_by: dict[str, object]
    iterations: int
    _optimizer: Optimizer = field(repr=False)

    @property
    def bytes(self) -> int:
        """The memory that it takes, about."""
        image = self._optimizer.image
        pairs = 2 * PAIRS * remembered_bytes(image[0, 0].numel())
        return image.numel() * (pairs + 4 * LATEST)

    def optimizer(self) -> Optimizer:
        """A copy, so that one state can be gone on from more than once."""
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
