"""What the page's events do."""

from functools import partial
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

from nst.presets import PRESET_FIELDS, preset
from nst.settings import SPECS
from tests.served import HANDLERS, stylize_pictures
from web.page import recall
from web.page.handlers import (
    TOO_LONG,
    check_picture,
    name_preset,
    restore,
    take_example,
    use_kept,
    use_preset,
    use_recipe,
)

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 12, "size": 64, "features": "compact"}


def test_a_preset_fills_the_settings_it_names():
    values = dict(zip(PRESET_FIELDS, use_preset("Bold"), strict=True))
    assert values["style_strength"] == 75 and values["color"] == "style"
    with pytest.raises(gr.Error, match="Balanced"):
        use_preset("nonsense")


def test_a_pictures_recipe_fills_every_setting(picture_files):
    files = [str(path) for path in picture_files]
    for path, progress in stylize_pictures(*files, **{**VALUES, "color": "matched"}):
        if progress["done"]:
            *values, features, _ = use_recipe(path)
    assert dict(zip(SPECS, values, strict=True)) == {
        **{name: spec.default for name, spec in SPECS.items()},
        **{name: value for name, value in VALUES.items() if name in SPECS},
        "color": "matched",
    }
    assert features == "compact"
    *unchanged, note = use_recipe(files[0])
    assert "no recipe" in note and unchanged == [gr.skip()] * (len(SPECS) + 1)


def test_the_preset_that_is_set_is_named():
    assert name_preset(*preset("Bold").values())["value"] == "Bold"
    changed = name_preset(*{**preset("Bold"), "style_strength": 74.0}.values())
    assert changed["value"] is None and "changed" in changed["label"]


def test_a_picture_is_checked_as_soon_as_it_is_there(picture_files):
    check = check_picture("photograph")
    assert check(None) == "" and "96 × 64 pixels" in check(str(picture_files[0]))
    assert 'role="alert"' in check(__file__)


def test_a_photograph_that_is_read_smaller_has_an_estimate(tmp_path):
    Image.new("L", (12000, 5000)).save(tmp_path / "large.jpg")  # 60 megapixels
    assert "This will take" in HANDLERS.say_estimate(str(tmp_path / "large.jpg"), **VALUES)


def test_the_estimate_is_said_before_a_run_and_refusals_too(picture_files, monkeypatch):
    content = str(picture_files[0])
    assert (
        HANDLERS.say_estimate(None, **VALUES) == ""
        and HANDLERS.say_estimate(__file__, **VALUES) == ""
    )
    said = HANDLERS.say_estimate(content, **VALUES)
    assert "This will take about" in said and TOO_LONG not in said
    assert TOO_LONG in HANDLERS.say_estimate(content, **VALUES | {"size": 3072, "iterations": 2000})
    assert HANDLERS.say_estimate(content, **VALUES | {"features": "vgg19"}) == ""
    assert "size must be" in HANDLERS.say_estimate(content, **VALUES | {"size": "big"})
    monkeypatch.setattr("nst.costs.memory.available_bytes", lambda _: 1e6)
    assert "no size fits" in HANDLERS.say_estimate(content, **VALUES)


def test_on_zerogpu_a_run_is_too_long_for_what_may_be_asked_for(picture_files, monkeypatch):
    monkeypatch.setattr("web.server.zerogpu.HERE", True)
    monkeypatch.setattr("web.server.zerogpu.quota_factor", lambda: 1.5)
    content = str(picture_files[0])
    said = HANDLERS.say_estimate(content, **VALUES)
    assert "This will take about 12 s" in said and TOO_LONG not in said
    long = VALUES | {"size": 2048, "iterations": 2000}
    assert TOO_LONG in HANDLERS.say_estimate(content, **long)


@pytest.mark.parametrize("sent", [None, {}, {"name": None}, {"name": ["cat"]}, {"name": "../cat"}])
def test_clicks_that_no_page_sends_are_one_sentence(sent):
    event = gr.EventData(None, sent)
    for handler in (partial(HANDLERS.show_pair, ""), take_example("content")):
        with pytest.raises(gr.Error, match="There is no example of that name"):
            handler(event)
    assert use_kept(event)[0] == recall.DEFAULTS["iterations"]


def test_settings_come_back_without_a_word_unless_a_link_is_wrong():
    *values, said = restore({"size": 384}, SimpleNamespace(query_params={}))
    changed = dict(zip(recall.CONTROLS, values, strict=True))
    # What is a default is there already, unless it was changed before this answer came.
    assert changed == {name: gr.skip() for name in recall.CONTROLS} | {"size": 384}
    assert said == gr.skip()
    *_, said = restore(None, SimpleNamespace(query_params={"size": "big"}))
    assert "settings were not used: size must be" in said
