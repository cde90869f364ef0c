"""The settings as widgets."""

import gradio as gr

from nst.settings import FEATURES, SPECS
from web.page.controls import all_others, in_groups, in_sight, seed_applies, widget_of


def test_every_setting_has_a_widget_with_its_range_and_default():
    with gr.Blocks():
        for spec in [*SPECS.values(), FEATURES]:
            widget = widget_of(spec)
            assert widget.value == spec.default and widget.info == spec.help
            bounds = {"minimum", "maximum"} if isinstance(widget, gr.Slider) else {"choices"}
            for bound in bounds - {"choices"}:
                assert getattr(widget, bound) == getattr(spec, bound)


def test_a_choice_shows_titles_and_sends_words():
    with gr.Blocks():
        radio = widget_of(SPECS["style_loss"])
    assert radio.choices == [("Strokes", "wasserstein"), ("Tints and grain", "gram")]
    assert radio.api_info()["enum"] == ["wasserstein", "gram"]


def test_every_setting_has_its_place_once():
    with gr.Blocks():
        _, grouped = in_groups()
        placed = [*in_sight(), *grouped]
        others = all_others(placed)
        fewer = all_others([*placed, "style_weight"])
    assert sorted([*placed, *others]) == sorted([*SPECS, "features"])
    assert others.keys() - fewer.keys() == {"style_weight"}


def test_the_seed_can_be_set_where_it_counts():
    with gr.Blocks():
        seed = in_groups()[1]["seed"]
    assert not seed.interactive and "noise" in seed.info
    assert seed_applies("noise") == gr.update(interactive=True, info=SPECS["seed"].help)
    assert seed_applies("content") == gr.update(interactive=False, info=seed.info)
