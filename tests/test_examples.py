"""The example pictures: usable, credited, and what the drawing script draws."""

import importlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CONTENTS = sorted((EXAMPLES / "content").glob("*.*"))
STYLES = sorted((EXAMPLES / "styles").glob("*.*"))
# The quickest styles to draw stand for all in the tests that draw.
QUICK = ("pointillism", "waves")


@pytest.fixture
def draw_styles(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("draw_styles")


def pixels(picture):
    return np.asarray(picture.convert("RGB"), np.float32)


def test_there_is_a_choice_of_pictures():
    assert len(CONTENTS) >= 4
    assert len(STYLES) >= 7


@pytest.mark.parametrize("path", CONTENTS, ids=lambda path: path.name)
def test_content_is_a_light_rgb_jpeg(path):
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert 450 <= max(picture.size) <= 768
    assert path.stat().st_size <= 150_000


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_is_a_light_rgb_jpeg_full_of_structure(path):
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert picture.size == (768, 576)
        grey = np.asarray(picture.convert("L"), np.float32)
    assert path.stat().st_size <= 250_000
    # No patch of a style may be flat: its texture is what the transfer takes from it.
    patches = grey.reshape(6, 96, 8, 96).std(axis=(1, 3))
    assert patches.min() > 3


@pytest.mark.parametrize("path", CONTENTS + STYLES, ids=lambda path: path.name)
def test_credits_name_every_file(path):
    credits_text = (EXAMPLES / "CREDITS.md").read_text(encoding="utf-8")
    assert f"`{path.parent.name}/{path.name}`" in credits_text


def test_every_style_is_shipped_and_none_beside_them(draw_styles):
    assert {path.stem for path in STYLES} == set(draw_styles.STYLES)


def test_drawing_is_deterministic(draw_styles):
    first, second = (draw_styles.draw_style(QUICK[0], width=256) for _ in range(2))
    assert first.size == (256, 192)
    np.testing.assert_array_equal(pixels(first), pixels(second))


@pytest.mark.parametrize("name", QUICK)
def test_shipped_file_is_what_the_script_draws(draw_styles, name):
    drawn = Image.open(io.BytesIO(draw_styles.encode(draw_styles.draw_style(name))))
    with Image.open(EXAMPLES / "styles" / f"{name}.jpg") as shipped:
        difference = np.abs(pixels(drawn) - pixels(shipped)).mean()
    # 0 with the same pillow and numpy; others may rasterise an edge a little differently.
    assert difference < 4


def test_script_writes_the_named_styles_only(draw_styles, tmp_path):
    draw_styles.main(["--out", str(tmp_path), QUICK[0]])
    assert [path.name for path in tmp_path.iterdir()] == [f"{QUICK[0]}.jpg"]


def test_script_refuses_an_unknown_style(draw_styles, capsys):
    with pytest.raises(SystemExit):
        draw_styles.main(["no-such-style"])
    assert "no such style: no-such-style" in capsys.readouterr().err
