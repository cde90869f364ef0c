"""The pictures that words mean: files, folders, patterns, and lists of all these."""

import glob
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from PIL import Image

from nst.pictures.reading import FORMATS
from nst.specs import InputError

HELP = (
    "files, folders, patterns in quotes ('photos/**/*.jpg'), @list.txt for names in a file, one a "
    "line, or - for such a list on standard input"
)
STDIN, LIST, COMMENT = "-", "@", "#"
LONGEST_LIST = 10_000_000
"""Characters of a list that are read."""


def listed(words: Iterable[str], without: Path | None = None) -> list[Path]:
    """The pictures that words mean, in their order, each once.

    A file that is named is taken for a picture whether it is there or not; in folders and patterns,
    what has a picture's ending and is not hidden.

    Args:
        without: a folder whose pictures are only taken if they are named: that of the results.

    Raises:
        InputError: a list or a folder that cannot be read.
    """
    found: dict[Path, Path] = {}
    for path, named in _all(words, Path()):
        real = path.resolve()
        if named or without is None or without.resolve() not in real.parents:
            found.setdefault(real, path)
    return list(found.values())


def _all(words: Iterable[str], base: Path) -> Iterator[tuple[Path, bool]]:
    """Paths, and whether they were named as they are.

    Args:
        base: the folder that the words are relative to.
    """
    for word in words:
        path = base / word
        try:
            if word == STDIN:
                yield from _all(_lines(sys.stdin.read(LONGEST_LIST)), base)
            elif word.startswith(LIST):
                listing = base / word[1:]
                text = listing.read_text(encoding="utf-8-sig", errors="surrogateescape")
                yield from _all(_lines(text[:LONGEST_LIST]), listing.parent)
            elif path.is_dir():
                yield from ((picture, False) for picture in _pictures(path.iterdir()))
            elif glob.has_magic(word) and not path.exists():
                # Path.glob takes no absolute patterns, and hidden files.
                matches = glob.iglob(word, root_dir=base, recursive=True)  # noqa: PTH207
                yield from ((picture, False) for picture in _pictures(base / m for m in matches))
            else:
                yield path, True
        except (OSError, RecursionError) as error:  # a list may name itself
            reason = getattr(error, "strerror", None) or "it goes round in a circle"
            raise InputError(f"{word} cannot be read: {reason}.") from error


def _lines(text: str) -> list[str]:
    """The words of a list, which cannot mean standard input again."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and line[0] != COMMENT and line != STDIN]


def _pictures(paths: Iterable[Path]) -> list[Path]:
    """Those that have a picture's ending, sorted, without hidden ones."""
    return sorted(
        path
        for path in paths
        if path.suffix.lower() in _endings() and path.name[0] != "." and path.is_file()
    )


@cache
def _endings() -> frozenset[str]:
    """Of files that can be pictures: of all formats that are read."""
    known = Image.registered_extensions().items()
    return frozenset(ending for ending, name in known if name in FORMATS)
