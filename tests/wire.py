"""A way to a server that can be cut, mended and led to another server."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """A port of this machine from which everything goes to a server's, and back.

    Attributes:
        address: of this end.
    """

    def __init__(self, url: str) -> None:
        self._open, self._ends = True, set()
        self.lead_to(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def lead_to(self, url: str) -> None:
        """Lead what is connected from now on to a server."""
        self._server = "127.0.0.1", urlsplit(url).port

    def cut(self) -> None:
        """End all connections, and take no new ones."""
        self._open = False
        for end in tuple(self._ends):
            _end(end)
        self._ends.clear()

    def mend(self) -> None:
        """Take new connections again."""
        self._open = True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                try:
                    if not self._open:
                        raise ConnectionRefusedError
                    far = socket.create_connection(self._server)
                except OSError:
                    near.close()
                    continue
                self._ends |= {near, far}
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    _end(one)
    _end(other)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
