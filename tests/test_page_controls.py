"""The settings as widgets."""

import gradio as gr

from nst.settings import FEATURES, SPECS
from page.controls import widget_of


def test_every_setting_has_a_widget_with_its_range_and_default():
    with gr.Blocks():
        for spec in [*SPECS.values(), FEATURES]:
            widget = widget_of(spec)
            assert widget.value == spec.default and widget.info == spec.help
            bounds = {"minimum", "maximum"} if isinstance(widget, gr.Slider) else {"choices"}
            for bound in bounds - {"choices"}:
                assert getattr(widget, bound) == getattr(spec, bound)
