from pathlib import Path

import pytest

from nst.batch.jobs import Job, jobs_of


def outs(contents, styles):
    styles = [Path(style) if "." in style else style for style in styles]
    return [job.out.name for job in jobs_of([Path(c) for c in contents], styles, Path("out"))]


@pytest.mark.parametrize(
    ("contents", "styles", "expected"),
    [
        (["in/a.jpg"], ["p/houses.jpg"], ["a-houses.png"]),
        (["a.jpg", "b.jpg"], ["x.png", "mosaic"], ["a-x", "b-x", "a-mosaic", "b-mosaic"]),
        (["a.jpg", "a.png", "b.png"], ["x.jpg"], ["a-jpg-x", "a-png-x", "b-x"]),
        (["A.jpg", "a.png"], ["x.jpg"], ["A-jpg-x", "a-png-x"]),
        (["s/a.jpg", "t/a.jpg", "a.png"], ["x.jpg"], ["s-a-jpg-x", "t-a-jpg-x", "a-png-x"]),
        (["a.jpg"], ["x.jpg", "x.png"], ["a-x-jpg", "a-x-png"]),
        (["a-b.jpg", "a.jpg"], ["c.jpg", "b-c.jpg"], ["a-b-c", "a-c", "a-b-b-c", "a-b-c-2"]),
        (["q/s/a.jpg", "r/s/a.jpg"], ["x.jpg"], ["s-a-jpg-x", "s-a-jpg-2-x"]),
        (["a-jpg.gif", "a.jpg", "a.png"], ["x.y"], ["a-jpg-gif-x", "cwd-a-jpg-x", "a-png-x"]),
    ],
)
def test_names_are_kept_and_are_never_alike(contents, styles, expected, tmp_path, monkeypatch):
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    assert outs(contents, styles) == [f"{name.removesuffix('.png')}.png" for name in expected]


def test_long_names_are_names_of_files(tmp_path):
    (job,) = jobs_of([Path("ü" * 120 + ".jpg")], [Path("é" * 120 + ".jpg")], tmp_path)
    job.out.touch()


def test_a_job_says_what_it_is_made_from():
    by_name, painting = (Job(Path("i/a.jpg"), style, Path("o")) for style in ("waves", Path("p/s")))
    assert (str(by_name), by_name.sources, by_name.style_name) == (
        "a.jpg + waves",
        (Path("i/a.jpg"),),
        "waves",
    )
    assert (str(painting), len(painting.sources), painting.style_name) == ("a.jpg + s", 2, "own")
