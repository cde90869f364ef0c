"""Keep freed memory in the process while a picture is optimised.

Every iteration allocates and frees the same activations, some of them tens of megabytes large. The
C library hands such memory back to the system at once, which clears it, page by page, when it is
asked for again: a third of an iteration's time at 1024 pixels. Here it keeps what is freed until
the run is over. It is an allocator's setting: results do not change.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

# From <malloc.h>.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_KEPT = 100 * 2**20
"""Bytes above which one block goes back to the system all the same: those of VGG19 at 1024 pixels
would cost a sixth more memory, for a tenth of the time."""
USUAL_MMAP, USUAL_TRIM = 32 * 2**20, 64 * 2**20
"""Where glibc's own thresholds end up in a process that frees large blocks."""


@lru_cache
def _keepers() -> set[object]:
    """One for each block that is being run; adding and removing are atomic."""
    return set()


@contextmanager
def kept() -> Iterator[None]:
    """Keep freed memory inside the `with` block, and give it back to the system after it.

    Of blocks in several threads, the last one to end gives it back.
    """
    keeper = object()
    _keepers().add(keeper)
    keep()
    try:
        yield
    finally:
        _keepers().discard(keeper)
        if not _keepers():
            give_back()


def keep() -> None:
    """From now on keep freed memory; does nothing where the C library is not glibc."""
    if libc := _glibc():
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def give_back() -> None:
    """Give freed memory back to the system, now and from now on."""
    if libc := _glibc():
        libc.mallopt(M_MMAP_THRESHOLD, USUAL_MMAP)
        libc.mallopt(M_TRIM_THRESHOLD, USUAL_TRIM)
        libc.malloc_trim(0)


def share_one_arena() -> None:
    """Have threads that begin from now on take their memory from where the first thread does.

    An arena of a thread's own gives back what is freed in pieces of 64 MB, whatever it is told.
    """
    if libc := _glibc():
        libc.mallopt(M_ARENA_MAX, 1)


def _glibc() -> ctypes.CDLL | None:
    if sys.platform == "win32":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
