"""Pictures in and out: from an untrusted file or PIL image to a float32 tensor, and back.

A picture comes in through `open_image` or `prepare`, which leave plain 8-bit sRGB, upright, without
metadata, in mode RGB, or RGBA where something shows through. Everything after that can rely on it.
"""

import re
import secrets
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import islice
from math import ceil
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import (
    ExifTags,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    PngImagePlugin,
    UnidentifiedImageError,
)
from pillow_heif import register_heif_opener
from torch import Tensor
from torch.nn import functional as F

from nst.pictures import depth, float_tiff
from nst.pictures.depth import Levels, is_deep, levels_of
from nst.pictures.light import Conversion, by_code, by_gamma, gamma_of
from nst.settings import MAX_SIDE, InputError

PngImagePlugin.MAX_TEXT_CHUNK = 16 * 2**20
"""Pillow's bound for a decompressed chunk of PNG: colour profiles of printers take 8 MB."""

MAX_MEGAPIXELS = 50
"""Largest picture, in millions of pixels, that is decoded at all."""

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

MAX_ASPECT = 20
"""Longest side of a picture over its shortest, at most."""

MIN_SIDE = 8
"""Shortest side, in pixels, of a picture that can be used."""

MIN_RESULT_SIDE = 16
"""Shortest side, in pixels, of a result: the deepest layer sees one pixel out of 16."""

WORKING_SIDE = MAX_SIDE * 3 // 2
"""Larger pictures are first averaged down by whole factors, their longest side staying above this:
they then take little memory, and the exact resize still has detail to filter."""

STRIP_PIXELS = 2**20
"""Pictures are converted in strips of about as many pixels: beside the decoded picture and the
result, only a strip is ever held."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "HEIF")
"""Pillow's decoders that a file may reach, and pillow-heif's: raster formats that no other program
decodes."""
register_heif_opener(thumbnails=False)

OF_FRAMES = ("GIF", "WEBP", "PNG", "TIFF", "AVIF")
"""Those whose further pictures are frames or pages; a phone's JPEG has a preview as its second."""

NOTE = "nst-note"
"""Key of a prepared picture's `info`; no encoder writes it."""

RECIPE_KEY = "Recipe"
"""Keyword of the PNG text chunk that holds a recipe."""
FORMATS_OUT = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""Ending of a result's name -> Pillow's encoder."""

NEXT_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
"""The next JPEG marker that a segment follows; in coded pixels, a byte 0xff is followed by 0."""

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


def open_image(path: str | Path | None, what: str = "image") -> Image.Image:
    """Open an untrusted picture file and return its first frame as `prepare` does.

    Sizes are checked on the header, before anything is decoded.

    Raises:
        InputError: there is none, the file cannot be opened, is not a whole picture in one of
            `FORMATS`, or is outside the limits above; `what` names the picture in the sentence.
    """
    with _plain_errors(what):
        with opened(path, what) as image:
            # A JPEG decoder can leave out detail that would be averaged away anyway.
            factor = _reduction(image)
            image.draft(None, (image.width // factor, image.height // factor))
            image.load()
            picture, turn = _converted(image, what), _upright(image)
        del image  # and the decoded pixels
        return _finished(picture, turn)


@contextmanager
def opened(
    path: str | Path | None, what: str = "image", formats: Sequence[str] = FORMATS
) -> Iterator[Image.Image]:
    """Open an untrusted picture file for its header; it is within limits, and not yet decoded.

    Raises:
        InputError: as `open_image`, also for what is raised inside the context.
    """
    if path is None:
        raise InputError(f"The {what} is missing.")
    with _plain_errors(what):
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
            _check_size(*image.size, what, _most_megapixels(image))
            _check_effort(image, file, what)
            yield image


def _open(file: Path, what: str, formats: Sequence[str]) -> Image.Image:
    try:
        image = Image.open(file, formats=formats)
    except UnidentifiedImageError:
        floats = float_tiff.found(file) if "TIFF" in formats else None
        if floats is None:
            raise
        _check_size(*floats.size, what)
        return floats.picture(what, NOTE)
    image.info.pop(NOTE, None)  # whatever wrote it there
    return image


def prepare(image: Image.Image, what: str = "image") -> Image.Image:
    """Return a picture of any mode as a new 8-bit sRGB one: upright, within limits, no metadata.

    The mode is RGBA if any pixel is not opaque, else RGB. Of deep pixels, see `nst.pictures.depth`.

    Raises:
        InputError: not a PIL image, outside the limits above, of an unknown mode, not decodable,
            or with values in no usual range, or not finite; `what` names it in the sentence.
    """
    if image is None:
        raise InputError(f"The {what} is missing.")
    if not isinstance(image, Image.Image):
        raise InputError(f"The {what} must be a PIL image, not a {type(image).__name__[:40]}.")
    with _plain_errors(what):
        _check_size(*image.size, what)
        image.load()
        return _finished(_converted(image, what), _upright(image))


def prepare_mask(mask: Image.Image | None, what: str = "mask") -> Image.Image | None:
    """Return a mask in mode L, white where it is lit and opaque, or None for none.

    Raises:
        InputError: as `prepare`, or it is black everywhere.
    """
    if mask is None:
        return None
    picture = prepare(mask, what)
    if alpha := alpha_of(picture):
        picture = Image.composite(picture.convert("RGB"), Image.new("RGB", picture.size), alpha)
    grey = picture.convert("L")
    if grey.getextrema()[1] == 0:
        raise InputError(f"The {what} is black everywhere: paint white where the style is to go.")
    return grey


def alpha_of(image: Image.Image) -> Image.Image | None:
    """Return the alpha channel of a picture in mode L, or None if every pixel is opaque."""
    if "A" not in image.getbands():
        return None
    alpha = image.getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def to_tensor(image: Image.Image) -> Tensor:
    """Return a prepared picture as a contiguous float32 tensor (1, 3, H, W) in [0, 1].

    Transparent pictures are laid over white, so that colours hidden under transparency are never
    seen; `alpha_of` has the alpha.

    Raises:
        ValueError: the picture is neither RGB nor RGBA: it did not come from `prepare`.
    """
    if image.mode not in ("RGB", "RGBA"):
        raise ValueError(f"expected mode RGB or RGBA, got {image.mode}")
    pixels = torch.from_numpy(np.array(over_white(image))).permute(2, 0, 1).unsqueeze(0)
    return pixels.contiguous().float().div_(255)


def to_style(image: Image.Image) -> Tensor:
    """Return a prepared picture as a tensor (1, 3, H, W), or (1, 4, H, W) with its alpha.

    What is cut out has the mean colour of what is seen: it is to be weighed by the alpha, and is
    not to have edges against what is next to it.
    """
    alpha = alpha_of(image)
    if alpha is None or not alpha.getbbox():
        return to_tensor(image)
    colours = torch.from_numpy(np.array(image)).permute(2, 0, 1).unsqueeze(0).float().div(255)
    colours, seen = colours[:, :3], colours[:, 3:]
    mean = (colours * seen).sum((2, 3), keepdim=True) / seen.sum()
    return torch.cat([torch.lerp(mean, colours, seen), seen], 1)


def to_guide(mask: Image.Image, size: tuple[int, int]) -> Tensor:
    """Return a mask (mode L) at `size` (width, height) as a tensor (1, 1, H, W) in [0, 1]."""
    levels = np.array(mask.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
    return torch.from_numpy(levels)[None, None] / 255


def to_image(tensor: Tensor, alpha: Image.Image | None = None) -> Image.Image:
    """Return a tensor (1, 3, H, W) as an 8-bit picture, values outside [0, 1] clamped.

    The mode is RGB, or RGBA with `alpha` (mode L, any size: it is resized to the tensor's).

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    if tensor.ndim != 4 or tensor.shape[:2] != (1, 3):
        raise ValueError(f"expected a tensor (1, 3, H, W), got {tuple(tensor.shape)}")
    if not torch.isfinite(tensor).all():
        raise ValueError("the picture has values that are not finite")
    # Adding a half before the cut rounds to the nearest of the 256 levels.
    levels = tensor.detach()[0].float().clamp(0, 1).mul(255).add(0.5).to(torch.uint8)
    image = Image.fromarray(levels.permute(1, 2, 0).contiguous().cpu().numpy())
    if alpha is not None:
        # Sharper filters overshoot, which shows as a faint halo where nothing should be.
        image.putalpha(alpha.resize(image.size, Image.Resampling.BILINEAR))
    return image


def save_image(image: Image.Image, path: Path, features: str, recipe: str = "") -> None:
    """Write a result whole or not at all, in the format of the path's ending, one of `FORMATS_OUT`.

    The name of the feature network that it was made with goes into the metadata of PNG and JPEG,
    the text of a recipe (see `nst.recipe`) into PNG's.
    JPEG has no alpha: transparent pictures are laid over white.
    """
    part = part_of(path)
    try:
        write_image(image, part, FORMATS_OUT[path.suffix.lower()], features, recipe)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """A short new name beside a file's, to write to until it is whole: any name has room for it."""
    return path.with_name(f".{secrets.token_hex(4)}.part")


def write_image(
    image: Image.Image, file: Path | BinaryIO, encoder: str, features: str, recipe: str = ""
) -> None:
    """Write a result in a format of `FORMATS_OUT`, as `save_image` does."""
    if encoder == "JPEG":
        image = over_white(image)
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "Neural style transfer (nst)")
    text.add_text("Features", features)
    if recipe:
        text.add_text(RECIPE_KEY, recipe)
    options = {
        "PNG": {"pnginfo": text, "compress_level": 4},
        "JPEG": {"quality": 95, "comment": f"Neural style transfer (nst), {features} features"},
        "WEBP": {"quality": 95},
    }
    image.save(file, encoder, **options[encoder])


def fit(width: int, height: int, longest: int, what: str = "image") -> tuple[int, int]:
    """Return (width, height) scaled up or down until the longest side is `longest` pixels.

    Raises:
        InputError: the picture is outside the limits above, or so narrow that its other side would
            fall under `MIN_RESULT_SIDE`: the sentence names a size that is large enough.
    """
    _check_size(width, height, what)
    scale = longest / max(width, height)
    size = round(width * scale), round(height * scale)
    if min(size) < MIN_RESULT_SIDE:
        enough = ceil(MIN_RESULT_SIDE * max(width, height) / min(width, height))
        raise InputError(
            f"The {what} is too narrow for size {longest}: it would be {size[0]}×{size[1]} pixels; "
            f"choose size {enough} or more."
        )
    return within_limits(*size)


def doubling(size: tuple[int, int], doublings: int) -> list[tuple[int, int]]:
    """Sizes (width, height), each about twice the one before, of which the last is `size`."""
    factors = [2**i for i in reversed(range(doublings + 1))]
    return [within_limits(round(size[0] / f), round(size[1] / f)) for f in factors]


def within_limits(width: int, height: int) -> tuple[int, int]:
    """A size that rounding has not made narrower than a picture may be: 505×25 becomes 505×26."""
    narrowest = ceil(max(width, height) / MAX_ASPECT)
    return max(width, narrowest), max(height, narrowest)


def resize_image(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a prepared picture at `size` (width, height), antialiased."""
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the middle of a prepared picture at `size` (width, height), cropped, not stretched."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def keep_outside(result: Image.Image, content: Image.Image, mask: Image.Image) -> Image.Image:
    """Return a result that is the content picture, to the bit, where a mask (mode L) is black."""
    small = mask.resize(result.size, Image.Resampling.BILINEAR)
    original = resize_image(content, result.size).convert(result.mode)
    return Image.composite(result, original, small.point(lambda level: 255 * (level > 0)))


def resize_tensor(tensor: Tensor, size: tuple[int, int]) -> Tensor:
    """Return a tensor (1, 3, H, W) at `size` (width, height), antialiased, clamped to [0, 1]."""
    shape = (size[1], size[0])
    return F.interpolate(tensor, shape, mode="bicubic", antialias=True).clamp(0, 1)


def over_white(image: Image.Image) -> Image.Image:
    """Return a picture as it is seen on white, in mode RGB."""
    if image.mode != "RGBA":
        return image if image.mode == "RGB" else image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


@contextmanager
def _plain_errors(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `InputError` of one plain sentence."""
    try:
        yield
    except InputError:
        raise
    except (FileNotFoundError, PermissionError) as error:
        raise InputError(f"The {what} cannot be opened: no such file, or no permission.") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise InputError(
            f"The {what} is too large: {MAX_MEGAPIXELS} megapixels are the limit."
        ) from error
    except UnidentifiedImageError as error:
        raise InputError(
            f"The {what} is not a picture that can be read: "
            "use JPEG, PNG, WebP, HEIC, GIF, BMP, TIFF, PPM or AVIF."
        ) from error
    # Damaged files make decoders raise nearly anything, and new kinds with each release.
    except Exception as error:
        raise InputError(
            f"The {what} is damaged or incomplete: save it again, for example as JPEG or PNG."
        ) from error


def _check_size(width: int, height: int, what: str, most: int = MAX_MEGAPIXELS) -> None:
    megapixels = width * height / 1e6
    if megapixels > most:
        limit = f"is too large: {most} megapixels are the limit"
    elif min(width, height) < MIN_SIDE:
        limit = f"is too small: each side must have {MIN_SIDE} pixels or more"
    elif max(width, height) > MAX_ASPECT * min(width, height):
        limit = f"is too narrow: one side may be {MAX_ASPECT} times the other at most"
    else:
        return
    raise InputError(f"The {what} {limit}, not {width}×{height} pixels.")


def _most_megapixels(image: Image.Image) -> int:
    if image.info.get("progressive"):  # its decoder holds all of it, whatever size it gives
        return MAX_MEGAPIXELS
    return FORMAT_MEGAPIXELS.get(image.format, MAX_MEGAPIXELS)


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


def _converted(image: Image.Image, what: str) -> Image.Image:
    """Return a decoded picture averaged down, in sRGB: RGB, or RGBA if it may be transparent."""
    factor = _reduction(image)
    gamma, code = gamma_of(image), by_code(image)
    levels = levels_of(image, what, gamma) if is_deep(image.mode) else None
    size = ceil(image.width / factor), ceil(image.height / factor)
    rows = factor * max(1, STRIP_PIXELS // (image.width * factor))
    result = transform = None
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        part = _eight_bit(strip, levels, what).reduce(factor)
        if result is None:
            transform = _conversion(image, code, gamma, part.mode.removesuffix("A"))
            result = Image.new("RGBA" if "A" in part.mode else "RGB", size)
        colours = part.convert(part.mode.removesuffix("A"))
        colours = transform.apply(colours) if transform else colours.convert("RGB")
        if "A" in part.mode:
            colours.putalpha(part.getchannel("A"))
        result.paste(colours, (0, top // factor))
    result.info[NOTE] = _said(image, levels, what)
    return result


def _finished(picture: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """Return a picture of `_converted` upright, without alpha if it is opaque."""
    if picture.mode == "RGBA" and alpha_of(picture) is None:
        picture = picture.convert("RGB")
    note = note_of(picture)
    picture = picture if turn is None else picture.transpose(turn)
    # Pillow writes what it finds here into files: position, camera, profile.
    picture.info = {NOTE: note} if note else {}
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


def _reduction(image: Image.Image) -> int:
    return max(1, max(image.size) // WORKING_SIDE)


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


def _upright(image: Image.Image) -> Image.Transpose | None:
    # Pillow's EXIF parser fails in many ways; none is a reason to refuse a picture.
    try:
        return UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:
        return None
