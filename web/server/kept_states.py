"""Where runs ended, kept for a while so that they can go on with the optimiser's memory.

A visitor's page, or a program, holds a name that nobody can guess; the memory stays here. The
oldest states go first when all of them together grow too large.
"""

import secrets
from collections import OrderedDict

from nst.resume import State
from nst.specs import InputError

MOST_BYTES = 500 * 10**6
"""Of all states together: six of 512 pixels, as one has 79 MB there, or one of 1024. That is enough
for those who have just seen their result, and 3 % of the memory of a Space without a GPU."""


MOST_DISK_BYTES = 10 * 10**9
"""The same on the disk, where the states of very large pictures are: four of 4096 pixels."""


class States:
    """States by their names."""

    def __init__(
        self, most_bytes: int = MOST_BYTES, most_disk_bytes: int = MOST_DISK_BYTES
    ) -> None:
        self._most_bytes, self._most_disk_bytes = most_bytes, most_disk_bytes
        self._kept: OrderedDict[str, State] = OrderedDict()

    def keep(self, state: State) -> str | None:
        """Keep a state and return its name; None if it is too large to be kept."""
        if state.bytes > self._most_bytes or state.disk_bytes > self._most_disk_bytes:
            return None
        name = secrets.token_urlsafe(16)
        self._kept[name] = state
        while self._are_too_many():
            self._kept.popitem(last=False)
        return name

    def _are_too_many(self) -> bool:
        kept = self._kept.values()
        disk_bytes = sum(state.disk_bytes for state in kept)
        return disk_bytes > self._most_disk_bytes or (
            sum(state.bytes for state in kept) > self._most_bytes
        )

    def find(self, name: object) -> State | None:
        """The state of a name; None for no name.

        Raises:
            InputError: it is not kept, or not any more.
        """
        if name is None or name == "":
            return None
        state = self._kept.get(name) if isinstance(name, str) else None
        if state is None:
            raise InputError(
                "The run to go on with is not kept any more: start from its picture instead "
                "(init image).",
                subject="resume",
                code="not kept",
            )
        return state
