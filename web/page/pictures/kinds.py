"""What people give that is no picture, and the plain sentence that each kind gets."""

import re
from pathlib import Path

from nst.pictures.reading import MAX_FILE_MEGABYTES

SENTENCES = {
    "video": "That is a video: give a single picture of it, or paint it below, under “At once”.",
    "audio": "That is a sound, not a picture.",
    "pdf": "That is a PDF: give a picture of its page, as JPEG or PNG.",
    "svg": "That is an SVG drawing: save it as PNG first.",
    "raw": "That is a camera's raw file: save it as JPEG first.",
    "folder": "That is a folder: give one picture out of it.",
    "empty": "That file is empty: there is no picture in it.",
    "large": f"That file is too large: it may have {MAX_FILE_MEGABYTES} MB at most.",
    "page": "That is a web page: give the address of the picture itself.",
    "other": "That is not a picture: give a JPEG, PNG, WebP or HEIC file, for example.",
}
"""By kind; the page names the kinds of what it does not even send (static/paste.js)."""
HEAD = 1024
"""Bytes at a file's beginning that tell its kind."""
SIGNS = {
    "audio": rb"(?s)ID3|\xff[\xfb\xf3\xf2\xf1\xf9]|OggS|fLaC|RIFF....WAVE|MThd|....ftypM4A",
    "video": rb"(?s)....ftyp(?!hei|hev|mif|msf|avi)|\x1aE\xdf\xa3|RIFF....AVI |\x00\x00\x01\xba",
    "page": rb"(?is)\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body)\b",
    "svg": rb"(?is)\s*(<\?xml.*)?(<!.*)?<svg\b",
    "pdf": rb"\s*%PDF-",
    "empty": rb"$",
}
"""How files of a kind begin that are no pictures; the narrower signs are looked for first."""


def kind_of(path: Path) -> str:
    """The kind of a file that no decoder of pictures takes, or "" if it is none of them."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return next((kind for kind, sign in SIGNS.items() if re.match(sign, head)), "")


def said_of_kind(path: str | Path | None, code: str) -> str:
    """The sentence of a file's kind if it is known, and no picture; "" if not.

    Args:
        code: that of the `InputError` about it.
    """
    kind = kind_of(Path(path)) if path and code == "not a picture" else ""
    return SENTENCES[kind] if kind else ""
