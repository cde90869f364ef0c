"""nst/pictures: modes, orientation, profiles, alpha, limits, hostile files, tensors and sizes."""

import io
import random
import struct
import warnings
import zlib
from contextlib import suppress

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms, ImageFile, JpegImagePlugin

from nst.pictures import bounds, prepared, reading, tensors
from nst.pictures.alpha import alpha_of
from nst.pictures.prepared import NOTE
from nst.specs import InputError

RED = (200, 50, 30)
SIDE = (12, 10)


def solid(mode, value, **info):
    image = Image.new(mode, SIDE, value)
    image.info.update(info)
    return image


def noise(width, height, mode="RGB", seed=0):
    channels = len(Image.new(mode, (1, 1)).getbands())
    shape = (height, width, channels) if channels > 1 else (height, width)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image, fmt, **options):
    buffer = io.BytesIO()
    image.save(buffer, fmt, **options)
    return buffer.getvalue()


def saved(path, data):
    path.write_bytes(data)
    return path


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + body


def refusal(call, *args):
    """The sentence that `call` refuses with, checked for what every such sentence has to be."""
    with pytest.raises(InputError) as caught:
        call(*args)
    text = str(caught.value)
    assert text.startswith("The ")
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 200
    return text


def palette(first, transparency=None):
    image = Image.new("P", SIDE, 1)
    image.putpalette([9, 9, 9, *first])
    if transparency is not None:
        image.info["transparency"] = transparency
    return image


def icc(profile):
    return ImageCms.ImageCmsProfile(profile).tobytes()


@pytest.fixture
def decoded(monkeypatch):
    """The sizes of the pictures that were really decoded."""
    sizes = []
    load = ImageFile.ImageFile.load

    def recording(self):
        sizes.append(self.size)
        return load(self)

    monkeypatch.setattr(ImageFile.ImageFile, "load", recording)
    return sizes


# Modes


@pytest.mark.parametrize(
    ("image", "colour", "tolerance"),
    [
        (solid("1", 1), (255, 255, 255), 0),
        (solid("1", 0), (0, 0, 0), 0),
        (solid("L", 77), (77, 77, 77), 0),
        (solid("LA", (77, 255)), (77, 77, 77), 0),
        (solid("LA", (77, 255)).convert("La"), (77, 77, 77), 0),
        (palette(RED), RED, 0),
        (palette(RED).convert("PA"), RED, 0),
        (solid("RGB", RED), RED, 0),
        (solid("RGBA", (*RED, 255)), RED, 0),
        (solid("RGBA", (*RED, 255)).convert("RGBa"), RED, 0),
        (solid("RGBX", (*RED, 0)), RED, 0),
        # 255 - 55 = 200, 255 - 205 = 50, 255 - 225 = 30
        (solid("CMYK", (55, 205, 225, 0)), RED, 1),
        (solid("RGB", RED).convert("YCbCr"), RED, 2),
        (solid("RGB", RED).convert("HSV"), RED, 3),
        (solid("RGB", RED).convert("LAB"), RED, 3),
        (solid("I;16", 65535), (255, 255, 255), 0),
        (solid("I;16", 32768), (128, 128, 128), 0),
        (solid("I;16", 255), (1, 1, 1), 0),
        (solid("I;16B", 257 * 77), (77, 77, 77), 0),
        (solid("I;16L", 257 * 77), (77, 77, 77), 0),
        (solid("I", 257 * 77), (77, 77, 77), 0),
        (solid("I", 77), (77, 77, 77), 0),
        (solid("F", 0.5), (128, 128, 128), 0),
        (solid("F", 77.0), (77, 77, 77), 0),
        (solid("F", 257.0 * 77), (77, 77, 77), 0),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)
def test_every_mode_gives_its_colour(image, colour, tolerance):
    result = prepared.prepare(image)
    assert result.mode == "RGB"
    assert result.size == SIDE
    for pixel in (result.getpixel((0, 0)), result.getpixel((11, 9))):
        assert np.abs(np.subtract(pixel, colour)).max() <= tolerance


def test_every_pillow_mode_is_read():
    for mode in Image.MODES:
        assert prepared.prepare(Image.new(mode, SIDE)).mode in ("RGB", "RGBA"), mode


def test_sixteen_bit_png_file_is_not_white(tmp_path):
    ramp = np.tile(np.array([0, 257, 32768, 65278, 65535] * 2, dtype=np.uint16), (8, 1))
    path = saved(tmp_path / "deep.png", encoded(Image.fromarray(ramp), "PNG"))
    grey = np.array(reading.open_image(path))[0, :5, 0]
    assert grey.tolist() == [0, 1, 128, 254, 255]


@pytest.mark.parametrize(
    "image",
    [
        solid("I", -20),
        solid("I", 70000),
        solid("F", float("nan")),
        solid("F", float("inf")),
        solid("F", -0.5),
        solid("F", 1e9),
    ],
)
def test_deep_values_out_of_range_are_refused(image):
    assert "pixel values" in refusal(prepared.prepare, image, "style image")


def test_one_nan_among_good_pixels_is_refused():
    image = solid("F", 0.5)
    image.putpixel((3, 3), float("nan"))
    assert "finite" in refusal(prepared.prepare, image)


def test_an_unknown_mode_is_refused(monkeypatch):
    monkeypatch.delitem(prepared.EIGHT_BIT_MODES, "HSV")
    assert "pixel format" in refusal(prepared.prepare, solid("HSV", (1, 2, 3)))


@pytest.mark.parametrize("value", ["photo.jpg", b"x", 3, np.zeros((9, 9, 3)), Image])
def test_what_is_not_a_picture_is_refused(value):
    assert "must be a PIL image" in refusal(prepared.prepare, value, "content image")


def test_no_picture_is_called_missing():
    assert refusal(prepared.prepare, None, "style image") == "The style image is missing."


def test_the_callers_picture_is_left_alone():
    image = noise(12, 10)
    image.info["comment"] = "mine"
    before = image.tobytes()
    result = prepared.prepare(image)
    result.putpixel((0, 0), (1, 2, 3))
    result.info["x"] = 1
    assert image.tobytes() == before
    assert image.info == {"comment": "mine"}


def test_preparing_twice_changes_nothing():
    for image in (noise(12, 10), noise(12, 10, "RGBA")):
        once = prepared.prepare(image)
        twice = prepared.prepare(once)
        assert twice is once  # which may be very large
    mask = prepared.prepare_mask(image)
    assert prepared.prepare_mask(mask) is mask and prepared.prepare(mask).mode == "RGB"
    opaque = noise(12, 10, "RGBA")
    opaque.putalpha(255)
    opaque.info = {NOTE: ""}  # as of a picture that somebody went on to work at
    assert prepared.prepare(opaque).mode == "RGB"


# Orientation, profiles, metadata


def corners():
    """Red, green, blue, white at top left, top right, bottom left and bottom right."""
    image = Image.new("RGB", (16, 10), "black")
    for colour, at in zip(
        ("red", "lime", "blue", "white"), ((0, 0), (8, 0), (0, 5), (8, 5)), strict=True
    ):
        image.paste(colour, (*at, at[0] + 8, at[1] + 5))
    return image


@pytest.mark.parametrize(
    ("orientation", "size", "top"),
    [
        # The standard's names: where the stored first row and first column are, seen upright.
        (1, (16, 10), "RG"),
        (2, (16, 10), "GR"),  # right-left mirrored
        (3, (16, 10), "WB"),  # upside down
        (4, (16, 10), "BW"),  # top-bottom mirrored
        (5, (10, 16), "RB"),  # rows are columns
        (6, (10, 16), "BR"),  # needs a quarter turn clockwise
        (7, (10, 16), "WG"),
        (8, (10, 16), "GW"),  # needs a quarter turn anticlockwise
        (9, (16, 10), "RG"),  # not a valid value
    ],
)
def test_exif_orientation_is_applied(tmp_path, orientation, size, top):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path / "turned.png", encoded(corners(), "PNG", exif=exif))
    names = {(255, 0, 0): "R", (0, 255, 0): "G", (0, 0, 255): "B", (255, 255, 255): "W"}
    for result in (reading.open_image(path), prepared.prepare(Image.open(path))):
        assert result.size == size
        assert names[result.getpixel((0, 0))] + names[result.getpixel((size[0] - 1, 0))] == top


@pytest.mark.parametrize("fmt", ["JPEG", "TIFF", "WEBP"])
def test_orientation_of_other_formats_is_applied_once(tmp_path, fmt):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path / "turned", encoded(corners(), fmt, exif=exif))
    result = reading.open_image(path)
    assert result.size == (10, 16)
    red, green, blue = result.getpixel((8, 2))
    assert red > 200
    assert green < 60
    assert blue < 60


def test_broken_exif_is_ignored():
    image = noise(12, 10)
    image.info["exif"] = b"Exif\0\0II*\0\xff\xff\xff\xffgarbage"
    assert prepared.prepare(image).tobytes() == image.tobytes()
    image.info["exif"] = 42
    assert prepared.prepare(image).tobytes() == image.tobytes()


def test_metadata_does_not_survive(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = encoded(noise(12, 10), "JPEG", exif=exif, comment=b"home", icc_profile=srgb_bytes())
    source = Image.open(io.BytesIO(data))
    assert source.getexif()
    assert {"exif", "icc_profile", "comment"} <= set(source.info)
    result = reading.open_image(saved(tmp_path / "gps.jpg", data))
    assert result.info == {NOTE: ""}
    assert not result.getexif()
    assert b"Camera" not in encoded(result, "JPEG")


def srgb_bytes():
    return icc(ImageCms.createProfile("sRGB"))


def swapped_profile():
    """A valid RGB profile in which the first channel is blue and the third red."""
    data = bytearray(srgb_bytes())
    count = struct.unpack_from(">I", data, 128)[0]
    tags = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(data)


def test_an_srgb_profile_changes_nothing():
    image = noise(40, 30)
    image.info["icc_profile"] = srgb_bytes()
    difference = np.array(prepared.prepare(image), int) - np.array(image, int)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_profile_is_converted_to_srgb(mode):
    image = palette(RED) if mode == "P" else solid("RGB", RED).convert(mode)
    image.info["icc_profile"] = swapped_profile()
    pixel = prepared.prepare(image).getpixel((5, 5))
    assert np.abs(np.subtract(pixel, RED[::-1])).max() <= 2


def test_colours_of_a_transparent_picture_are_converted_and_its_alpha_is_not():
    image = solid("RGBA", (*RED, 90), icc_profile=swapped_profile())
    *colour, alpha = prepared.prepare(image).getpixel((5, 5))
    assert np.abs(np.subtract(colour, RED[::-1])).max() <= 2
    assert alpha == 90


@pytest.mark.parametrize(
    ("image", "profile"),
    [
        (solid("RGB", RED), b"garbage"),
        (solid("RGB", RED), b""),
        (solid("RGB", RED), "text"),
        (solid("RGB", RED), srgb_bytes()[:200]),
        (solid("RGB", RED), icc(ImageCms.createProfile("LAB"))),
        (solid("L", 77), srgb_bytes()),
        (solid("CMYK", (55, 205, 225, 0)), srgb_bytes()),
    ],
)
def test_a_broken_or_foreign_profile_is_ignored(image, profile):
    expected = prepared.prepare(image).tobytes()
    image.info["icc_profile"] = profile
    assert prepared.prepare(image).tobytes() == expected


# Alpha


@pytest.mark.parametrize(
    "image",
    [
        solid("RGBA", (*RED, 0)),
        solid("LA", (77, 0)),
        solid("LA", (77, 0)).convert("La"),
        solid("RGBA", (*RED, 0)).convert("RGBa"),
        palette(RED, transparency=1),
        palette(RED, transparency=bytes([255, 0])),
        solid("L", 77, transparency=77),
        solid("RGB", RED, transparency=RED),
        solid("1", 0, transparency=0),
        solid("I;16", 40000, transparency=40000),
    ],
    ids=lambda image: image.mode,
)
def test_hidden_colours_are_never_seen(image):
    result = prepared.prepare(image)
    assert result.mode == "RGBA"
    assert alpha_of(result).getextrema() == (0, 0)
    assert torch.equal(tensors.to_tensor(result), torch.ones(1, 3, 10, 12))


def test_a_grey_that_is_marked_transparent_hides_nothing_else():
    image = solid("I;16", 40000, transparency=40001)
    assert prepared.prepare(image).mode == "RGB"


def test_half_transparent_black_is_grey_over_white():
    tensor = tensors.to_tensor(prepared.prepare(solid("RGBA", (0, 0, 0, 128))))
    assert torch.allclose(tensor, torch.full_like(tensor, 127 / 255), atol=1e-6)


def test_transparent_pixels_do_not_bleed_when_resized():
    image = Image.new("RGBA", (64, 32), (255, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 32, 32))
    tensor = tensors.to_tensor(tensors.resize_image(prepared.prepare(image), (16, 8)))
    red, green = tensor[0, 0], tensor[0, 1]
    assert (red - green).abs().max() < 2 / 255


def test_opaque_alpha_is_dropped():
    result = prepared.prepare(solid("RGBA", (*RED, 255)))
    assert result.mode == "RGB"
    assert alpha_of(result) is None


def test_alpha_comes_back_at_the_size_of_the_result():
    image = Image.new("RGBA", (40, 20), (*RED, 255))
    image.paste((0, 0, 0, 0), (20, 0, 40, 20))
    alpha = alpha_of(prepared.prepare(image))
    result = tensors.to_image(torch.full((1, 3, 10, 20), 0.5), alpha)
    assert (result.mode, result.size) == ("RGBA", (20, 10))
    assert result.getpixel((2, 5)) == (128, 128, 128, 255)
    assert result.getpixel((17, 5)) == (128, 128, 128, 0)
    # Nothing shows beyond the pixel at the edge: no ringing.
    assert result.getchannel("A").crop((12, 0, 20, 10)).getextrema() == (0, 0)


# Tensors


def test_to_tensor_keeps_places_and_channels():
    image = Image.new("RGB", (12, 10))
    image.putpixel((11, 2), (255, 51, 0))
    tensor = tensors.to_tensor(image)
    assert (tensor.shape, tensor.dtype) == ((1, 3, 10, 12), torch.float32)
    assert tensor.is_contiguous()
    assert tensor[0, :, 2, 11].tolist() == pytest.approx([1.0, 0.2, 0.0])
    assert tensor.sum().item() == pytest.approx(1.2)


@pytest.mark.parametrize("mode", ["L", "CMYK", "P"])
def test_to_tensor_wants_a_prepared_picture(mode):
    with pytest.raises(ValueError, match="expected mode"):
        tensors.to_tensor(Image.new(mode, SIDE))


def test_round_trip_of_all_levels_is_exact():
    image = noise(64, 48)
    image.paste(Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)), (0, 0))
    assert tensors.to_image(tensors.to_tensor(image)).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("value", "level"),
    [(-3.0, 0), (0.49 / 255, 0), (0.51 / 255, 1), (0.5, 128), (254.4 / 255, 254), (7.0, 255)],
)
def test_to_image_rounds_and_clamps(value, level):
    image = tensors.to_image(torch.full((1, 3, 8, 9), value, requires_grad=True))
    assert (image.mode, image.size) == ("RGB", (9, 8))
    assert image.getpixel((8, 7)) == (level, level, level)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_to_image_refuses_what_is_not_finite(value):
    tensor = torch.full((1, 3, 8, 8), 0.5)
    tensor[0, 1, 2, 3] = value
    with pytest.raises(ValueError, match="finite"):
        tensors.to_image(tensor)


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 3, 8, 8), (1, 4, 8, 8), (1, 1, 8, 8)])
def test_to_image_refuses_other_shapes(shape):
    with pytest.raises(ValueError, match="expected a tensor"):
        tensors.to_image(torch.zeros(shape))


# Sizes


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((4000, 3000), 512, (512, 384)),
        ((3000, 4000), 512, (384, 512)),
        ((300, 200), 512, (512, 341)),
        ((64, 64), 2048, (2048, 2048)),
        ((640, 64), 160, (160, 16)),
        ((2000, 100), 2048, (2048, 103)),
        ((4000, 200), 505, (505, 26)),
    ],
)
def test_fit(size, longest, expected):
    assert bounds.fit(*size, longest) == expected


def test_fit_keeps_the_aspect_to_half_a_pixel():
    draw = random.Random(0)
    for _ in range(200):
        width, height, longest = (
            draw.randint(64, 999),
            draw.randint(64, 999),
            draw.randint(256, 999),
        )
        result = bounds.fit(width, height, longest)
        assert max(result) == longest
        assert abs(min(result) - longest * min(width, height) / max(width, height)) <= 0.5


@pytest.mark.parametrize("size", [(4000, 200), (200, 4000), (2021, 102), (1010, 51)])
def test_every_derived_size_is_one_that_a_picture_may_have(size):
    for longest in range(320, 1200, 5):
        fitted = bounds.fit(*size, longest)
        for width, height in bounds.doubling(fitted, 2):
            assert max(width, height) <= bounds.MAX_ASPECT * min(width, height)


def test_fit_names_a_size_that_is_enough():
    text = refusal(bounds.fit, 1000, 50, 64, "style image")
    assert text.endswith("64×3 pixels; choose size 320 or more.")
    assert bounds.fit(1000, 50, 320) == (320, 16)


@pytest.mark.parametrize("size", [(4000, 10), (10, 4000), (4000, 199)])
def test_extreme_aspects_are_refused_rather_than_distorted(size):
    assert "too narrow" in refusal(bounds.fit, *size, 2048)
    assert "20 times" in refusal(prepared.prepare, Image.new("1", size))


@pytest.mark.parametrize("size", [(40, 20), (200, 100), (100, 50)])
def test_resizing_keeps_flat_colours_and_the_middle(size):
    image = Image.new("RGB", (100, 50), RED)
    image.paste("white", (50, 0, 100, 50))
    small = tensors.resize_image(image, size)
    scaled = tensors.resize_tensor(tensors.to_tensor(image), size)
    assert small.size == size
    assert scaled.shape == (1, 3, size[1], size[0])
    for tensor in (tensors.to_tensor(small), scaled):
        assert tensor.is_contiguous()
        assert tensor.min() >= 0
        assert tensor.max() <= 1
        level = tensor[0, 0, size[1] // 2]
        quarter = size[0] // 4
        assert level[quarter].item() == pytest.approx(200 / 255, abs=0.01)
        assert level[-quarter].item() == pytest.approx(1, abs=0.01)


def test_resizing_is_antialiased():
    # Of stripes one pixel wide, every 9th pixel is black and white by turns.
    stripes = np.zeros((90, 90, 3), np.uint8)
    stripes[:, ::2] = 255
    image = Image.fromarray(stripes)
    for tensor in (
        tensors.to_tensor(tensors.resize_image(image, (10, 10))),
        tensors.resize_tensor(tensors.to_tensor(image), (10, 10)),
    ):
        assert (tensor - 0.5).abs().max() < 0.1


@pytest.mark.parametrize("fmt", ["JPEG", "PNG"])
def test_very_large_pictures_are_averaged_down_first(tmp_path, decoded, fmt):
    width, height = 4 * prepared.WORKING_SIDE, 700
    image = Image.new("RGB", (width, height), "blue")
    image.paste("yellow", (0, 0, width // 2, height))
    result = reading.open_image(saved(tmp_path / "wide", encoded(image, fmt)))
    assert result.size == (prepared.WORKING_SIDE, 175)
    # A JPEG is already decoded at the smaller size.
    assert decoded[0] == (result.size if fmt == "JPEG" else image.size)
    for x, colour in ((100, (255, 255, 0)), (prepared.WORKING_SIDE - 100, (0, 0, 255))):
        assert np.abs(np.subtract(result.getpixel((x, 90)), colour)).max() <= 3


def test_deep_and_transparent_large_pictures_keep_values_and_alpha():
    size = (2 * prepared.WORKING_SIDE, 400)
    deep = prepared.prepare(Image.new("I;16", size, 257 * 77))
    assert (deep.size, deep.getpixel((5, 5))) == ((size[0] // 2, 200), (77, 77, 77))
    deep = Image.new("I;16", size, 257 * 77)
    deep.info["transparency"] = 257 * 77
    assert prepared.prepare(deep).getextrema()[3] == (0, 0)
    clear = Image.new("PA", size)
    clear.putpalette([*RED, *RED])
    assert prepared.prepare(clear).getextrema()[3] == (0, 0)


# Files


@pytest.mark.parametrize(
    "fmt", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF", "PPM"]
)
def test_every_format_is_read_whatever_its_name(tmp_path, fmt):
    path = saved(tmp_path / "photo.txt", encoded(solid("RGB", RED), fmt))
    pixel = reading.open_image(str(path)).getpixel((5, 5))
    assert np.abs(np.subtract(pixel, RED)).max() <= 6


def test_cmyk_jpeg_file_is_not_inverted(tmp_path):
    data = encoded(solid("CMYK", (55, 205, 225, 0)), "JPEG", quality=95)
    pixel = reading.open_image(saved(tmp_path / "ink.jpg", data)).getpixel((5, 5))
    assert np.abs(np.subtract(pixel, RED)).max() <= 4


@pytest.mark.parametrize("fmt", ["GIF", "PNG", "WEBP", "TIFF", "MPO"])
def test_first_frame_of_many(tmp_path, fmt):
    frames = [solid("RGB", colour) for colour in ("red", "lime", "blue")]
    data = encoded(frames[0], fmt, save_all=True, append_images=frames[1:])
    opened = reading.open_image(saved(tmp_path / "many", data), "style image")
    red, green, blue = opened.getpixel((5, 5))
    assert red > 240
    assert max(green, blue) < 16
    # A phone's MPO has a preview as its second picture.
    said = "" if fmt == "MPO" else "Only the first frame of the style image is used."
    assert prepared.note_of(opened) == said


def test_a_hundred_megapixels_are_made_smaller_while_they_are_decoded(tmp_path, monkeypatch):
    decoded = []

    def load(self, load=JpegImagePlugin.JpegImageFile.load):
        decoded.append(self.size)
        return load(self)

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", load)
    whole = Image.new("L", (12000, 9000), 99)
    path = saved(tmp_path / "phone.jpg", encoded(whole, "JPEG"))
    assert reading.open_image(path).getpixel((9, 9)) == (99, 99, 99)
    assert decoded[0] == (6000, 4500)
    path = saved(tmp_path / "progressive.jpg", encoded(whole, "JPEG", progressive=True))
    assert "68 megapixels" in refusal(reading.open_image, path)


GOOD_PNG = encoded(noise(64, 48), "PNG")
GOOD_JPEG = encoded(noise(64, 48), "JPEG")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"<!doctype html><title>404</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>',
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n",
        encoded(noise(64, 48), "ICO"),
        GOOD_PNG[:8],
    ],
)
def test_what_is_not_a_raster_picture_is_named_so(tmp_path, data):
    text = refusal(reading.open_image, saved(tmp_path / "photo.png", data), "content image")
    assert text.startswith("The content image is not a picture that can be read")
    assert "JPEG" in text


@pytest.mark.parametrize(
    "data",
    [
        GOOD_PNG[: len(GOOD_PNG) // 2],
        GOOD_JPEG[: len(GOOD_JPEG) // 2],
        encoded(noise(64, 48), "WEBP")[:900],
        encoded(noise(64, 48), "TIFF")[:900],
        encoded(noise(64, 48), "BMP")[:900],
        GOOD_PNG[:60] + b"\xff" * 40 + GOOD_PNG[100:],
    ],
)
def test_damaged_files_are_refused(tmp_path, data):
    text = refusal(reading.open_image, saved(tmp_path / "photo", data), "style image")
    assert text.startswith("The style image is ")


def test_a_truncated_picture_that_was_opened_elsewhere_is_refused():
    lazy = Image.open(io.BytesIO(GOOD_JPEG[: len(GOOD_JPEG) // 2]))
    assert "damaged" in refusal(prepared.prepare, lazy)


def test_paths_that_lead_nowhere_are_refused(tmp_path):
    assert "style image is a folder" in refusal(reading.open_image, tmp_path, "style image")
    for path in (tmp_path / "none.png", "a\0b.png", "/dev/zero"):
        assert "content image cannot be opened" in refusal(
            reading.open_image, path, "content image"
        )
    for path in ("x" * 5000, None, 3):
        refusal(reading.open_image, path)
    # Messages go to strangers: nothing about the server's folders.
    assert tmp_path.name not in refusal(reading.open_image, tmp_path / "none.png")


def test_a_file_of_too_many_bytes_is_not_opened(tmp_path, monkeypatch):
    path = saved(tmp_path / "photo.png", encoded(noise(700, 700), "PNG"))
    assert reading.open_image(path).size == (700, 700)
    monkeypatch.setattr(reading, "MAX_FILE_MEGABYTES", 1)
    assert "1 MB at most" in refusal(reading.open_image, path)


@pytest.mark.parametrize("side", [8247, 9000, 13000, 20000])
@pytest.mark.parametrize("action", ["ignore", "error"])
def test_bombs_are_refused_before_they_are_decoded(tmp_path, decoded, side, action):
    data = png(side, side, 1, 0, bytes(side * (side // 8 + 1)))
    assert len(data) < 100_000
    path = saved(tmp_path / "bomb.png", data)
    with warnings.catch_warnings():
        warnings.simplefilter(action, Image.DecompressionBombWarning)
        assert "megapixels" in refusal(reading.open_image, path, "content image")
        with suppress(Warning, Image.DecompressionBombError):
            assert "megapixels" in refusal(prepared.prepare, Image.open(io.BytesIO(data)))
    assert decoded == []


def test_a_jpeg_bomb_is_not_saved_by_being_decoded_smaller(tmp_path, decoded):
    data = bytearray(GOOD_JPEG)
    frame = data.index(b"\xff\xc0")
    # Marker, length and depth, then height and width.
    struct.pack_into(">HH", data, frame + 5, 13000, 13000)
    path = saved(tmp_path / "bomb.jpg", data)
    assert "not 13000×13000 pixels" in refusal(reading.open_image, path)
    assert decoded == []


def test_the_limit_itself_is_allowed(tmp_path, decoded):
    # 10000 x 5000 = 50 million pixels exactly
    path = saved(tmp_path / "large.png", png(10000, 5000, 1, 0, bytes(5000 * 1251)))
    assert reading.open_image(path).size == (3334, 1667)
    assert decoded


@pytest.mark.parametrize(
    ("size", "word"),
    [((7, 9), "small"), ((9, 7), "small"), ((0, 9), "small"), ((161, 8), "narrow")],
)
def test_pictures_too_small_or_narrow_are_refused(size, word):
    text = refusal(prepared.prepare, Image.new("RGB", size))
    assert word in text
    assert f"{size[0]}×{size[1]}" in text
    assert prepared.prepare(Image.new("RGB", (160, 8))).size == (160, 8)


def test_running_out_of_memory_is_a_plain_sentence(monkeypatch):
    def fail(self):
        raise MemoryError

    monkeypatch.setattr(Image.Image, "load", fail)
    assert "too large" in refusal(prepared.prepare, noise(64, 48))


SEEDS = {
    "JPEG": GOOD_JPEG,
    "PNG": GOOD_PNG,
    "GIF": encoded(noise(64, 48).quantize(16), "GIF", transparency=3),
    "BMP": encoded(noise(64, 48), "BMP"),
    "TIFF": encoded(noise(64, 48), "TIFF", compression="tiff_lzw"),
    "WEBP": encoded(noise(64, 48), "WEBP"),
    "PPM": encoded(noise(64, 48), "PPM"),
}


def mutated(data, draw):
    data = bytearray(data)
    for _ in range(draw.choice((1, 2, 8, 40))):
        # Headers hold what breaks decoders: hit the first bytes as often as all the others.
        end = len(data) if draw.random() < 0.5 else min(64, len(data))
        data[draw.randrange(end)] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
    return bytes(data[: draw.randrange(len(data))] if draw.random() < 0.2 else data)


@pytest.mark.parametrize("fmt", SEEDS)
@pytest.mark.filterwarnings("ignore")  # what Pillow warns of is no error outside these tests
def test_mutated_files_give_a_picture_or_a_sentence(tmp_path, fmt):
    draw = random.Random(fmt)
    pictures = 0
    for _ in range(60):
        path = saved(tmp_path / "mutated", mutated(SEEDS[fmt], draw))
        try:
            result = reading.open_image(path)
        except InputError as error:
            text = str(error)
            assert text.startswith("The image ")
            assert text.endswith(".")
            continue
        pictures += 1
        assert tensors.to_tensor(result).shape == (1, 3, result.height, result.width)
        assert result.width * result.height <= bounds.MAX_MEGAPIXELS * 10**6
    # Both outcomes have to occur, or the mutations test nothing; PNG's checksums find them all.
    assert (fmt != "PNG") <= pictures < 60


@pytest.mark.filterwarnings("ignore")
def test_valid_files_with_random_headers_give_a_picture_or_a_sentence(tmp_path):
    draw = random.Random(0)
    modes = set()
    for _ in range(150):
        width, height = draw.choice((0, 1, 8, 64, 7000, 2**31)), draw.choice((8, 64, 7200))
        depth, colour = draw.choice((1, 2, 4, 8, 16, 3)), draw.choice((0, 2, 3, 4, 6, 5))
        kind = draw.choice((b"tRNS", b"PLTE", b"iCCP", b"eXIf", b"gAMA", b"acTL"))
        extra = chunk(kind, draw.randbytes(draw.choice((0, 1, 2, 6, 12, 300))))
        rows = bytes(64 * 513 * draw.choice((0, 1)))
        path = saved(tmp_path / "random.png", png(width, height, depth, colour, rows, extra))
        try:
            result = reading.open_image(path)
        except InputError as error:
            assert str(error).endswith(".")
        else:
            assert result.size == (width, height)
            modes.add(result.mode)
    assert modes == {"RGB", "RGBA"}
