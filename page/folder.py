"""The server's temporary files: all of them in one folder, which is bounded, and never left behind.

The folder is locked as long as its server lives. What was killed could not tidy up: the next server
to start removes every folder that nobody holds the lock of.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import gradio.mcp

PREFIX = "nst-server-"
LOCK = ".lock"
MOST_BYTES = 4 * 10**9
"""Of all files together: the oldest go first."""
OLDEST_SECONDS = 2 * 3600
"""Twice what Gradio keeps files for: it forgets those of uploads that broke off."""
EVERY_SECONDS = 30
YOUNG_SECONDS = 5
"""A folder without a lock may be one that is just being made."""


@contextlib.contextmanager
def temporary_files() -> Iterator[Path]:
    """Keep all temporary files of this process, Gradio's too, in a folder that goes at the end.

    It is made where the environment's TMPDIR says, and nobody else on the machine can read it.
    """
    sweep()
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder, done = Path(name), threading.Event()
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            tempfile.tempdir = name
            os.environ["GRADIO_TEMP_DIR"] = gradio.mcp.DEFAULT_TEMP_DIR = str(folder / "gradio")
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
            with (folder / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def trim(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Remove files that are too old, and the oldest as long as there are too many bytes."""
    found = []
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # gone meanwhile
            if path.is_file() and path.name != LOCK:
                state = path.stat()
                # Not the time of its content: copies keep that of what they were made from.
                found.append((state.st_ctime, state.st_size, path))
    total = sum(size for _, size, _ in found)
    for changed, size, path in sorted(found):
        if total <= most_bytes and time.time() - changed < OLDEST_SECONDS:
            return
        path.unlink(missing_ok=True)
        total -= size
        if path.parent.parent == folder / "gradio":
            with contextlib.suppress(OSError):  # not empty
                path.parent.rmdir()


def _keep_small(folder: Path, done: threading.Event) -> None:
    while not done.wait(EVERY_SECONDS):
        trim(folder)
