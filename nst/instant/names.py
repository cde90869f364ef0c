"""The instant styles: their names, read from the header of the weights that hold them.

Nothing here imports torch, and no tensor is read: pages and validation need the names alone.
"""

import json
import re
from functools import cache
from pathlib import Path

from safetensors import SafetensorError, safe_open

INSTANT = "instant"
"""What to call the network in front of people, where feature networks have their names."""
INSTANT_FILE = Path(__file__).parents[1] / "weights" / "instant.safetensors"
"""The network of all instant styles, which ships with the project."""
NUMERAL = re.compile("[ivx]{2,}")
NAMES = "styles"
"""The key of the header under which the names are, as a JSON list; the photograph's row first."""


@cache
def instant_styles(path: Path = INSTANT_FILE) -> tuple[str, ...]:
    """The names of the styles in a file of weights, in the order of their rows from 1 on.

    Without the file, as before the first training, there are none, nor in one that is damaged:
    `nst.instant` says so to who asks for one.
    """
    try:
        if not path.is_file():
            return ()
        with safe_open(path, framework="numpy") as file:
            return tuple(json.loads(file.metadata()[NAMES])[1:])
    except (OSError, SafetensorError, LookupError, TypeError, ValueError):
        return ()


def title(name: str) -> str:
    """What people call a style: "starry-night" -> "Starry night", numerals in capitals."""
    words = name.capitalize().split("-")
    return " ".join(word.upper() if NUMERAL.fullmatch(word) else word for word in words)
