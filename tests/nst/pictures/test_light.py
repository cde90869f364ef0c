import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from nst.pictures import reading
from nst.pictures.light import TRANSFERS, by_gamma, encoded, gamma_of


def png(path, colour, *chunks, size=(16, 16)):
    """A PNG file of one colour, with chunks (name, data) before its pixels."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    data = file.getvalue()
    added = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    path.write_bytes(data[:33] + added + data[33:])  # behind the signature and IHDR
    return path


def colour_of(path):
    return reading.open_image(path).getpixel((8, 8))


def gama(value):
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def test_srgb_encodes_by_hand():
    light = np.array([-1, 0, 0.0031308, 0.2140, 1, 2])
    assert np.allclose(encoded(light), [0, 0, 0.04045, 0.5, 1, 1], atol=2e-4)


def test_a_gamma_of_one_is_light(tmp_path):
    path = png(tmp_path / "a.png", (55, 55, 55), gama(1.0))  # 0.2157 of the light
    assert colour_of(path) == (128, 128, 128)


@pytest.mark.parametrize("chunks", [[gama(0.45455)], [gama(1.0), (b"sRGB", b"\0")], []])
def test_the_usual_gamma_and_srgb_change_nothing(tmp_path, chunks):
    assert colour_of(png(tmp_path / "a.png", (55, 99, 200), *chunks)) == (55, 99, 200)


@pytest.mark.parametrize("gamma", [0.0, 1e-5, 100.0, 21474.0])
def test_a_gamma_that_is_none_is_ignored(tmp_path, gamma):
    assert colour_of(png(tmp_path / "a.png", (55, 99, 200), gama(gamma))) == (55, 99, 200)
    assert gamma_of(Image.new("RGB", (8, 8))) is None


def test_display_p3_is_wider_than_srgb(tmp_path):
    code = (b"cICP", bytes((12, 13, 0, 1)))
    assert colour_of(png(tmp_path / "a.png", (255, 255, 255), code)) == (255, 255, 255)
    red, green, blue = colour_of(png(tmp_path / "b.png", (200, 50, 50), code))
    assert red > 205 and green < 45 and blue < 50


def test_hdrs_reference_white_is_nearly_white_and_brighter_is_no_darker(tmp_path):
    # ST 2084: 203 cd/m² is 58 % of the range, 10,000 is all of it.
    code = (b"cICP", bytes((9, 16, 0, 1)))
    white, brightest, dark = (
        colour_of(png(tmp_path / "a.png", (level,) * 3, code)) for level in (148, 255, 60)
    )
    assert 235 <= white[0] <= 250 and brightest[0] >= 252 and 20 < dark[0] < 110
    assert max(white) - min(white) <= 2


def test_sixteen_to_235_are_all_of_a_narrow_range(tmp_path):
    code = (b"cICP", bytes((1, 13, 0, 0)))
    # sRGB's own code is left alone whatever its range; Display P3's is not.
    assert colour_of(png(tmp_path / "a.png", (235,) * 3, code)) == (235,) * 3
    code = (b"cICP", bytes((12, 13, 0, 0)))
    assert colour_of(png(tmp_path / "b.png", (235,) * 3, code)) == (255,) * 3
    assert colour_of(png(tmp_path / "c.png", (16,) * 3, code)) == (0,) * 3


@pytest.mark.parametrize("code", [bytes((0, 0, 0, 1)), bytes((9, 16, 9, 1)), b"", b"\1" * 60])
def test_a_code_that_is_unknown_is_ignored(tmp_path, code):
    assert colour_of(png(tmp_path / "a.png", (55, 99, 200), (b"cICP", code))) == (55, 99, 200)


def test_every_transfer_rises_from_black():
    values = np.linspace(0, 1, 200)
    for transfer in TRANSFERS.values():
        light = transfer(values)
        assert light[0] == pytest.approx(0, abs=1e-6) and (np.diff(light) > 0).all()
    assert np.allclose(by_gamma(1.0).linear(values), values)


def test_a_profile_of_eight_megabytes_is_no_damage(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    info = PngImagePlugin.PngInfo()
    path = tmp_path / "a.png"
    Image.new("RGB", (16, 16), (55, 99, 200)).save(
        path, icc_profile=profile + bytes(8 * 2**20), pnginfo=info
    )
    assert colour_of(path) == (55, 99, 200)
