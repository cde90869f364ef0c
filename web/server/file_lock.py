"""A lock on a file, which ends with its process, on every system."""

from typing import TextIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


def lock(file: TextIO) -> None:
    """Lock an open file until it is closed.

    Raises:
        OSError: another process has locked it.
    """
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
