"""What the file of a result is called: by the names of the photograph's file and the painting's."""

import re
import unicodedata
from pathlib import Path

LONGEST, MOST_BYTES = 40, 80
"""Of each of the two names: characters, and bytes, of which file systems have 255 for all."""
BETWEEN = "-in-the-style-of-"
UNNAMED = re.compile(
    r"(images?|pictures?|blob|web-?cam|camera|capture|clipboard|paste|pasted(-image)?|downloads?|"
    r"unnamed|untitled|unknown|files?|uploads?|temp|tmp|[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}"
    r"-[0-9a-f]{12})?(-?\d{1,4})?"
)
"""Names that browsers and programs give, and people do not."""


def result_name(photograph: object, painting: object) -> str:
    """The name of a result's file, without its ending: `cat-in-the-style-of-great-wave`.

    Args:
        photograph: its file; a result of before keeps the name of its own photograph.
        painting: its file, or the name of a style.
    """
    subject, _, _ = _cleaned(photograph).partition(BETWEEN)
    return f"{_or(subject, 'photograph')}{BETWEEN}{_or(_cleaned(painting), 'painting')}"


def _or(name: str, unnamed: str) -> str:
    short = name[:LONGEST].encode()[:MOST_BYTES].decode(errors="ignore").strip("-")
    return unnamed if UNNAMED.fullmatch(short) else short


def _cleaned(file: object) -> str:
    """Letters, digits and hyphens of a file's name, in lower case; "" without one."""
    name = unicodedata.normalize("NFKC", Path(file).stem) if isinstance(file, str | Path) else ""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")
