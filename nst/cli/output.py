"""Where a result goes: the place is proved before the work, and the work is never lost after it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from nst.pictures.deep import Deep
from nst.pictures.writing import DEEP_OUT, FORMATS_OUT, part_of, save_image, write_image
from nst.specs import Choice, InputError

OUT_HELP = f"the result: {', '.join(FORMATS_OUT)}; - writes a PNG to standard output"
STDOUT = Path("-")
DEPTH = Choice(
    label="Depth",
    help="Bits that each colour of a pixel is written in; 16, for finer shades, as PNG or TIFF.",
    default="8",
    choices=("8", "16"),
)
PROBE = bytes(2**20)
"""What is written to see whether the place can be: about what a picture takes."""


def check_out(out: Path, depth: str = DEPTH.default) -> None:
    """Refuse before the work a place that a result could not be saved to after it.

    Raises:
        InputError: the name has another ending, or is a folder's, or the place cannot be written,
            or the format has not so many bits.
    """
    DEPTH.check("depth", depth)
    if out == STDOUT:
        return
    encoder = FORMATS_OUT.get(out.suffix.lower())
    if encoder is None:
        raise InputError(f"The result's name must end in one of {', '.join(FORMATS_OUT)}.")
    if depth != DEPTH.default and encoder not in DEEP_OUT:
        endings = ", ".join(e for e, name in FORMATS_OUT.items() if name in DEEP_OUT)
        raise InputError(
            f"{out.suffix} has no room for {depth} bits: the result's name must end in one of "
            f"{endings}, or --depth be {DEPTH.default}."
        )
    check_place(out)


def check_place(out: Path) -> None:
    """Refuse before the work a place that cannot be written to.

    Raises:
        InputError: it is a folder, or cannot be written.
    """
    folder = out.absolute().parent
    if not folder.is_dir():
        raise InputError(f"There is no folder {out.parent} to write the result to.")
    part = part_of(out)
    try:
        if out.is_dir():
            raise InputError(f"The result cannot be written: {out} is a folder.")
        part.write_bytes(PROBE)
    except OSError as error:
        raise InputError(f"The result cannot be written to {out}: {reason(error)}.") from error
    finally:
        part.unlink(missing_ok=True)


def save(image: Image.Image | Deep, out: Path, features: str, recipe: str) -> Path:
    """Save a result, elsewhere if its place cannot be written by now, and say where.

    Returns:
        Where it is: `out`, or another place, which has been said.

    Raises:
        InputError: there is no place left that can be written.
    """
    if out == STDOUT:
        png = BytesIO()
        write_image(image, png, "PNG", features, recipe)
        sys.stdout.buffer.write(png.getbuffer())
        sys.stdout.buffer.flush()
        return out
    errors: list[OSError] = []
    for place in _places(out):
        try:
            save_image(image, place, features, recipe)
        except OSError as error:
            errors.append(error)
            continue
        if place != out:
            tell(f"error: {out} cannot be written ({reason(errors[0])}): the result is in {place}")
        return place
    raise InputError(
        f"The result is lost: neither {out} nor the temporary folder can be written "
        f"({reason(errors[0])})."
    )


def tell(line: str) -> None:
    """Print a line for people; a terminal that is gone is no reason to lose a result."""
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        return


def _places(out: Path) -> Iterator[Path]:
    """The place, one beside it, one in the temporary folder: names that nothing has yet."""
    yield out
    spare = f"nst-{os.getpid()}-{os.urandom(3).hex()}{out.suffix.lower()}"
    yield out.with_name(spare)
    yield Path(tempfile.gettempdir()) / spare


def reason(error: OSError) -> str:
    """What the system says, without its number and the path."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
