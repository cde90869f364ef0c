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

    A signal that is ignored, as under nohup, stays ignored. Where a library has made a plain Ctrl-C
    of the signal, as Ray does, it is `Signalled` again outside.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return
    before = {number: signal.getsignal(number) for number in ASKING}
    asked: list[Signalled] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        for asking in ASKING:
            signal.signal(asking, signal.SIG_IGN)
        asked.append(Signalled(number))
        raise asked[0]

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, ask)
    try:
        yield
    except KeyboardInterrupt:
        if asked:
            raise asked[0] from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
