"""The small pictures of what settings do."""

import re
from io import BytesIO
from itertools import pairwise

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from examples import labels as painter
from nst.settings import INSTANT_SPECS, SPECS
from web.page.controls import shown_widget
from web.page.html.labels import FOLDER, SHOWN, SIZE, Shown, file_name

FILES = {name: [file_name(name, value) for value in SHOWN[name].values] for name in SHOWN}
MOST_KILOBYTES = 120
"""All of them together."""


def pixels(picture) -> np.ndarray:
    with Image.open(picture) as image:
        return np.asarray(image.convert("RGB"), np.float32)


def spec_of(name: str):
    return SPECS.get(name) or INSTANT_SPECS[name]


def html_of(name: str) -> str:
    with gr.Blocks() as page:
        shown_widget(name, spec_of(name))
    found = [block.value for block in page.blocks.values() if isinstance(block, gr.HTML)]
    return "".join(found)


def test_the_pictures_are_those_that_are_shown_and_light():
    shipped = sorted(path.name for path in FOLDER.iterdir())
    assert shipped == sorted(name for names in FILES.values() for name in names)
    sizes = [(FOLDER / name).stat().st_size for name in shipped]
    assert max(sizes) <= painter.MOST_BYTES and sum(sizes) <= MOST_KILOBYTES * 1000


@pytest.mark.parametrize("name", SHOWN)
def test_the_values_are_the_settings_and_the_difference_is_seen(name):
    for value in SHOWN[name].values:
        assert spec_of(name).check(name, value) == value
    seen = [pixels(FOLDER / file) for file in FILES[name]]
    assert {picture.shape[1::-1] for picture in seen} == {SIZE}
    for one, other in pairwise(seen):
        assert np.abs(one - other).mean() > 8


@pytest.mark.parametrize("name", SHOWN)
def test_each_picture_has_its_size_its_words_and_waits_until_it_is_looked_at(name):
    html = html_of(name)
    images = re.findall(r"<img [^>]*>", html)
    assert len(images) == html.count("<figcaption>") == len(FILES[name])
    for image, file in zip(images, FILES[name], strict=True):
        assert f'src="gradio_api/labels/{file}"' in image and 'loading="lazy"' in image
        assert f"width={SIZE[0]} height={SIZE[1]}" in image
        assert f"painted with {spec_of(name).label}: " in image
    assert html.startswith("<details") and f"{spec_of(name).label}: see the difference" in html


def test_a_setting_that_its_name_tells_has_none():
    assert html_of("size") == ""


@pytest.mark.parametrize(
    ("paint", "name", "value"),
    [
        (painter.optimised, "iterations", SHOWN["iterations"].values[0]),
        (painter.at_once, "strength", SHOWN["strength"].values[1]),
    ],
)
def test_shipped_pictures_are_what_the_command_paints(paint, name, value):
    """The quickest of each kind; up to what machines round differently."""
    ours = pixels(BytesIO(painter.cut_out(paint(name, value), SHOWN[name].box)))
    assert np.abs(ours - pixels(FOLDER / file_name(name, value))).mean() < 4


def test_the_command_writes_every_picture(monkeypatch, tmp_path):
    noise = Image.effect_noise((256, 170), 60).convert("RGB")
    for kind in ("optimised", "at_once"):
        monkeypatch.setattr(painter, kind, lambda *_: noise)
    shown = {"seed": Shown((1, 2)), "mix": Shown((10.0,), (0, 0, 80, 60))}
    monkeypatch.setattr(painter, "SHOWN", shown)
    painter.paint_labels(tmp_path / "new")
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["mix-10.webp", "seed-1.webp", "seed-2.webp"]
    assert all(file.stat().st_size <= painter.MOST_BYTES for file in files)
