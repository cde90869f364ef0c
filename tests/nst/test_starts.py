"""Where the scales of a run start, and what comes of a large picture that a small one begins."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst import Settings, stylize
from nst.inputs import Pictures
from nst.pictures import tensors
from nst.starts import start_of

FROM_IMAGE = Settings(init="image")


@pytest.fixture
def sharp() -> Image.Image:
    """A photograph of fine details."""
    levels = np.random.default_rng(0).integers(40, 216, (64, 96, 3), dtype=np.uint8)
    return Image.fromarray(levels)


def last(steps):
    *_, step = steps
    return step


def started(content, given, size, previous=None, settings=FROM_IMAGE):
    pictures = Pictures(content=content, styles=((content, 1.0),), start=given)
    photograph = tensors.to_tensor(tensors.resize_image(content, size))
    return photograph, start_of(previous, photograph, pictures, settings)


def test_the_small_photograph_gives_the_large_one(sharp):
    """What is enlarged has the details of the photograph: its own, if it was the photograph."""
    small = tensors.to_image(tensors.resize_tensor(tensors.to_tensor(sharp), (48, 32)))
    photograph, start = started(sharp, small, (96, 64))
    assert torch.allclose(start, photograph, atol=0.01)
    enlarged = tensors.resize_tensor(tensors.to_tensor(small), (96, 64))
    assert (enlarged - photograph).abs().mean() > 0.05


def test_so_it_is_at_each_further_scale(sharp):
    small = tensors.resize_tensor(tensors.to_tensor(sharp), (48, 32))
    for settings in (FROM_IMAGE, Settings(init="content")):
        photograph, start = started(sharp, sharp, (96, 64), small, settings)
        assert torch.allclose(start, photograph, atol=1e-5)


@pytest.mark.parametrize("shape", [(48, 48), (32, 48), (200, 100)])
def test_a_picture_of_another_shape_is_cropped_and_has_no_details_of_the_photograph(content, shape):
    given = content.resize(shape)
    _, start = started(content, given, (96, 64))
    assert torch.equal(start, tensors.to_tensor(tensors.cover(given, (96, 64))))
    _, further = started(content, given, (96, 64), start[:, :, ::2, ::2])
    assert torch.equal(further, tensors.resize_tensor(start[:, :, ::2, ::2], (96, 64)))


def test_one_that_is_as_large_is_taken_as_it_is(content):
    given = content.rotate(180).resize((96, 64))
    _, start = started(content, given, (96, 64))
    assert torch.equal(start, tensors.to_tensor(given))


def test_a_large_picture_goes_coarse_to_fine_from_a_small_one(content, style, tiny):
    small = content.resize((64, 43))
    settings = Settings(size=512, iterations=30, init="image")
    steps = list(stylize(content, style, settings, features=tiny, start=small))
    assert sorted({step.size for step in steps}) == [256, 512] and len(steps) == 30
    assert steps[-1].image.size == (512, 341)


def test_the_look_of_the_small_picture_is_kept(content, style, tiny):
    """After as many iterations, the large one is as near to the painting as one from scratch."""
    small = last(stylize(content, style, Settings(size=96, iterations=30), features=tiny)).image
    large = Settings(size=192, iterations=10)
    scratch = last(stylize(content, style, large, features=tiny))
    settings = Settings(size=192, iterations=10, init="image")
    kept = last(stylize(content, style, settings, features=tiny, start=small))
    assert kept.style_loss <= scratch.style_loss
    pictures = [image.resize((48, 32)) for image in (kept.image, small, scratch.image)]
    kept, small, scratch = (np.asarray(image, dtype=float) for image in pictures)
    assert abs(kept - small).mean() < abs(scratch - small).mean()
