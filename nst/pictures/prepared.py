"""Pictures of any mode as plain ones: 8-bit sRGB, upright, without metadata, in mode RGB or RGBA.

Everything after `prepare` can rely on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from math import ceil

from PIL import (
    ExifTags,
    Image,
    ImageCms,
    UnidentifiedImageError,
)

from nst.pictures import depth
from nst.pictures.alpha import alpha_of
from nst.pictures.bounds import MAX_MEGAPIXELS, check_size, strips
from nst.pictures.depth import Levels, is_deep, levels_of
from nst.pictures.light import Conversion, by_code, by_gamma, gamma_of
from nst.specs import InputError

WORKING_SIDE, DETAIL = 3072, 1.5
"""Larger pictures are first averaged down by whole factors, their longest side staying above this,
and above so many times the size that is asked for: they then take little memory, and the exact
resize still has detail to filter."""
OF_FRAMES = ("GIF", "WEBP", "PNG", "TIFF", "AVIF")
"""Those whose further pictures are frames or pages; a phone's JPEG has a preview as its second."""
NOTE = "nst-note"
"""Key of a prepared picture's `info`, by which it is known; no encoder writes it."""
EIGHT_BIT_MODES = {
    **dict.fromkeys(("1", "L"), "L"),
    **dict.fromkeys(("LA", "La"), "LA"),
    **dict.fromkeys(("RGB", "RGBX", "P", "YCbCr", "LAB", "HSV"), "RGB"),
    **dict.fromkeys(("RGBA", "RGBa", "PA"), "RGBA"),
    "CMYK": "CMYK",
}
"""Pillow mode -> the mode that it is read as; the deep modes I;16, I and F are scaled instead."""
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what sets the picture upright."""


def prepare(image: Image.Image | None, what: str = "image", size: int = 0) -> Image.Image:
    """Return a picture of any mode as a new 8-bit sRGB one: upright, within limits, no metadata.

    The mode is RGBA if any pixel is not opaque, else RGB. Of deep pixels, see `nst.pictures.depth`.
    What is prepared already is returned itself: nobody changes it, and it may be very large.

    Args:
        what: names it in sentences.
        size: longest side in pixels that it is to be used at, where that is known.

    Raises:
        InputError: not a PIL image, outside the limits above, of an unknown mode, not decodable,
            or with values in no usual range, or not finite; `what` names it in the sentence.
    """
    if image is None:
        raise InputError(f"The {what} is missing.", subject=what, code="missing")
    if not isinstance(image, Image.Image):
        raise InputError(f"The {what} must be a PIL image, not a {type(image).__name__[:40]}.")
    with plain_errors(what):
        check_size(*image.size, what)
        if _is_prepared(image, ("RGB", "RGBA"), size):
            return image
        image.load()
        return finished(converted(image, what, size), upright(image))


def prepare_mask(mask: Image.Image | None, what: str = "mask", size: int = 0) -> Image.Image | None:
    """Return a mask in mode L, white where it is lit and opaque, or None for none.

    What it returned before is returned itself.

    Raises:
        InputError: as `prepare`, or it is black everywhere.
    """
    if mask is None or (isinstance(mask, Image.Image) and _is_prepared(mask, ("L",), size)):
        return mask
    picture = prepare(mask, what, size)
    if alpha := alpha_of(picture):
        picture = Image.composite(picture.convert("RGB"), Image.new("RGB", picture.size), alpha)
    grey = picture.convert("L")
    if grey.getextrema()[1] == 0:
        raise InputError(f"The {what} is black everywhere: paint white where the style is to go.")
    grey.info = {NOTE: ""}
    return grey


def _is_prepared(image: Image.Image, modes: Sequence[str], size: int) -> bool:
    """Whether a picture comes from here, as its `info` says, and is no larger than it need be."""
    known = image.info.keys() == {NOTE} and image.mode in modes and reduction(image, size) == 1
    return known and not (image.mode == "RGBA" and alpha_of(image) is None)


@contextmanager
def plain_errors(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `InputError` of one plain sentence."""
    try:
        yield
    except InputError as error:
        error.subject = error.subject or what
        raise
    except (FileNotFoundError, PermissionError) as error:
        text = f"The {what} cannot be opened: no such file, or no permission."
        raise InputError(text, subject=what, code="unreadable") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise InputError(
            f"The {what} is too large: {MAX_MEGAPIXELS} megapixels are the limit.",
            subject=what,
            code="too large",
        ) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"The {what} is not a picture that can be read: "
            "use JPEG, PNG, WebP, HEIC, GIF, BMP, TIFF, PPM or AVIF.",
            subject=what,
            code="not a picture",
        ) from error
    # Damaged files make decoders raise nearly anything, and new kinds with each release.
    except Exception as error:
        raise InputError(
            f"The {what} is damaged or incomplete: save it again, for example as JPEG or PNG.",
            subject=what,
            code="damaged",
        ) from error


def converted(image: Image.Image, what: str, longest: int = 0) -> Image.Image:
    """Return a decoded picture averaged down, in sRGB: RGB, or RGBA if it may be transparent."""
    factor = reduction(image, longest)
    gamma, code = gamma_of(image), by_code(image)
    levels = levels_of(image, what, gamma) if is_deep(image.mode) else None
    size = ceil(image.width / factor), ceil(image.height / factor)
    result: Image.Image | None = None
    for rows in strips(image.size, factor):
        strip = image.crop((0, rows.start, image.width, rows.stop))
        part = _eight_bit(strip, levels, what).reduce(factor)
        if result is None:
            transform = _conversion(image, code, gamma, part.mode.removesuffix("A"))
            result = Image.new("RGBA" if "A" in part.mode else "RGB", size)
        colours = part.convert(part.mode.removesuffix("A"))
        colours = transform.apply(colours) if transform else colours.convert("RGB")
        if "A" in part.mode:
            colours.putalpha(part.getchannel("A"))
        result.paste(colours, (0, rows.start // factor))
    assert result is not None  # no picture is without rows
    result.info[NOTE] = _said(image, levels, what)
    return result


def finished(picture: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """Return a picture of `converted` upright, without alpha if it is opaque."""
    if picture.mode == "RGBA" and alpha_of(picture) is None:
        picture = picture.convert("RGB")
    note = note_of(picture)
    picture = picture if turn is None else picture.transpose(turn)
    # Pillow writes what it finds here into files: position, camera, profile.
    picture.info = {NOTE: note}
    return picture


def note_of(picture: Image.Image | None) -> str:
    """A sentence about what was assumed of a prepared picture, or left out, or ""."""
    return picture.info.get(NOTE, "") if picture else ""


def _said(image: Image.Image, levels: Levels | None, what: str) -> str:
    """That sentence, of a picture that is opened."""
    frames = image.format in OF_FRAMES and getattr(image, "is_animated", False)
    first = f"Only the first frame of the {what} is used." if frames else ""
    assumed = levels.note if levels else image.info.get(NOTE, "")
    return f"{first} {assumed}".strip()


def _eight_bit(image: Image.Image, levels: Levels | None, what: str) -> Image.Image:
    """Return a picture of any mode in L, LA, RGB, RGBA or CMYK, its colours not yet converted."""
    if levels is not None:
        return depth.eight_bit(image, levels, what)
    mode = EIGHT_BIT_MODES.get(image.mode)
    if mode is None:
        raise InputError(
            f"The {what} has an unknown pixel format: save it again, for example as JPEG or PNG."
        )
    if mode in ("L", "RGB") and image.has_transparency_data:
        mode += "A"
    return image if image.mode == mode else image.convert(mode)


def reduction(image: Image.Image, longest: int = 0) -> int:
    """The whole factor by which a picture for a size is averaged down, see `WORKING_SIDE`."""
    return max(1, int(max(image.size) // max(WORKING_SIDE, DETAIL * longest)))


def _conversion(
    image: Image.Image, code: Conversion | None, gamma: float | None, mode: str
) -> ImageCms.ImageCmsTransform | Conversion | None:
    """What takes the colours of a picture, 8 bits of `mode`, to sRGB: by the best that is said."""
    if code is not None:
        return code
    if gamma is not None and not is_deep(image.mode):  # deep values are linear by now
        return by_gamma(gamma)
    return _to_srgb(image.info.get("icc_profile"), mode)


def _to_srgb(profile: object, mode: str) -> ImageCms.ImageCmsTransform | None:
    """What takes colours of a mode from an ICC profile to sRGB; None where there is no such."""
    if not isinstance(profile, bytes):
        return None
    # A profile that is broken, or made for another mode, is no reason to refuse the picture.
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    return None


def upright(image: Image.Image) -> Image.Transpose | None:
    """What sets a picture upright, if anything is needed."""
    # Pillow's EXIF parser fails in many ways; none is a reason to refuse a picture.
    try:
        return UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None
