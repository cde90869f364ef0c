"""A photograph in many styles, small."""

import pytest
from PIL import Image

from nst import InputError
from nst.instant import preview
from nst.instant.named import load_instant
from nst.instant.names import instant_styles
from tests.nst.instant.painted import difference


@pytest.fixture(scope="module")
def network():
    return load_instant("cpu")


def test_each_style_makes_its_own_of_one_photograph(network, content):
    photograph = preview.ready(content)
    styles = instant_styles()[2:4]
    (one, first), (other, second) = preview.previews(photograph, styles, network)
    assert (one, other) == styles and first.size == second.size == photograph.size == (256, 171)
    assert min(difference(first, second), difference(first, photograph)) > 0.02


@pytest.mark.parametrize(
    ("given", "size"),
    [((400, 300), (256, 192)), ((900, 90), (256, 171)), ((60, 600), (192, 256))],
)
def test_only_a_photograph_of_an_unusual_shape_is_cropped(given, size):
    assert preview.ready(Image.new("RGBA", given)).size == size


def test_what_cannot_be_used_is_refused(network, content):
    with pytest.raises(InputError, match="content image is too small"):
        preview.ready(Image.new("RGB", (4, 4)))
    with pytest.raises(InputError, match="style must be one of"):
        next(preview.previews(preview.ready(content), ["nonsense"], network))
