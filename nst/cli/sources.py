"""Where a command's pictures come from: files, web addresses, pipes and standard input."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.request import Request, urlopen

from PIL import Image

from nst.pictures.reading import MAX_FILE_MEGABYTES, open_image
from nst.specs import InputError

SOURCE_HELP = "a file, a web address, or - for standard input"
STDIN = "-"
WEB = ("http://", "https://")
SECONDS = 30
"""Without a byte from a server, after which it is given up."""


class Sources:
    """Pictures by what a command line calls them; each is fetched or read once.

    Args:
        folder: for copies of what is no file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Path] = {}

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator["Sources"]:
        """Sources whose copies are gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="nst-") as folder:
            yield cls(Path(folder))

    def picture(self, source: str | None, what: str, size: int = 0) -> Image.Image | None:
        """Open the picture that a source gives, for a result of a size; None for none.

        Raises:
            InputError: as `nst.pictures.reading.open_image`, or nothing comes from the source.
        """
        return None if source is None else open_image(self.file(source, what), what, size)

    def file(self, source: str, what: str) -> Path:
        """The file of a source, or a copy of what comes from it."""
        if source not in self._files:
            self._files[source] = self._file(source, what)
        return self._files[source]

    def _file(self, source: str, what: str) -> Path:
        path = Path(source)
        try:
            if source == STDIN:
                return self._copy(sys.stdin.buffer, what)
            if source.startswith(WEB):
                asked = Request(source, headers={"User-Agent": "nst"})
                with closing(urlopen(asked, timeout=SECONDS)) as answer:
                    return self._copy(answer, what)
            if path.exists() and not path.is_file() and not path.is_dir():
                with path.open("rb") as pipe:
                    return self._copy(pipe, what)
        except InputError:
            raise
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise InputError(f"The {what} cannot be read from {source}: {reason}.") from error
        return path

    def _copy(self, stream: BinaryIO, what: str) -> Path:
        copy = self._folder / f"{len(self._files)}"
        with copy.open("wb") as file:
            while part := stream.read(2**20):
                file.write(part)
                if file.tell() > MAX_FILE_MEGABYTES * 10**6:
                    raise InputError(
                        f"The {what} is too large: a file may have {MAX_FILE_MEGABYTES} MB at most."
                    )
        return copy
