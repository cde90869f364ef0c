"""Instant paintings: photographs painted by name or like a painting, in the colours asked for."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst import InputError
from nst.costs.painting import check_painting_fits
from nst.instant.arbitrary import Arbitrary, load_arbitrary
from nst.instant.named import load_instant, mixture_of
from nst.instant.names import instant_styles
from nst.instant.painting import load, paint
from nst.instant.transformer import Transformer
from nst.pictures.tensors import to_tensor
from tests.nst.instant.painted import difference, settings


@pytest.fixture(scope="module")
def network() -> Transformer:
    return load_instant("cpu", torch.float32)


def test_every_style_paints_another_picture(network, content):
    pictures = [paint(content, settings(style=s), network=network) for s in instant_styles()]
    for i, one in enumerate(pictures):
        assert one.size == (64, 43)
        assert difference(one, content.resize(one.size)) > 0.05
        assert all(difference(one, other) > 0.02 for other in pictures[:i])


def test_the_same_picture_comes_again(network, content):
    first, second = (paint(content, settings(), network=network) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_less_strength_stays_nearer_to_the_photograph(network, content):
    photograph = paint(content, settings(strength=0), network=network)
    assert difference(photograph, content.resize(photograph.size)) < 0.02
    distances = [
        difference(paint(content, settings(strength=s), network=network), photograph)
        for s in (0, 25, 50, 75, 100)
    ]
    assert distances == sorted(distances)
    assert distances[0] == 0


def test_a_mixture_of_a_style_with_itself_is_that_style(network, content):
    name = instant_styles()[0]
    alone = paint(content, settings(style=name), network=network)
    mixed = paint(content, settings(style=name, second_style=name, mix=40), network=network)
    assert difference(alone, mixed) < 0.002


def test_unknown_styles_are_refused_with_the_names():
    with pytest.raises(InputError, match=f"style must be one of {', '.join(instant_styles())}"):
        settings(style="cubism")
    with pytest.raises(InputError, match="second_style must be one of none, "):
        settings(second_style="")
    with pytest.raises(InputError, match=r"There is no style .*, only other"):
        mixture_of(settings(), ("photograph", "other"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("strength", 101), ("strength", float("nan")), ("size", 5000), ("mix", -1), ("size", "big")],
)
def test_values_out_of_range_are_refused(field, value):
    with pytest.raises(InputError, match=f"^{field} must be "):
        settings(**{field: value})


def test_transparency_is_kept(network, content):
    clear = content.copy()
    clear.putalpha(Image.new("L", content.size, 100))
    assert paint(clear, settings(), network=network).getchannel("A").getextrema() == (100, 100)


def test_odd_sizes_and_narrow_pictures(network):
    noise = np.random.default_rng(0).integers(0, 256, (37, 211, 3), dtype=np.uint8)
    for size in (101, 130, 211):
        image = paint(Image.fromarray(noise), settings(size=size), network=network)
        assert max(image.size) == size


def test_a_picture_looks_the_same_at_all_sizes(network, content):
    small, middle, large = (
        paint(content, settings(size=s), network=network) for s in (256, 512, 1024)
    )
    for other in (middle, large):
        assert difference(small, other.resize(small.size, Image.Resampling.BOX)) < 0.05


def test_what_does_not_fit_is_refused_with_a_size_that_does(network, content, monkeypatch):
    monkeypatch.setattr("nst.costs.painting.available_bytes", lambda device: 200e6)
    with pytest.raises(InputError, match=r"Size 4096 needs about 3\.4 GB .* fits is ") as refusal:
        paint(content, settings(size=4096), network=network)
    largest = int(str(refusal.value).split()[-1].rstrip("."))
    assert check_painting_fits((largest, round(largest * 2 / 3)), network) is None
    assert 600 < largest < 1000


@pytest.fixture(scope="module")
def own() -> Arbitrary:
    return load_arbitrary("cpu", torch.float32)


def test_settings_say_which_network_is_needed():
    assert isinstance(load(settings()), Transformer)
    assert isinstance(load(settings(style="own")), Arbitrary)


def test_a_painting_that_is_given_is_painted_like(own, content, style):
    painted = paint(content, settings(style="own"), style=style, network=own)
    assert painted.size == (64, 43)
    assert difference(painted, content.resize(painted.size)) > 0.03
    other = style.transpose(Image.Transpose.ROTATE_90).point(lambda level: 255 - level)
    of_other = paint(content, settings(style="own"), style=other, network=own)
    assert difference(painted, of_other) > 0.03


def test_a_painting_goes_with_its_style_alone(network, own, content, style):
    with pytest.raises(InputError, match="The style 'own' is a painting that you give, and none"):
        paint(content, settings(style="own"), network=own)
    with pytest.raises(InputError, match="A painting is given, and the style by name is "):
        paint(content, settings(), style=style, network=network)
    with pytest.raises(InputError, match="second_style goes with a style by name"):
        settings(style="own", second_style=instant_styles()[0])


@pytest.mark.parametrize("name", ["own", instant_styles()[0]])
def test_colours_are_the_photographs_own_where_that_is_asked_for(
    network, own, content, style, name
):
    given = {"style": style, "network": own} if name == "own" else {"network": network}
    painted = paint(content, settings(style=name, color="content"), **given)
    chroma, wanted = (
        np.asarray(picture.convert("YCbCr"), np.float32)[..., 1:]
        for picture in (painted, content.resize(painted.size, Image.Resampling.LANCZOS))
    )
    assert abs(chroma - wanted).mean() < 4 < abs(chroma - 128).mean()


@pytest.mark.parametrize("name", ["own", instant_styles()[0]])
def test_matched_colours_have_the_photographs_mood(network, own, content, style, name):
    given = {"style": style, "network": own} if name == "own" else {"network": network}
    usual, matched = (
        paint(content, settings(style=name, color=color), **given) for color in ("style", "matched")
    )
    mean, of_usual, of_matched = (
        to_tensor(picture).mean((0, 2, 3)) for picture in (content, usual, matched)
    )
    assert (of_matched - mean).norm() < 0.5 * (of_usual - mean).norm()


def test_grey_pictures_make_grey_ones(own, content, style):
    grey, other = (picture.convert("L") for picture in (content, style))
    painted = np.asarray(paint(grey, settings(style="own"), style=other, network=own))
    assert (painted == painted[..., :1]).all()
    matched = settings(style="own", color="matched")
    painted = np.asarray(paint(grey, matched, style=style, network=own))
    assert (painted == painted[..., :1]).all()


def test_a_network_paints_in_its_own_way_alone(network, own, content, style):
    with pytest.raises(InputError, match="This network does not paint in the style"):
        paint(content, settings(), network=own)
    with pytest.raises(InputError, match="This network does not paint in the style 'own'"):
        paint(content, settings(style="own"), style=style, network=network)
    with pytest.raises(InputError, match="The style image must be a PIL image"):
        paint(content, settings(style="own"), style=np.zeros((3, 3)), network=own)


def test_a_mask_keeps_the_photograph_where_it_is_black(network, content):
    mask = Image.new("L", content.size)
    mask.paste(255, (0, 0, content.width // 2, content.height))
    painted, alone = (paint(content, settings(), network=network, mask=m) for m in (mask, None))
    photograph = content.resize(painted.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    right, left = (40, 0, *painted.size), (0, 0, 24, painted.height)
    assert painted.crop(right).tobytes() == photograph.convert("RGB").crop(right).tobytes()
    assert painted.crop(left).tobytes() == alone.crop(left).tobytes()


def test_a_painting_of_ones_own_needs_memory_for_a_tile_and_little_for_the_rest(own, monkeypatch):
    monkeypatch.setattr("nst.costs.painting.available_bytes", lambda device: 2e9)
    assert check_painting_fits((2048, 1536), own) is None
    with pytest.raises(InputError, match=r"Size 4096 needs about .* GB .* fits is 2\d\d\d\."):
        check_painting_fits((4096, 3072), own)
