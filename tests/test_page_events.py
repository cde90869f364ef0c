"""What the page's events give its components."""

import gradio as gr
import pytest

from nst.settings import PRESET_FIELDS, SPECS
from page.events import use_preset, use_recipe
from page.runs import stylize_pictures

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
            *values, features, preset = use_recipe(path)
    assert dict(zip(SPECS, values, strict=True)) == {
        **{name: spec.default for name, spec in SPECS.items()},
        **{name: value for name, value in VALUES.items() if name in SPECS},
        "color": "matched",
    }
    assert features == "compact" and preset is None
    with pytest.raises(gr.Error, match="no recipe"):
        use_recipe(files[0])
