"""The first look at a run's result: when there is one, and how long it stays."""

import dataclasses

import pytest
from PIL import Image

from nst import Settings
from tests.served import SERVICES
from web.runs.first_look import NOTE, has_one, stays
from web.runs.progress import Progress

ONE = {"style": ["a painting", None], "mask": None, "style_masks": [None, None]}


def test_one_painting_all_over_a_photograph_has_one():
    assert has_one(ONE, Settings())
    assert not has_one(ONE, Settings(init="noise"))
    assert not has_one(ONE, Settings(style_strength=0))
    assert not has_one({**ONE, "style": ["a painting", "another"]}, Settings())
    assert not has_one({**ONE, "mask": "a mask"}, Settings())
    assert not has_one({**ONE, "style_masks": ["a mask", None]}, Settings())


@pytest.fixture
def shown(picture_files, tmp_path):
    """What is shown of a small run: names of pictures, with where the run was."""
    names = ("content", "style")
    files = dict(zip(names, map(str, picture_files), strict=True))

    def steps(**options: object) -> list:
        run = SERVICES.runs.open(files, iterations=8, size=64, **options)
        return [(picture, dataclasses.replace(p)) for picture, p in run.into(tmp_path)]

    return steps


def test_it_comes_before_the_first_iteration(shown):
    steps = shown(looks_first=True)
    (photograph, _), (look, progress) = steps[:2]
    assert look.endswith("first-look.jpg") and look != photograph
    assert (progress.iteration, progress.note, progress.done) == (0, NOTE, False)
    with Image.open(look) as image:
        assert image.size == (64, 43)
    assert steps[-1][0].endswith(".png") and look not in {picture for picture, _ in steps[3:]}


def test_it_stays_in_sight_for_a_quarter_of_the_iterations():
    at = [Progress(iteration=i, total=200) for i in (0, 49, 50, 199)]
    assert list(map(stays, at)) == [True, True, False, False]
    assert not stays(Progress(iteration=3, total=200, done=True))


def test_programs_get_none(shown):
    assert not any(picture.endswith("first-look.jpg") for picture, _ in shown())
