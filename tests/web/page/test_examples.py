"""The examples on the page."""

import re
from html import unescape

import gradio as gr
import pytest
from PIL import Image

from examples.gallery import PAIRS
from web.page.handlers import take_example
from web.page.html import examples
from web.page.html.examples import CAPTIONS, FOLDER, caption, described, pairs, pictures, tiles
from web.page.layout import FIRST_SHOWN


def test_every_pair_of_the_gallery_has_its_result():
    assert set(pairs()) == {f"{content}_{style}" for content, style in PAIRS}
    for pair in pairs().values():
        with Image.open(pair.content) as content, Image.open(pair.result) as result:
            assert max(result.size) == 512
            assert abs(result.width / result.height - content.width / content.height) < 0.01
        assert pair.result.stat().st_size < 200_000


def test_pairs_come_in_the_order_of_their_paintings():
    order = [*pictures("styles")]
    styles = [pair.style.stem for pair in pairs().values()]
    assert styles == sorted(styles, key=order.index)
    assert next(iter(pairs())) == FIRST_SHOWN


def test_every_picture_is_described():
    for kind in ("content", "styles"):
        assert all(described()[path.name] for path in pictures(kind).values())
    assert pairs()["cat_wheat-field"].words.startswith("Chelsea the cat, painted as: Wheat")


def test_styles_are_the_paintings_and_then_the_drawn_ones():
    folders = [path.parent.name for path in pictures("styles").values()]
    assert folders == sorted(folders) and set(folders) == {"paintings", "styles"}
    assert [*pictures("styles")][:2] == ["starry-night", "great-wave"]
    shipped = [path for kind in ("paintings", "styles") for path in (FOLDER / kind).iterdir()]
    # As many names as files: none is in both folders.
    assert set(pictures("styles").values()) == set(shipped)
    assert len(pictures("styles")) == len(shipped)


def test_each_painting_has_a_caption_that_its_credits_bear_out():
    paintings = [path for path in pictures("styles").values() if path.parent.name == "paintings"]
    assert list(CAPTIONS) == [path.stem for path in paintings]
    for path in paintings:
        painter = CAPTIONS[path.stem].partition(" · ")[2]
        assert painter and f" {painter}, " in described()[path.name]
    assert caption("impasto-night") == "Impasto night"


def test_tiles_of_styles_show_their_names_and_say_them():
    html = unescape(tiles("styles", "Take the painting").value).replace("\N{NO-BREAK SPACE}", " ")
    names = list(pictures("styles"))
    assert re.findall('data-name="(.+?)"', html) == names
    assert re.findall("<span>(.+?)</span>", html) == [caption(name) for name in names]
    whole = "Take the painting: The Starry Night by Vincent van Gogh, 1889"
    assert f'title="{whole}" aria-label="{whole} (Starry Night · van Gogh)"' in html


def test_tiles_of_photographs_are_plain():
    html = tiles("content", "Take the photograph").value
    assert html.count("<button") == len(pictures("content")) and "<span>" not in html


@pytest.mark.parametrize("name", ["great-wave", "mosaic"])
def test_a_click_takes_a_style_of_either_folder(name):
    assert take_example("styles")(gr.EventData(None, {"name": name})) == str(
        pictures("styles")[name]
    )


def test_a_result_may_be_of_a_painting(monkeypatch, tmp_path):
    result = tmp_path / "results" / "cat_great-wave.jpg"
    result.parent.mkdir()
    result.touch()
    found = {kind: pictures(kind) for kind in ("content", "styles")}
    monkeypatch.setattr(examples, "FOLDER", tmp_path)
    monkeypatch.setattr(examples, "pictures", found.__getitem__)
    (pair,) = pairs.__wrapped__().values()
    assert (pair.style.parent.name, pair.result) == ("paintings", result)
    assert pair.words.startswith("Chelsea the cat, painted as: The Great Wave off Kanagawa by")
