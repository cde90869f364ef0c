"""Untrusted clips: looked into and bounded, then read one frame at a time."""

from dataclasses import replace
from pathlib import Path

from nst.pictures.bounds import check_size
from nst.specs import InputError
from nst.video import animations, containers
from nst.video.clip import Clip, advancing, plain, too_long

MOST_SECONDS = 30 * 60.0
"""How long a clip may be: painting it takes a hundred times as long, and more."""
MOST_FRAMES = 60 * 30 * 60
"""And how many frames it may have."""
ENDINGS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".gif", ".webp", ".png")
"""Of the names of files that are usually clips; what a file is, its first bytes say."""


def open_clip(
    path: str | Path | None,
    what: str = "clip",
    *,
    most_seconds: float = MOST_SECONDS,
    most_frames: int = MOST_FRAMES,
) -> Clip:
    """Look into an untrusted clip: MP4, MOV, WebM, MKV, AVI, or an animated GIF, WebP or PNG.

    Its first frame is decoded.

    Args:
        what: names it in sentences.

    Raises:
        InputError: there is none, it cannot be opened, is damaged, has no moving picture, is too
            long, or its frames are outside the limits of pictures (`nst.pictures.bounds`).
    """
    if path is None:
        raise InputError(f"The {what} is missing.", subject=what, code="missing")
    with plain(what):
        clip = replace(_looked_into(Path(path), what), most_frames=most_frames)
        check_size(*clip.size, what)
    if clip.seconds > most_seconds:
        raise too_long(what, f"{most_seconds:g} s are the limit, and it has {clip.seconds:.0f}")
    if clip.frames > most_frames:
        raise too_long(what, f"{most_frames} frames are the limit, and it has {clip.frames}")
    return clip


def _looked_into(path: Path, what: str) -> Clip:
    """A clip as its file describes it. Whatever a decoder raises is raised."""
    if path.is_dir():
        raise InputError(f"The {what} is a folder, not a moving picture.")
    if not path.is_file():
        raise FileNotFoundError(path)
    animated = animations.is_one(path)
    kind = animations if animated else containers
    found = kind.described(path, what)
    return Clip(
        path=path,
        size=found.size,
        frames=found.frames,
        seconds=found.seconds,
        sound=found.sound,
        most_frames=MOST_FRAMES,
        what=what,
        _read=lambda path: advancing(kind.frames(path)),
    )
