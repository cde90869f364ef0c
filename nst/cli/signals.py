"""What asks a command to stop: SIGTERM, and SIGHUP of a closed terminal, end it as Ctrl-C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ASKING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Windows has no SIGHUP."""


class Signalled(KeyboardInterrupt):
    """A signal asked the command to stop.

    Attributes:
        code: the exit code that says so, 128 and the signal's number.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def exit_code(stop: KeyboardInterrupt) -> int:
    """The exit code of a command that was stopped by Ctrl-C or by a signal."""
    return stop.code if isinstance(stop, Signalled) else 128 + signal.SIGINT


@contextmanager
def raised() -> Iterator[None]:
    """Raise `Signalled` at the first signal inside; what is left to do is not interrupted again.

    A signal that is ignored, as under nohup, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return
    before = {number: signal.getsignal(number) for number in ASKING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, _frame: FrameType | None) -> None:
    for asking in ASKING:
        signal.signal(asking, signal.SIG_IGN)
    raise Signalled(number)
