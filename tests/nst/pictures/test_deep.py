import zlib
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from nst.pictures import bounds, tensors
from nst.pictures.color import finish
from nst.pictures.deep import Deep
from nst.pictures.reading import open_image
from nst.pictures.writing import DPI, RECIPE_KEY, in_print, save_image, write_image

WIDTH, HEIGHT = 60, 40


@pytest.fixture(params=[2**20, 7 * WIDTH], ids=["one strip", "many strips"])
def strips_of(request, monkeypatch):
    monkeypatch.setattr(bounds, "STRIP_PIXELS", request.param)


def tensor():
    return torch.rand(1, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))


def expected():
    return np.rint(tensor()[0].permute(1, 2, 0).double().numpy() * 65535)


def alpha():
    ramp = np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))
    return Image.fromarray(ramp)


def png_levels(data):
    """The pixels of a PNG of 16 bits, as another program would read them."""
    at, packed, head = 8, b"", b""
    while at < len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        assert zlib.crc32(name + body) == int.from_bytes(
            data[at + 8 + size : at + 12 + size], "big"
        )
        head, packed = (body if name == b"IHDR" else head), packed + body * (name == b"IDAT")
        at += 12 + size
    width, height = (int.from_bytes(head[i : i + 4], "big") for i in (0, 4))
    channels = {2: 3, 6: 4}[head[9]]
    assert head[8] == 16
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 2).all()
    levels = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return np.ascontiguousarray(levels).view(">u2").reshape(height, width, channels).astype(int)


def tiff_levels(data):
    """The same of a deflated TIFF, by its tags as Pillow reads them."""
    with Image.open(BytesIO(data)) as image:
        tags = dict(image.tag_v2)
    width, channels = tags[256], tags[277]
    parts = [
        np.frombuffer(zlib.decompress(data[at : at + count]), "<u2").reshape(-1, width, channels)
        for at, count in zip(tags[273], tags[279], strict=True)
    ]
    return np.cumsum(np.concatenate(parts), axis=1, dtype=np.uint16).astype(int)


READERS = {"PNG": png_levels, "TIFF": tiff_levels}


@pytest.mark.parametrize("encoder", READERS)
@pytest.mark.parametrize("cut_out", [False, True])
def test_a_file_of_16_bits_has_every_shade(strips_of, encoder, cut_out):
    deep = tensors.to_deep(tensor(), alpha() if cut_out else None)
    file = BytesIO()
    write_image(deep, file, encoder, "compact", "{}")
    levels = READERS[encoder](file.getvalue())
    assert np.abs(levels[..., :3] - expected()).max() == 0
    assert len(np.unique(levels)) > 5000
    if cut_out:
        assert np.array_equal(levels[..., 3], np.asarray(alpha(), int) * 257)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("cut_out", [False, True])
def test_other_programs_and_ours_read_it(strips_of, tmp_path, ending, cut_out):
    path = tmp_path / f"deep.{ending}"
    picture = tensors.to_deep(tensor(), alpha() if cut_out else None)
    save_image(picture, path, "compact", "recipe")
    with Image.open(path) as image:
        image.load()
        assert image.mode == ("RGBA" if cut_out else "RGB")
        assert image.info["dpi"] == pytest.approx((DPI, DPI), abs=0.01)
        if ending == "png":
            assert image.info[RECIPE_KEY] == "recipe" and image.info["Features"] == "compact"
        colours = np.asarray(image)[..., :3].astype(int)
    assert np.abs(colours - expected() / 257).max() <= 1
    ours = open_image(path)
    assert np.array_equal(np.asarray(ours)[..., :3], colours)


@pytest.mark.parametrize("ending", ["png", "jpg", "tif"])
def test_a_result_of_8_bits_says_its_dots_an_inch(tmp_path, ending):
    path = tmp_path / f"result.{ending}"
    save_image(tensors.to_image(tensor()), path, "compact")
    with Image.open(path) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    if ending == "png":
        assert b"pHYs" + (11811).to_bytes(4, "big") * 2 + b"\1" in path.read_bytes()


def test_the_size_in_print():
    assert in_print((4096, 3072)) == "4096 × 3072 pixels: 34.7 × 26.0 cm at 300 dpi"


@pytest.mark.parametrize("choice", ["style", "content"])
def test_colours_and_masks_come_out_as_in_8_bits(strips_of, choice):
    content = Image.fromarray(np.asarray(tensors.to_image(tensor()))[::-1, ::-1])
    mask = Image.new("L", (WIDTH, HEIGHT), 255)
    mask.paste(0, (0, 0, 20, HEIGHT))
    results = []
    for result in (tensors.to_image(tensor()), tensors.to_deep(tensor())):
        result = finish(result, content, choice)
        results += [
            tensors.keep_outside(result, content, mask),
            tensors.blended(result, content, mask),
        ]
    for plain, deep in zip(results[:2], results[2:], strict=True):
        levels = deep.levels(slice(0, HEIGHT)).astype(int)
        # The 8 bits were rounded before their colours were changed, too.
        assert np.abs(np.asarray(plain).astype(int) - levels / 257).max() <= 2
        assert np.array_equal(levels[:, :20], np.asarray(content).astype(int)[:, :20] * 257)
        assert len(np.unique(levels[:, 20:])) > 2000


def test_what_is_cut_out_is_blended_as_in_8_bits(strips_of):
    content = tensors.to_image(tensor(), alpha())
    mask = alpha().transpose(Image.Transpose.ROTATE_180)
    plain = tensors.blended(tensors.to_image(1 - tensor(), alpha()), content, mask)
    deep = tensors.blended(tensors.to_deep(1 - tensor(), alpha()), content, mask)
    levels = deep.levels(slice(0, HEIGHT)) / 257
    assert np.abs(np.asarray(plain).astype(float) - levels).max() <= 1


def test_a_picture_of_8_bits_is_the_same_in_16():
    image = tensors.to_image(tensor(), alpha())
    levels = Deep.of(image).levels(slice(0, HEIGHT))
    assert np.array_equal(levels, np.asarray(image).astype(np.uint16) * 257)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_refused(value):
    broken = tensor()
    broken[0, 1, 3, 3] = value
    for cut in (tensors.to_image, tensors.to_deep):
        with pytest.raises(ValueError, match="not finite"):
            cut(broken)


def test_strips_make_the_same_tensors_and_pictures(monkeypatch):
    def through():
        image = tensors.to_image(tensor(), alpha())
        return tensors.to_tensor(image), image, finish(image, image.convert("L"), "content")

    one = through()
    monkeypatch.setattr(bounds, "STRIP_PIXELS", 7 * WIDTH)
    many = through()
    assert torch.equal(one[0], many[0])
    assert [a.tobytes() == b.tobytes() for a, b in zip(one[1:], many[1:], strict=True)] == [
        True
    ] * 2


def test_strips_cover_a_picture_once(monkeypatch):
    monkeypatch.setattr(bounds, "STRIP_PIXELS", 100)
    assert list(bounds.strips((30, 8))) == [slice(0, 3), slice(3, 6), slice(6, 8)]
    assert list(bounds.strips((1000, 2))) == [slice(0, 1), slice(1, 2)]
