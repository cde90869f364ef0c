import os
from dataclasses import replace

import pytest
from PIL import Image

from nst.batch.done import check_place, is_done
from nst.batch.jobs import Job
from nst.pictures.deep import Deep
from nst.pictures.writing import save_image
from nst.recipe import Recipe
from nst.settings import Settings
from nst.specs import InputError

RECIPE = Recipe(Settings(), "compact", "12345678 float32")


@pytest.fixture
def job(picture_files, tmp_path):
    """One whose result is there, newer than its pictures."""
    job = Job(*picture_files, tmp_path / "out.png")
    save_image(Image.new("RGB", (8, 8)), job.out, "compact", RECIPE.text())
    return job


def test_a_result_of_this_recipe_is_done(job):
    assert is_done(job, [{"own": replace(RECIPE, software="0")}, {"own": RECIPE}], 8)


@pytest.mark.parametrize(
    "other",
    [
        replace(RECIPE, settings=Settings(iterations=3)),
        replace(RECIPE, features="vgg19"),
        replace(RECIPE, network="12345678 bfloat16"),
        replace(RECIPE, software="1.5"),
        replace(RECIPE, before=2),
    ],
)
def test_one_of_another_recipe_is_not(job, other):
    assert not is_done(job, [{"own": other}], 8)


def test_the_depth_counts(job):
    assert not is_done(job, [{"own": RECIPE}], 16)
    deep = Deep.of(Image.new("RGB", (8, 8)))
    save_image(deep, job.out, "compact", RECIPE.text())
    assert is_done(job, [{"own": RECIPE}], 16) and not is_done(job, [{"own": RECIPE}], 8)


@pytest.mark.parametrize("source", [0, 1])
def test_what_is_older_than_one_of_its_pictures_is_not(job, source):
    later = job.out.stat().st_mtime + 10
    os.utime(job.sources[source], (later, later))
    assert not is_done(job, [{"own": RECIPE}], 8)


def test_what_was_not_painted_here_is_never_written_over(job):
    check_place(job, set())
    check_place(replace(job, out=job.out.with_name("new.png")), set())
    with pytest.raises(InputError, match=r"out\.png is a picture of this batch"):
        check_place(job, {job.out.resolve()})
    job.out.write_text("a letter")
    with pytest.raises(InputError, match="was not painted here"):
        check_place(job, set())
    Image.new("RGB", (8, 8)).save(job.out)
    with pytest.raises(InputError, match="was not painted here"):
        check_place(job, set())
    assert not is_done(job, [{"own": RECIPE}], 8)
