"""An optimiser in a file, which is gone when nobody holds it any more."""

import os
from tempfile import TemporaryFile

import torch

from nst.optim.optimizer import Optimizer


class Stored:
    """An optimiser as it is now, with its memory, on the disk.

    Raises:
        OSError: there is no room for it.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._file = TemporaryFile(prefix="nst-")  # noqa: SIM115 - lives as long as this
        try:
            torch.save(optimizer, self._file)
        except RuntimeError as error:  # torch's own writer says it so
            raise OSError(str(error)) from error

    @property
    def bytes(self) -> int:
        """The room that it takes on the disk."""
        return os.fstat(self._file.fileno()).st_size

    def read(self) -> Optimizer:
        """A copy of it, on its device."""
        self._file.seek(0)
        # No other program has the file: what is in it is what was written.
        return torch.load(self._file, weights_only=False)
