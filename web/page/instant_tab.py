"""The instant styles on the page: a thumbnail for each, their settings, and what comes after."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from nst.instant.names import title
from nst.settings import INSTANT_SPECS
from nst.specs import Choice
from web.page.controls import as_sent, documented, shown_widget, widget_of
from web.page.html.progress import note
from web.page.html.thumbnails import style_tiles
from web.page.shelf.every_style import pictures_place

HELP = (
    "Click one, and your photograph is painted like it in a moment. The first is the painting that "
    "you gave above."
)
MIX_REASON = "It is the share of a second style: choose one first."
REFINE = "Paint it properly, starting from this"
REFINE_FIRST = "Click a style first: this goes on from what you see then, and takes its time."
RELEASES = """const panel = element.closest('[role=tabpanel]');
const isNumber = target => target.matches('input[type=number]');
let before = '';
panel.addEventListener('keyup', event => {
  if (event.key === 'Enter' && isNumber(event.target))
    event.target.blur();
  if (/^(Arrow|Page|Home|End)/.test(event.key) && event.target.matches('input[type=range]'))
    event.target.dispatchEvent(new PointerEvent('pointerup', {bubbles: true}));
});
panel.addEventListener('focusin', event => { before = event.target.value; });
panel.addEventListener('blur', event => {
  if (isNumber(event.target) && event.target.value === before)
    event.stopPropagation();
}, true);"""
"""Gradio's sliders are released by the pointer, or by leaving their number: by arrow keys and Enter
nothing would be painted, and by walking past with Tab the same picture once more."""


@dataclass(frozen=True)
class InstantTab:
    """What is laid out here.

    Attributes:
        see_all: has the photograph painted in every style.
        previews: what came of that, which is shown in the thumbnails.
        tiles: the thumbnails.
        settings: widgets by the names of `InstantSettings`, without the style, in their order.
        problem: why a click did nothing; it stays in sight while the thumbnails are.
        refine: begins a run that starts from the painting.
        refine_note: why it cannot.
    """

    see_all: gr.Button
    previews: gr.HTML
    tiles: gr.HTML
    settings: dict[str, gr.Slider | gr.Dropdown | gr.Radio]
    problem: gr.HTML
    refine: gr.Button
    refine_note: gr.HTML


def lay_out() -> InstantTab:
    """Lay it out, inside a `gr.Tab`."""
    gr.HTML(f"<p>{HELP}</p>", elem_classes="nst-note", js_on_load=RELEASES)
    see_all = gr.Button("See my photograph in every style", size="md", elem_classes="nst-touch")
    previews = pictures_place()
    problem = gr.HTML(elem_id="nst-instant-problem", elem_classes="nst-note")
    tiles = style_tiles()
    settings = {name: shown_widget(name, INSTANT_SPECS[name]) for name in ("strength", "size")}
    with gr.Row():
        settings["second_style"] = style_choice("second_style", min_width=140)
        settings["mix"] = widget_of(INSTANT_SPECS["mix"])
    settings["mix"].interactive = False
    settings["mix"].info = MIX_REASON
    settings["color"] = shown_widget("color", INSTANT_SPECS["color"])
    refine = gr.Button(REFINE, interactive=False)
    refine_note = gr.HTML(note(REFINE_FIRST), elem_classes="nst-note")
    return InstantTab(see_all, previews, tiles, settings, problem, refine, refine_note)


def style_choice(name: str, **options: object) -> gr.Dropdown:
    """A list of the styles by their titles, for a setting of `InstantSettings`."""
    spec: Choice = INSTANT_SPECS[name]
    choices = [(title(style), style) for style in spec.choices]
    dropdown = gr.Dropdown(
        choices, value=spec.default, label=spec.label, info=spec.help, filterable=False, **options
    )
    documented(dropdown, f"{spec.label}. {spec.help}", title=spec.label)
    return as_sent(dropdown)


def mix_applies(second_style: object) -> dict[str, Any]:
    """An update of the mix's widget: it can be set where it counts."""
    mixed = second_style != "none"
    return gr.update(interactive=mixed, info=INSTANT_SPECS["mix"].help if mixed else MIX_REASON)
