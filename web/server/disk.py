"""The server's temporary files: all of them in one folder, which is bounded, and never left behind.

It is bounded by what its disk has free, too: results are there for visitors to fetch, and the
oldest go before a run fails for want of room.

The folder is locked as long as its server lives. What was killed could not tidy up: the next server
to start removes every folder that nobody holds the lock of.
"""

import contextlib
import errno
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from web.server.file_lock import lock
from web.server.gradio_private import keep_files_in

PREFIX = "nst-server-"
LOCK = ".lock"
MOST_BYTES = 4 * 10**9
"""Of all files together: the oldest go first."""
SPARED_BYTES = 100 * 10**6
"""Of its disk, which stay free for what comes next; of a small disk, a quarter."""
IN_USE_SECONDS = 20
"""No file is removed for want of room before it could be fetched."""
FULL = "The server's disk is full. Please try again in a minute."
OLDEST_SECONDS = 2 * 3600
"""Twice what Gradio keeps files for: it forgets those of uploads that broke off."""
EVERY_SECONDS = 30
YOUNG_SECONDS = 5
"""A folder without a lock may be one that is just being made."""
log = logging.getLogger("nst.app")


@contextlib.contextmanager
def temporary_files() -> Iterator[Path]:
    """Keep all temporary files of this process, Gradio's too, in a folder that goes at the end.

    It is made where the environment's TMPDIR says, and nobody else on the machine can read it.
    """
    sweep()
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder, done = Path(name), threading.Event()
        with (folder / LOCK).open("w") as held:
            lock(held)
            tempfile.tempdir = name
            keep_files_in(folder / "gradio")
            keeper = threading.Thread(target=_keep_small, args=(folder, done), daemon=True)
            keeper.start()
            try:
                yield folder
            finally:
                done.set()
                tempfile.tempdir = before


def sweep() -> None:
    """Remove the folders of servers that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another server's, or removed by one
            if time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
                continue
            with (folder / LOCK).open("a") as held:
                lock(held)
                shutil.rmtree(folder, ignore_errors=True)


def trim(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Remove files that are too old, and the oldest as long as there are too many bytes.

    Of files that are in use, only as many as exceed `most_bytes`.
    """
    found = sorted(_files(folder))
    total = sum(size for _, size, _ in found)
    lacking = _lacking(folder)
    for changed, size, path in found:
        age = time.time() - changed
        lacks = lacking > 0 and age > IN_USE_SECONDS
        if total <= most_bytes and age < OLDEST_SECONDS and not lacks:
            return
        with contextlib.suppress(OSError):  # gone meanwhile
            path.unlink()
        total, lacking = total - size, lacking - size
        if path.parent.parent == folder / "gradio":
            with contextlib.suppress(OSError):  # not empty
                path.parent.rmdir()


def make_room() -> None:
    """Remove the oldest files of this process's folder, if its disk is nearly full."""
    folder = Path(tempfile.gettempdir())
    if folder.name.startswith(PREFIX) and _lacking(folder) > 0:
        trim(folder)


def is_full(error: BaseException) -> bool:
    """Whether an error says that a disk has no room."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each file under a folder was made, its bytes, and its path."""
    for parent, _, names in os.walk(folder):  # goes on where a folder is gone meanwhile
        for name in names:
            path = Path(parent, name)
            with contextlib.suppress(OSError):  # gone meanwhile
                state = path.lstat()
                if name != LOCK:
                    # Not the time of its content: copies keep that of what they were made from.
                    yield state.st_ctime, state.st_size, path


def _lacking(folder: Path) -> float:
    """How many bytes a folder's disk has too few."""
    disk = shutil.disk_usage(folder)
    return min(SPARED_BYTES, disk.total / 4) - disk.free


def _keep_small(folder: Path, done: threading.Event) -> None:
    while not done.wait(EVERY_SECONDS):
        try:
            trim(folder)
        except Exception:  # the next time may go well: without it, the disk fills
            log.exception("the temporary files were not tidied up")
