"""Watching an optimisation for numbers that break down, and for a picture that stops changing."""

import math

RESTARTS = 1
"""Times that an optimisation goes back to its last good picture and on with smaller steps."""
UNCHANGED = 1e-6
"""A loss that changes by less than this share of itself stands still."""
STALLED = 20
"""Evaluations in a row that stand still before an optimisation is taken to have come to its end."""


class Watch:
    """What is seen of the optimisation at one scale.

    Args:
        before: iterations of the run before this scale.
        patience: evaluations in a row that may stand still.

    Attributes:
        note: a sentence about what went wrong, or "".
        ended: whether there is no use in going on.
    """

    def __init__(self, before: int = 0, patience: float = STALLED) -> None:
        self.note = ""
        self.ended = False
        self._iteration, self._patience = before, patience
        self._broke = self._still = 0
        self._loss = math.nan

    def sees(self, loss: float) -> bool:
        """Whether an evaluation can be used: a NaN or an infinity would make a black picture.

        Args:
            loss: finite only if its gradient is.
        """
        self._iteration += 1
        if math.isfinite(loss):
            self._stands_still(loss)
            return True
        self._broke += 1
        self.ended = self._broke > RESTARTS
        self.note = f"The numbers broke down at iteration {self._iteration}: " + (
            "this is the last good picture."
            if self.ended
            else "the run went on from the last good picture, with smaller steps."
        )
        return False

    def _stands_still(self, loss: float) -> None:
        still = abs(loss - self._loss) <= UNCHANGED * abs(loss)  # false for the first one, a NaN
        self._loss, self._still = loss, self._still + 1 if still else 0
        if self._still == self._patience:
            self.ended = True
            self.note = f"The picture stopped changing at iteration {self._iteration}."
