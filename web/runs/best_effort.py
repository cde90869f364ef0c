"""What goes with a result, and must not cost it: a failure is logged, and the result stays."""

import logging
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger("nst.app")


def best_effort(make: Callable[[], T], otherwise: T) -> T:
    """What `make` returns; `otherwise`, with a traceback in the log, if it raises."""
    try:
        return make()
    except Exception:
        log.exception("a result goes without something")
        return otherwise
