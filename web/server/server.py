"""What one process has to serve with: made once, shared by all visitors, closed at the end."""

from web.server.costs import Costs
from web.server.kept_states import States
from web.server.networks import Networks
from web.server.run_slot import RunSlot
from web.server.tensor_thread import TensorThread


class Server:
    """The networks, the thread that works with them, the places for runs, and what these leave.

    Attributes:
        networks: of features, and of the instant styles.
        tensor_thread: in which all of them are used.
        run_slot: for as many runs at a time as `limits.RUNS`.
        states: where runs ended, for those that go on.
        costs: what runs take here.
    """

    def __init__(self) -> None:
        self.networks = Networks()
        self.tensor_thread = TensorThread()
        self.run_slot = RunSlot()
        self.states = States()
        self.costs = Costs(self.networks, self.tensor_thread)

    def prepare(self) -> None:
        """Have the networks at hand before anybody is served.

        Raises:
            InputError: the features that the app would choose by itself cannot be had.
        """
        self.networks.load()

    def settle(self) -> None:
        """Begin what the page need not wait for: the machine's speed is measured."""
        self.costs.begin_measuring()

    def close(self) -> None:
        """Have the run that goes on end with its next sign of life; no other begins."""
        self.run_slot.close()
