"""Grey in, grey out, on every path."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst import Settings, stylize
from nst.loss.evaluated import AmongGreys, Evaluated
from nst.pictures.grey import is_grey


def test_what_is_grey(content):
    assert is_grey(content.convert("L")) and is_grey(content.convert("LA").convert("RGBA"))
    assert not is_grey(content)
    almost = content.convert("L").convert("RGB")
    almost.putpixel((5, 5), (10, 10, 11))
    assert not is_grey(almost)


PATHS = [
    {},
    {"style_loss": "gram"},
    {"init": "noise"},
    {"init": "style"},
    {"optimizer": "adam"},
    {"color": "content"},
    {"color": "matched"},
]


@pytest.mark.parametrize("options", PATHS, ids=str)
def test_grey_pictures_make_a_grey_one(options, tiny, content, style):
    settings = Settings(size=64, iterations=8, **options)
    pictures = content.convert("L"), style.convert("L").convert("RGB")
    steps = list(stylize(*pictures, settings, features=tiny))
    shown = [step.image for step in steps if step.image]
    assert shown and all(is_grey(image) for image in shown)
    assert np.asarray(shown[-1]).std() > 1


def test_a_start_in_colour_is_painted_in_grey(tiny, content, style):
    settings = Settings(size=64, iterations=8, init="image")
    greys = content.convert("L"), style.convert("L")
    *_, last = stylize(*greys, settings, features=tiny, start=content)
    assert is_grey(last.image)


def test_a_masked_run_that_goes_on_stays_grey(tiny, content, style):
    settings, mask = Settings(size=64, iterations=8), Image.linear_gradient("L")
    greys = content.convert("L"), style.convert("L")
    *_, first = stylize(*greys, settings, features=tiny, mask=mask)
    *_, last = stylize(*greys, settings, features=tiny, mask=mask, state=first.state)
    assert is_grey(last.image)


@pytest.mark.parametrize("choice", ["content", "matched"])
def test_a_grey_photograph_that_gives_the_colours_stays_grey(choice, tiny, content, style):
    settings = Settings(size=64, iterations=8, color=choice)
    *_, last = stylize(content.convert("L"), style, settings, features=tiny)
    assert is_grey(last.image)


def test_one_picture_in_colour_is_enough_for_colours(tiny, content, style):
    settings = Settings(size=64, iterations=8)
    *_, last = stylize(content.convert("L"), style, settings, features=tiny)
    assert not is_grey(last.image)


class Squares(Evaluated):
    """The mean square of what is seen."""

    def evaluate(self, image):
        return float(image.square().sum()), 2 * image, None

    def picture(self, image):
        return image


def test_the_gradient_is_that_of_the_grey_picture():
    image = torch.rand(1, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    loss, gradient, _ = AmongGreys(Squares()).evaluate(image)
    variable = image.clone().requires_grad_()
    expected = 3 * variable.mean(1).square().sum()
    expected.backward()
    assert loss == pytest.approx(expected.item())
    assert torch.allclose(gradient, variable.grad)


def test_colours_that_nobody_sees_make_no_picture_coloured():
    hidden = Image.new("RGBA", (8, 8), (90, 90, 90, 255))
    hidden.paste((255, 0, 0, 0), (0, 0, 4, 8))
    assert is_grey(hidden)
