import multiprocessing

import numpy as np
import pytest
import torch

from nst import Settings, load_features, stylize
from nst.instant import painting
from nst.machine.defaults import in_usual_defaults, usual_defaults
from nst.settings import InstantSettings

QUICK = Settings(iterations=3, size=64)
DTYPES = (torch.float64, torch.float16, torch.bfloat16)


@pytest.fixture
def default_dtype(request):
    torch.set_default_dtype(request.param)
    yield request.param
    torch.set_default_dtype(torch.float32)


@pytest.fixture
def elsewhere():
    torch.set_default_device("meta")  # stands for a GPU: nothing on it can be computed with
    yield
    torch.set_default_device("cpu")


def painted(content, style):
    *_, step = stylize(content, style, QUICK, features=load_features("compact"))
    instantly = painting.paint(content, InstantSettings(size=64))
    return [np.asarray(image) for image in (step.image, instantly)]


@pytest.fixture
def expected(content, style):
    return painted(content, style)


def same(pictures, expected):
    return all(np.array_equal(a, b) for a, b in zip(pictures, expected, strict=True))


@pytest.mark.parametrize("default_dtype", DTYPES, indirect=True, ids=str)
def test_another_default_dtype_changes_nothing(expected, default_dtype, content, style):
    assert same(painted(content, style), expected)
    assert torch.get_default_dtype() == default_dtype


def test_another_default_device_changes_nothing(expected, elsewhere, content, style):
    assert same(painted(content, style), expected)
    assert torch.empty(1).device.type == "meta"


def test_autocast_changes_nothing(expected, content, style):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert same(painted(content, style), expected)
        assert torch.is_autocast_enabled("cpu")


def test_between_its_steps_a_programs_own_defaults_hold(tiny, content, style):
    torch.set_default_dtype(torch.float64)
    try:
        steps = stylize(content, style, QUICK, features=tiny)
        assert [torch.empty(1).dtype for _ in steps] == [torch.float64] * QUICK.iterations
    finally:
        torch.set_default_dtype(torch.float32)


def test_closing_reaches_the_generator_inside():
    ended = []

    def steps():
        try:
            yield 1
            yield 2
        finally:
            ended.append(torch.get_default_dtype())

    outer = in_usual_defaults(steps())
    assert next(outer) == 1
    outer.close()
    assert ended == [torch.float32]


def test_what_fails_inside_leaves_the_defaults_as_they_were():
    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(ValueError, match="unforeseen"), usual_defaults():
            raise ValueError("unforeseen")
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_spawned_process_paints_after_its_parent_did(expected, content, style):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert same(pool.apply_async(painted, (content, style)).get(120), expected)
