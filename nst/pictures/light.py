"""From what a PNG file says of its colours to sRGB: gAMA, and cICP with its HDR and wide gamuts.

PNG Specification, third edition, sections 11.3.2 (gAMA, cICP) and 4.3; ITU-T H.273 for the codes;
ITU-R BT.2100 for the transfer functions of HDR. What is brighter than HDR's reference white is
drawn together below the picture's white.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

USUAL_GAMMA, TOLERANCE = 1 / 2.2, 0.02
"""A gAMA near this is that of sRGB."""
BT709 = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
BT2020 = np.array([[0.637, 0.1446, 0.1689], [0.2627, 0.678, 0.0593], [0.0, 0.0281, 1.061]])
P3 = np.array([[0.4866, 0.2657, 0.1982], [0.229, 0.6917, 0.0793], [0.0, 0.0451, 1.0439]])
PRIMARIES = {1: BT709, 9: BT2020, 12: P3}
"""Codes of primaries -> the matrix from their RGB to XYZ, white D65."""
PQ_WHITE, HLG_WHITE = 203 / 10000, 0.2
"""HDR's reference white (ITU-R BT.2408), as shares of the brightest."""
SIGNATURE_BYTES, MOST_CHUNKS = 8, 100


@dataclass(frozen=True)
class Conversion:
    """Takes colours that a file describes to sRGB.

    Attributes:
        linear: from values in [0, 1] to light, 1 for white.
        matrix: from the file's linear RGB to sRGB's.
        full: whether values use all of their range, or 16 to 235 of 255.
    """

    linear: Callable[[np.ndarray], np.ndarray]
    matrix: np.ndarray
    full: bool = True

    def apply(self, colours: Image.Image) -> Image.Image:
        """A picture (L or RGB) in sRGB, mode RGB."""
        values = np.asarray(colours.convert("RGB"), np.float32) / 255
        if not self.full:
            values = np.clip((values * 255 - 16) / 219, 0, 1)
        light = self.linear(values) @ self.matrix.T.astype(np.float32)
        return Image.fromarray((encoded(light) * 255 + 0.5).astype(np.uint8))


def encoded(light: np.ndarray) -> np.ndarray:
    """Light in [0, 1] as sRGB's values (IEC 61966-2-1); clipped."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def gamma_of(image: Image.Image) -> float | None:
    """The exponent of a PNG's gAMA, if it is another than sRGB's and nothing else is said."""
    gamma = image.info.get("gamma")
    told = any(key in image.info for key in ("srgb", "icc_profile"))
    if told or not isinstance(gamma, float) or not 0.05 <= gamma <= 5:
        return None
    return None if abs(gamma - USUAL_GAMMA) <= TOLERANCE else gamma


def by_gamma(gamma: float) -> Conversion:
    """The conversion of colours that were encoded with an exponent."""
    return Conversion(lambda values: values ** (1 / gamma), np.eye(3))


def by_code(image: Image.Image) -> Conversion | None:
    """The conversion that a PNG's cICP asks for; None without one, or for sRGB, or if unknown."""
    path = getattr(image, "filename", "")
    if image.format != "PNG" or not path:
        return None
    code = _chunk(Path(path), b"cICP")
    if len(code) != 4 or code[2] != 0:  # RGB is coded by matrix 0
        return None
    return coded(code[0], code[1], code[3] == 1)


def coded(primaries: int, transfer: int, full: bool = True) -> Conversion | None:
    """The conversion of colours that codes of ITU-T H.273 describe; None as `by_code`."""
    if primaries not in PRIMARIES or transfer not in TRANSFERS or (primaries, transfer) == (1, 13):
        return None
    return Conversion(TRANSFERS[transfer], np.linalg.inv(BT709) @ PRIMARIES[primaries], full)


def _chunk(path: Path, name: bytes) -> bytes:
    """A chunk of a PNG file that comes before its pixels, or nothing."""
    with path.open("rb") as file:
        file.seek(SIGNATURE_BYTES)
        for _ in range(MOST_CHUNKS):
            head = file.read(8)
            length, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind == name and length <= 64:
                return file.read(length)
            if len(head) < 8 or kind == b"IDAT":
                break
            file.seek(length + 4, 1)
    return b""


def _from_srgb(values: np.ndarray) -> np.ndarray:
    low = values <= 0.04045
    return np.where(low, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4)


def _from_pq(values: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084: shares of 10,000 cd/m², with the reference white at 1."""
    root = values ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578)
    return _rolled_off(light / PQ_WHITE)


def _from_hlg(values: np.ndarray) -> np.ndarray:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return _rolled_off(scene**1.2 / HLG_WHITE)


def _rolled_off(light: np.ndarray) -> np.ndarray:
    """Light with what is above 0.8 drawn together below 1."""
    over = np.maximum(light - 0.8, 0)
    return np.where(light <= 0.8, light, 0.8 + 0.2 * over / (over + 0.2))


TRANSFERS = {
    **dict.fromkeys((1, 6, 13, 14, 15), _from_srgb),  # video is shown as sRGB is
    4: lambda values: values**2.2,
    8: lambda values: values,
    16: _from_pq,
    18: _from_hlg,
}
"""Codes of transfer functions -> light."""
