"""Any painting at once: the shipped decoder on example pictures."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from nst import InputError
from nst.instant import view
from nst.instant.arbitrary import DECODER_FILE, Arbitrary, load_arbitrary
from nst.instant.transport import LAYERS
from nst.instant.view import View
from nst.pictures.bounds import fit
from nst.pictures.tensors import resize_image, to_tensor

EXAMPLES = Path(__file__).parents[3] / "examples"
SIZE = (144, 96)


@pytest.fixture(scope="module")
def network() -> Arbitrary:
    return load_arbitrary("cpu", torch.float32)


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    return Image.open(EXAMPLES / "content/coffee.jpg")


@pytest.fixture(scope="module")
def style() -> Image.Image:
    return Image.open(EXAMPLES / "paintings/starry-night.jpg")


@torch.inference_mode()
def left(network: Arbitrary, image: torch.Tensor, style: Image.Image) -> float:
    """The mean distance of a picture (1, 3, H, W) to a style, over the layers."""
    size = fit(*style.size, max(image.shape[2:]))
    of_style = View(network.transport, to_tensor(resize_image(style, size))).moments()
    aim, own = network.transport.aim(of_style), View(network.transport, image).moments()
    return sum(float(aim[layer].compare(*own[layer]).loss) for layer in LAYERS) / len(LAYERS)


@pytest.mark.parametrize("name", ["paintings/starry-night", "paintings/tahiti", "styles/woodcut"])
def test_a_photograph_comes_near_to_a_painting(network, photograph, name):
    style = Image.open(EXAMPLES / f"{name}.jpg")
    painted = network.painted(photograph, style, (288, 192), 85.0)
    before = left(network, to_tensor(resize_image(photograph, (288, 192))), style)
    assert left(network, painted, style) < 0.45 * before


def test_more_strength_has_more_of_the_style(network, photograph, style):
    painted = [network.painted(photograph, style, SIZE, s) for s in (20.0, 50.0, 85.0, 100.0)]
    distances = [left(network, image, style) for image in painted]
    assert distances == sorted(distances, reverse=True)
    own = to_tensor(resize_image(photograph, painted[0].shape[:1:-1]))
    changes = [float((image - own).abs().mean()) for image in painted]
    assert changes[:3] == sorted(changes[:3])


def test_the_same_picture_comes_again(network, photograph, style):
    one, other = (network.painted(photograph, style, SIZE, 85.0) for _ in range(2))
    assert torch.equal(one, other)


def test_a_style_is_looked_at_once(network, photograph, style, monkeypatch):
    first = network.painted(photograph, style, SIZE, 85.0)
    looks, see = [], network.transport.see
    monkeypatch.setattr(network.transport, "see", lambda image: looks.append(1) or see(image))
    assert torch.equal(network.painted(photograph, style, SIZE, 85.0), first)
    again = len(looks)
    turned = style.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert not torch.equal(network.painted(photograph, turned, SIZE, 85.0), first)
    assert len(looks) - again == again + 1  # one size, twice the steps of a small picture


def test_a_painting_in_tiles_is_that_of_the_whole(network, photograph, style, monkeypatch):
    size = (351, 234)
    whole = network.painted(photograph, style, size, 85.0)
    monkeypatch.setattr(view, "SIDE", 64)
    tiled = network.painted(photograph, style, size, 85.0)
    assert tiled.shape == whole.shape == (1, 3, 234, 351)
    # No seam: what rounding makes of the moments is everywhere, and small.
    assert (tiled - whole).abs().max() < 4 / 255


@pytest.mark.parametrize("size", [(101, 37), (130, 16), (37, 211)])
def test_odd_sizes_and_narrow_pictures(network, photograph, style, size):
    content = photograph.resize(size)
    painted = network.painted(content, style, size, 85.0)
    assert painted.shape[3] / painted.shape[2] == size[0] / size[1]
    assert float(painted.min()) >= 0 and float(painted.max()) <= 1


def test_even_pictures_are_no_trouble(network):
    grey, white = (Image.new("RGB", SIZE, colour) for colour in ("#777777", "white"))
    painted = network.painted(grey, white, SIZE, 85.0)
    assert torch.isfinite(painted).all()
    assert float(painted.mean()) > 0.8


def test_what_is_cut_out_of_a_painting_is_not_white_in_it(network, photograph, style):
    wide = Image.new("RGBA", (1000, 800))
    wide.paste(style, (100, 79))
    framed, bare = (
        network.painted(photograph, picture, SIZE, 85.0).mean((0, 2, 3))
        for picture in (wide, style)
    )
    assert (framed - bare).abs().max() < 0.08


def test_a_scroll_is_painted_like(network, photograph, style):
    assert torch.isfinite(network.painted(photograph, style.resize((1700, 100)), SIZE, 85.0)).all()


def test_a_missing_or_another_networks_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="decoder of any painting"):
        load_arbitrary("cpu", path=tmp_path / "none.safetensors")
    with pytest.raises(InputError, match="decoder of any painting"):
        load_arbitrary("cpu", path=DECODER_FILE.with_name("compact.safetensors"))


def test_all_weights_together_are_small():
    assert sum(path.stat().st_size for path in DECODER_FILE.parent.glob("*.safetensors")) < 12e6


def test_a_nearly_black_painting_leaves_nothing_grey(network, photograph):
    black = Image.new("RGB", (96, 96))
    black.paste("white", (40, 0, 44, 96))
    painted = network.painted(photograph, black, SIZE, 85.0)
    assert painted.median() < 0.05
    assert painted.max() > 0.5
