"""The instant styles on the page: thumbnails, handlers, and what is handed to the optimiser."""

import re
import secrets
import tempfile
from html import unescape
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from examples.instant_thumbnails import paint_thumbnails
from nst import recipe
from nst.instant.names import instant_styles, title
from nst.settings import INSTANT_SPECS, OWN_STYLE, InstantSettings
from tests.served import INSTANT, SERVICES, paint_instantly
from web.page import instant_events
from web.page.handlers import BUSY, use_recipe
from web.page.html import thumbnails
from web.page.html.examples import FOLDER
from web.page.instant_events import (
    NO_PAINTING,
    NO_STYLE,
    choose,
    in_words,
    refine,
    style_picture,
)
from web.page.instant_tab import MIX_REASON, REFINE_FIRST, mix_applies

FIRST, SECOND = instant_styles()[:2]
VALUES = (100.0, 64, "none", 50.0, "style")
"""Strength, size, second style, mix and colours."""
NEITHER = (None, None)
"""A painting, and a mask."""


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def photograph(picture_files) -> str:
    return str(picture_files[0])


def test_a_style_is_painted_with_what_it_was_made_by(photograph, tmp_path):
    for path, info in paint_instantly(photograph, FIRST, 60, 64, SECOND, 25):
        made = recipe.read(path).settings
        with Image.open(path) as image:
            assert image.format == "PNG" and image.size == (info["width"], info["height"])
    assert not Path(path).exists()
    assert made == InstantSettings(style=FIRST, strength=60, size=64, second_style=SECOND, mix=25)
    assert (info["style"], info["second_style"], info["mix"]) == (FIRST, SECOND, 25)
    assert info["seconds"] > 0 and re.fullmatch("[0-9a-f]{8}", info["network"])
    assert in_words(info).endswith(f"25 % of it {title(SECOND)}, strength 60")


@pytest.mark.parametrize("unknown", ["nonsense", "", None, ["mosaic"], "none"])
def test_an_unknown_style_is_refused_with_the_names(photograph, unknown):
    with pytest.raises(gr.Error, match="style_name must be one of") as caught:
        next(paint_instantly(photograph, unknown, *VALUES))
    assert all(name in caught.value.message for name in instant_styles())


def test_a_click_shows_the_painting_and_offers_what_can_be_done_with_it(photograph):
    (shown,) = INSTANT.paint("", photograph, FIRST, *VALUES, *NEITHER)
    assert Path(shown["picture"]).name == f"content-in-the-style-of-{FIRST}.png"
    assert "64 × 43 pixels" in shown["bar"] and "nst-compare" in shown["compare"]
    both = Path(shown["both"]["value"])
    assert both.stem == f"{Path(shown['picture']).stem}-before-and-after" and both.exists()
    assert shown["strip"]["name"] == Path(shown["picture"]).stem
    assert shown["share"]["interactive"]
    assert shown["download"]["interactive"] and shown["use_as_content"]["interactive"]
    # There is no optimiser's memory to go on with, and no film of one pass.
    assert not shown["more"]["interactive"] and not shown["animation"]["interactive"]
    assert shown["resume"] == "" and "settings" not in shown["strip"]


def test_what_is_missing_is_said_in_its_place(photograph):
    (shown,) = INSTANT.paint("", None, FIRST, *VALUES, *NEITHER)
    assert "The photograph is missing." in shown["content_note"] and "picture" not in shown
    (shown,) = INSTANT.paint("", photograph, FIRST, 100, None, *VALUES[2:], *NEITHER)
    assert "size must be a whole number" in shown["bar"]


def test_nothing_is_painted_before_a_style_is_chosen_or_beside_a_run(photograph):
    assert INSTANT.begin("", "", None) == {}
    assert list(INSTANT.paint("", photograph, "", *VALUES, *NEITHER)) == [{}]
    busy = secrets.token_hex(16)
    SERVICES.visits.of(busy).waits = True
    refused = INSTANT.begin(busy, FIRST, None)
    assert BUSY in refused["problem"] and refused["begun"] == ""  # nor when the run has ended
    assert list(INSTANT.paint(busy, photograph, FIRST, *VALUES, *NEITHER)) == [{}]


def test_a_painting_of_ones_own_is_painted_like_or_asked_for(photograph, picture_files):
    assert NO_STYLE in INSTANT.begin("", OWN_STYLE, None)["problem"]
    assert list(INSTANT.paint("", photograph, OWN_STYLE, *VALUES, *NEITHER)) == [{}]
    own = str(picture_files[1])
    # The second style that was chosen before goes with styles by name.
    values = (100.0, 64, SECOND, 30.0, "content")
    (shown,) = INSTANT.paint("", photograph, OWN_STYLE, *values, own, None)
    assert "Painted as your painting, strength 100, colours: the photograph&#x27;s" in shown["bar"]
    made = recipe.read(shown["picture"]).settings
    assert made == InstantSettings(style=OWN_STYLE, strength=100, size=64, color="content")


def test_a_painting_above_does_not_disturb_a_style_by_name(photograph, picture_files):
    (shown,) = INSTANT.paint("", photograph, FIRST, *VALUES, str(picture_files[1]), None)
    assert recipe.read(shown["picture"]).settings.style == FIRST


@pytest.mark.parametrize("sent", [None, {}, {"name": None}, {"name": [FIRST]}, {"name": "../x"}])
def test_clicks_that_no_page_sends_are_one_sentence(sent):
    with pytest.raises(gr.Error, match="style_name must be one of"):
        choose(gr.EventData(None, sent))
    assert choose(gr.EventData(None, {"name": FIRST})) == FIRST


def test_every_style_has_a_thumbnail_of_its_own(tmp_path):
    """As the style paints now: up to what machines round differently."""
    paint_thumbnails(tmp_path)
    for name in instant_styles():
        ours, shipped = (
            np.asarray(Image.open(folder / f"{name}.jpg"), np.float32)
            for folder in (tmp_path, thumbnails.FOLDER)
        )
        assert ours.shape[1::-1] == thumbnails.SIZE and np.abs(ours - shipped).mean() < 4, name
    html = thumbnails.style_tiles().value
    assert html.count("<button") - 1 == html.count("painted as:") == len(instant_styles())
    assert "Stained glass</span>" in html and "<b>" not in html


def test_a_style_without_a_thumbnail_is_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(thumbnails, "FOLDER", tmp_path)
    html = thumbnails.style_tiles().value
    assert html.count("<button") == len(instant_styles()) + 1 and "<img" not in html


def test_the_mix_can_be_set_with_a_second_style_only():
    alone, mixed = mix_applies("none"), mix_applies(SECOND)
    assert not alone["interactive"] and alone["info"] == MIX_REASON
    assert mixed["interactive"] and mixed["info"] == INSTANT_SPECS["mix"].help


def without_pictures(monkeypatch):
    """Have no style's picture ship with the project."""
    monkeypatch.setattr(instant_events, "pictures", lambda kind: {})


def test_refining_is_offered_for_an_instant_painting_or_says_why_not(monkeypatch):
    painted, other = secrets.token_hex(16), secrets.token_hex(16)
    SERVICES.visits.of(painted).show({}, is_instant=True)
    SERVICES.visits.of(other).show({})
    for key, chosen in (("", "mosaic"), (other, "mosaic"), (painted, "")):
        answer = INSTANT.refinement(key, chosen, "/own.png")
        assert not answer["refine"]["interactive"] and REFINE_FIRST in answer["refine_note"]
    answer = INSTANT.refinement(painted, "mosaic", None)
    assert answer["refine"]["interactive"] and answer["refine_note"] == ""
    without_pictures(monkeypatch)
    answer = INSTANT.refinement(painted, "mosaic", None)
    assert not answer["refine"]["interactive"] and NO_PAINTING in unescape(answer["refine_note"])
    assert INSTANT.refinement(painted, "mosaic", "/own.png")["refine"]["interactive"]


def test_refining_fills_the_painting_and_the_start(monkeypatch):
    filled = refine("/result.png", "mosaic", "none", 50.0, "/own.png")
    assert filled["style_2"] is None and filled["style_weight"] == 1
    assert Path(filled["style"]).name == "mosaic.jpg" and filled["start"] == "/result.png"
    assert filled["init"] == "image" and filled["modes"]["selected"] == "any"
    without_pictures(monkeypatch)
    assert refine("/result.png", "mosaic", "none", 50.0, "/own.png")["style"] == "/own.png"


def test_every_style_is_refined_by_the_very_picture_it_was_learned_from():
    assert style_picture("starry-night") == FOLDER / "paintings" / "starry-night.jpg"
    assert style_picture("mosaic") == FOLDER / "styles" / "mosaic.jpg"
    assert all(style_picture(name).is_file() for name in instant_styles())
    assert style_picture("none") is None


def test_refining_a_mixture_takes_both_styles():
    filled = refine("/result.png", "mosaic", "woodcut", 30.0, None)
    assert Path(filled["style_2"]).name == "woodcut.jpg" and filled["style_3"] is None
    assert (filled["style_weight"], filled["style_2_weight"]) == (0.7, 0.3)
    assert refine("/result.png", "mosaic", "woodcut", 0.0, None)["style_2"] is None


def test_refining_a_painting_like_ones_own_takes_that_alone():
    filled = refine("/result.png", OWN_STYLE, "woodcut", 30.0, "/own.png")
    assert filled["style"] == "/own.png" and filled["style_2"] is None
    assert refine("/result.png", OWN_STYLE, "none", 50.0, None) == {}


def test_another_photograph_does_not_start_from_what_was_refined():
    another = instant_events.start_of_another
    assert another("image", True) == {"init": "content", "start": None, "refined": False}
    # A picture of one's own stays, whatever its name.
    for init, refined in (("image", False), ("noise", True), ("noise", False)):
        assert another(init, refined) == {}


def test_the_recipe_of_an_instant_painting_is_not_taken_for_a_runs(photograph):
    for path, _ in paint_instantly(photograph, "mosaic", *VALUES):
        *unchanged, note = use_recipe(path)
    assert "instant style “Mosaic”" in note and set(map(str, unchanged)) == {str(gr.skip())}
