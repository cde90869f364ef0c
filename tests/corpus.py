"""Odd and hostile picture files, and whether each is a picture for us; all of them made here."""

import gzip
import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

WIDTH, HEIGHT = 64, 48
SENTENCES = {
    "alien": "is not a picture that can be read",
    "damaged": "is damaged or incomplete",
    "large": "megapixels are the limit",
    "small": "is too small",
    "narrow": "is too narrow",
    "slow": "is in a variant of its format that is slow",
    "passes": "is a JPEG of too many passes",
    "values": "has pixel values",
}
"""What is said of files that are no pictures for us, by short names."""


def picture(mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Noise, the same each time."""
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(noise).convert(mode)


def encoded(image: Image.Image, encoder: str, **options: object) -> bytes:
    """The bytes of a picture file."""
    file = io.BytesIO()
    image.save(file, encoder, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    size: tuple[int, int] = (WIDTH, HEIGHT),
    depth: int = 8,
    colour: int = 2,
    rows: bytes | None = None,
    extra: bytes = b"",
) -> bytes:
    """A PNG file from its parts: black unless `rows` are given; `extra` is before the pixels."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if rows is None:
        rows = bytes((1 + (size[0] * samples * depth + 7) // 8) * size[1])
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows, 9))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + chunk(b"IEND", b"")


def patched(data: bytes, at: int, format_: str, *values: int) -> bytes:
    """The same bytes with numbers written over some of them."""
    data = bytearray(data)
    struct.pack_into(format_, data, at, *values)
    return bytes(data)


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG that says in its header that it is as large."""
    data = encoded(picture(), "JPEG")
    return patched(data, data.index(b"\xff\xc0") + 5, ">HH", height, width)


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes over and over again."""
    data = encoded(picture(size=(512, 512)), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * count + data[-2:]


def exif_loop() -> bytes:
    """EXIF data whose directory says that the next one is itself."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8769, 4, 1, 8) + b"\x08\0\0\0"


def gps() -> Image.Exif:
    """EXIF data with a camera's name and a place."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


def with_profile(profile: bytes) -> bytes:
    """A PNG file with an ICC profile."""
    return encoded(picture(), "PNG", icc_profile=profile)


def bmp_rle(size: tuple[int, int], runs: bytes) -> bytes:
    """A run-length coded BMP file."""
    header = struct.pack("<IiiHHIIiiII", 40, *size, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + 40 + 1024
    return (
        struct.pack("<2sIHHI", b"BM", start + len(runs), 0, 0, start) + header + bytes(1024) + runs
    )


def frames(encoder: str) -> bytes:
    """An animation of three frames."""
    first, *others = (Image.new("RGB", (WIDTH, HEIGHT), c) for c in ("red", "lime", "blue"))
    return encoded(first, encoder, save_all=True, append_images=others)


def text_chunks(count: int, megabytes: int) -> bytes:
    """PNG text that is small in the file and large when it is read."""
    packed = zlib.compress(bytes(megabytes * 10**6), 9)
    return chunk(b"zTXt", b"Comment\0\0" + packed) * count


def tiff_of_size(width: int, height: int) -> bytes:
    """A TIFF that says in its tags that it is as large."""
    entries = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height)]
    entries += [(279, width * height % 2**32)]
    tags = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + tags + bytes(64)


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def odd_float() -> bytes:
    """A picture of floats from 0 to 1, of which one is a little more."""
    values = np.linspace(0, 1, WIDTH * HEIGHT, dtype=np.float32).reshape(HEIGHT, WIDTH)
    values[-1, -1] = 1.001
    return encoded(Image.fromarray(values), "TIFF")


def _deep(values: float, mode: str) -> bytes:
    return encoded(Image.new(mode, (WIDTH, HEIGHT), values), "TIFF")


PNG, JPEG = encoded(picture(), "PNG"), encoded(picture(), "JPEG")
GIF, WEBP = encoded(picture("P"), "GIF"), encoded(picture(), "WEBP")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><script>1</script></svg>'
PICTURES: dict[str, bytes | Callable[[], bytes]] = {
    **{f"mode {mode}": encoded(picture(mode), "TIFF") for mode in ("1", "L", "LA", "P", "RGBA")},
    "cmyk jpeg": encoded(picture("CMYK"), "JPEG"),
    "cmyk tiff": encoded(picture("CMYK"), "TIFF"),
    "lab tiff": encoded(picture("LAB"), "TIFF"),
    "ycbcr tiff": encoded(picture("YCbCr"), "TIFF", compression="jpeg"),
    "16-bit grey": png(depth=16, colour=0),
    "16-bit grey, one transparent": png(depth=16, colour=0, extra=chunk(b"tRNS", b"\0\0")),
    "16-bit grey and alpha": png(depth=16, colour=4),
    "16-bit rgb": png(depth=16),
    "16-bit rgba": png(depth=16, colour=6),
    "one bit": png(depth=1, colour=0),
    "floats": _deep(0.5, "F"),
    "integers": _deep(40000, "I"),
    "palette, transparent": encoded(picture("P"), "PNG", transparency=bytes(range(256))),
    "palette, short": png(colour=3, extra=chunk(b"PLTE", bytes(6))),
    "rgb, one transparent": png(extra=chunk(b"tRNS", bytes(6))),
    "all transparent": png(colour=6),
    "gif, one transparent": encoded(picture("P"), "GIF", transparency=3),
    "animated gif": lambda: frames("GIF"),
    "animated png": lambda: frames("PNG"),
    "animated webp": lambda: frames("WEBP"),
    "many pages": lambda: frames("TIFF"),
    "mpo": lambda: frames("MPO"),
    "avif": lambda: encoded(picture(), "AVIF"),
    "heic": lambda: encoded(picture(), "HEIF"),
    "an odd float": lambda: odd_float(),
    "bmp": encoded(picture(), "BMP"),
    "bmp, run-length coded": bmp_rle((WIDTH, HEIGHT), (b"\x40\x07\0\0") * HEIGHT + b"\0\1"),
    "ppm": encoded(picture(), "PPM"),
    "ppm, plain": b"P3 8 8 255 " + b"9 " * 192,
    "progressive": encoded(picture(), "JPEG", progressive=True),
    "exif loop": encoded(picture(), "JPEG", exif=exif_loop()),
    "exif rubbish": encoded(picture(), "JPEG", exif=b"Exif\0\0" + b"\xff" * 500),
    "gps": encoded(picture(), "JPEG", exif=gps()),
    "icc rubbish": with_profile(b"\xff" * 3000),
    "icc half": with_profile(_srgb()[:200]),
    "icc of another mode": with_profile(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    ),
    "png, then a zip": PNG + b"PK\3\4" + bytes(500),
    "jpeg, then html": JPEG + b"<script>alert(1)</script>",
    "gif with a script": GIF[:-1] + b"\x21\xfe\x10<script>1</script\0" + GIF[-1:],
    "jpeg with a comment of html": encoded(picture(), "JPEG", comment=b"<img onerror=1>" * 50),
    "text in hebrew and zero bytes": png(extra=chunk(b"iTXt", b"A\0\0\0\0\0" + "א\0".encode() * 9)),
    "gamma of zero": png(extra=chunk(b"gAMA", bytes(4))),
    "twenty to one": lambda: encoded(picture(size=(320, 16)), "PNG"),
    "eight pixels": lambda: encoded(picture(size=(8, 8)), "PNG"),
    "68 megapixels": lambda: png((8240, 8240), 1, 0),
    "68 megapixels of 16 bits": lambda: png((8240, 8240), 16, 0),
    "68 megapixels of rgba": lambda: png((8240, 8240), 8, 6),
    "68 megapixels of jpeg": lambda: encoded(Image.new("L", (8240, 8240)), "JPEG"),
    "a hundred megapixels of jpeg": lambda: encoded(Image.new("L", (12000, 9000)), "JPEG"),
    "profile of eight megabytes": lambda: encoded(
        picture(), "PNG", icc_profile=_srgb() + bytes(8 * 2**20)
    ),
    "sixteen megapixels of webp": lambda: encoded(Image.new("RGBA", (4000, 4000)), "WEBP"),
}
"""Files that are pictures."""

OTHERS: dict[str, tuple[str, bytes | Callable[[], bytes]]] = {
    "nothing": ("alien", b""),
    "one byte": ("alien", b"\x89"),
    "zero bytes": ("alien", bytes(5000)),
    "text": ("alien", b"not a picture\n" * 20),
    "html": ("alien", b"<!doctype html><title>404</title>"),
    "svg": ("alien", SVG),
    "svg, packed": ("alien", gzip.compress(SVG)),
    "pdf": ("alien", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF"),
    "eps": ("alien", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n(x) run\n"),
    "zip": ("alien", b"PK\5\6" + bytes(18)),
    "program": ("alien", b"\x7fELF" + bytes(200)),
    "icon": ("alien", encoded(picture(), "ICO")),
    "jpeg 2000": ("alien", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60)),
    "targa": ("alien", encoded(picture(), "TGA")),
    "signature only": ("alien", PNG[:8]),
    "half png": ("damaged", PNG[: len(PNG) // 2]),
    "half jpeg": ("damaged", JPEG[: len(JPEG) // 2]),
    "half gif": ("damaged", GIF[: len(GIF) // 2]),
    "half heic": ("alien", lambda: encoded(picture(), "HEIF")[:200]),
    "seventy megapixels of progressive jpeg": (
        "large",
        lambda: encoded(Image.new("L", (10000, 7000)), "JPEG", progressive=True),
    ),
    "half webp": ("damaged", WEBP[: len(WEBP) // 2]),
    "wrong checksum": ("damaged", patched(PNG, len(PNG) // 2, ">I", 12345678)),
    "wrong checksum of the header": ("alien", patched(PNG, 29, ">I", 0)),
    "no pixels": ("damaged", png(rows=b"")),
    "too few pixels": ("damaged", png(rows=bytes(100))),
    "depth of three": ("alien", patched(PNG, 24, ">B", 3)),
    "text bomb": ("damaged", lambda: png(extra=text_chunks(1, 300))),
    "many text bombs": ("damaged", lambda: png(extra=text_chunks(300, 1))),
    "profile bomb": (
        "damaged",
        lambda: png(extra=chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(3 * 10**8), 9))),
    ),
    "pixel bomb": ("large", lambda: png((13000, 13000), 1, 0)),
    "one pixel row too many": ("large", lambda: png((10000, 6801), 1, 0)),
    "huge png header": ("large", png((2**31 - 1, 2**31 - 1), 1, 0, b"")),
    "huge jpeg header": ("large", jpeg_of_size(65000, 65000)),
    "huge gif header": ("large", patched(GIF, 6, "<HH", 65535, 65535)),
    "huge bmp header": ("large", bmp_rle((2**20, 2**20), b"")),
    "huge tiff header": ("large", tiff_of_size(2**31, 2**31)),
    "huge ppm header": ("large", b"P6 4000000 4000000 255 "),
    "large webp": ("large", lambda: encoded(Image.new("RGB", (4001, 4000)), "WEBP")),
    "width of zero": ("alien", png((0, 48), rows=b"")),
    "one pixel": ("small", encoded(picture(size=(1, 1)), "PNG")),
    "a line": ("narrow", lambda: encoded(picture(size=(4000, 9)), "PNG")),
    "too few tags": ("damaged", tiff_of_size(WIDTH, 1000)),
    "nan": ("values", _deep(float("nan"), "F")),
    "negative": ("values", _deep(-100, "I")),
    "slow ppm": ("slow", lambda: b"P3 4000 4000 255 " + b"9 " * 2_000_000),
    "slow bmp": ("slow", lambda: bmp_rle((4000, 4000), b"\1\7" * 2_000_000)),
    "many scans": ("passes", lambda: many_scans(2000)),
}
"""Files that are none, with the short name of what is said of them."""

FILES = {
    **{name: ("", data) for name, data in PICTURES.items()},
    **OTHERS,
}
"""All of them: name -> what is said of it, nothing of pictures; and its bytes, or what makes it."""


def made(name: str) -> bytes:
    """The bytes of a file of `FILES`."""
    data = FILES[name][1]
    return data if isinstance(data, bytes) else data()
