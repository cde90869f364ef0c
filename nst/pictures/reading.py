"""Untrusted picture files: their formats, and the limits that are checked before they are read."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from mmap import ACCESS_READ, mmap
from pathlib import Path

from PIL import (
    Image,
    ImageFile,
    PngImagePlugin,
    UnidentifiedImageError,
)
from pillow_heif import register_heif_opener

from nst.pictures import float_tiff
from nst.pictures.bounds import MAX_MEGAPIXELS, check_size
from nst.pictures.prepared import (
    NOTE,
    converted,
    finished,
    plain_errors,
    reduction,
    upright,
)
from nst.specs import InputError

PngImagePlugin.MAX_TEXT_CHUNK = 16 * 2**20
"""Pillow's bound for a decompressed chunk of PNG: colour profiles of printers take 8 MB."""
FORMAT_MEGAPIXELS = {"WEBP": 16, "AVIF": 16, "JPEG": 150, "MPO": 150}
"""The same for decoders that hold a picture three times over, and are slow; and for JPEG, which is
made smaller while it is decoded, unless it is progressive: phones take pictures of 108 megapixels.
"""
SLOW_DECODERS, SLOW_KILOBYTES = ("ppm", "ppm_plain", "bmp_rle"), 2000
"""Pillow's decoders in Python, and the largest file that reaches them: they take 2 s for 4 MB."""
MAX_SCANS = 32
"""Passes over its pixels that a progressive JPEG may ask for; encoders make about 10. A scan costs
the file a few bytes, and the decoder the time of a whole picture."""
MAX_FILE_MEGABYTES = 256
"""Largest file that is opened: some decoders read all of it before they tell the size."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "HEIF")
"""Pillow's decoders that a file may reach, and pillow-heif's: raster formats that no other program
decodes."""
register_heif_opener(thumbnails=False)
NEXT_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
"""The next JPEG marker that a segment follows; in coded pixels, a byte 0xff is followed by 0."""


def open_image(path: str | Path | None, what: str = "image", size: int = 0) -> Image.Image:
    """Open an untrusted picture file and return its first frame as `prepare` does.

    Sizes are checked on the header, before anything is decoded.

    Args:
        what: names it in sentences.
        size: longest side in pixels that it is to be used at, where that is known.

    Raises:
        InputError: there is none, the file cannot be opened, is not a whole picture in one of
            `FORMATS`, or is outside the limits above; `what` names the picture in the sentence.
    """
    with plain_errors(what):
        with opened(path, what) as image:
            # A JPEG decoder can leave out detail that would be averaged away anyway.
            factor = reduction(image, size)
            image.draft(None, (image.width // factor, image.height // factor))
            image.load()
            picture, turn = converted(image, what, size), upright(image)
        del image  # and the decoded pixels
        return finished(picture, turn)


@contextmanager
def opened(
    path: str | Path | None, what: str = "image", formats: Sequence[str] = FORMATS
) -> Iterator[Image.Image]:
    """Open an untrusted picture file for its header; it is within limits, and not yet decoded.

    Raises:
        InputError: as `open_image`, also for what is raised inside the context.
    """
    if path is None:
        raise InputError(f"The {what} is missing.", subject=what, code="missing")
    with plain_errors(what):
        file = Path(path)
        if file.is_dir():
            raise InputError(f"The {what} is a folder, not a picture.")
        if not file.is_file():
            raise FileNotFoundError(file)
        size = file.stat().st_size
        if size > MAX_FILE_MEGABYTES * 10**6:
            raise InputError(
                f"The {what} is too large: a file may have {MAX_FILE_MEGABYTES} MB at most."
            )
        with warnings.catch_warnings():
            # Pillow warns below our own limit for what is made smaller while it is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = _open(file, what, formats)
        with image:
            check_size(*image.size, what, _most_megapixels(image))
            _check_effort(image, file, what)
            yield image


def _open(file: Path, what: str, formats: Sequence[str]) -> Image.Image:
    try:
        image = Image.open(file, formats=tuple(formats))
    except UnidentifiedImageError:
        floats = float_tiff.found(file) if "TIFF" in formats else None
        if floats is None:
            raise
        check_size(*floats.size, what)
        return floats.picture(what, NOTE)
    image.info.pop(NOTE, None)  # whatever wrote it there
    return image


def _most_megapixels(image: Image.Image) -> int:
    if image.info.get("progressive"):  # its decoder holds all of it, whatever size it gives
        return MAX_MEGAPIXELS
    return FORMAT_MEGAPIXELS.get(image.format or "", MAX_MEGAPIXELS)


def _check_effort(image: Image.Image, file: Path, what: str) -> None:
    """Refuse files that take a decoder far longer than their pixels do."""
    if not isinstance(image, ImageFile.ImageFile):  # decoded by now, with no decoder's effort
        return
    slow = any(tile[0] in SLOW_DECODERS for tile in image.tile)
    if slow and file.stat().st_size > SLOW_KILOBYTES * 1000:
        raise InputError(f"The {what} is in a variant of its format that is slow: save it as PNG.")
    if image.tile and image.tile[0][0] == "jpeg" and image.format in ("JPEG", "MPO"):
        with file.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            scans = sum(1 for _ in islice(_scans(data), MAX_SCANS + 1))
        if scans > MAX_SCANS:
            raise InputError(f"The {what} is a JPEG of too many passes: save it again.")


def _scans(jpeg: mmap) -> Iterator[int]:
    """Where the scans of a JPEG file begin, its first picture's."""
    at = 2
    while (marker := NEXT_MARKER.search(jpeg, at)) and marker[0] != b"\xff\xd9":
        at = marker.start()
        if marker[0] == b"\xff\xda":
            yield at
        # A length of 0 or 1 is no length: go on behind it, as decoders do.
        at += 2 + max(2, int.from_bytes(jpeg[at + 2 : at + 4], "big"))
