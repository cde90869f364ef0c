"""The instant styles on the page: a thumbnail for each, their settings, and what comes after."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from nst.settings import INSTANT_SPECS
from web.page.clips import place
from web.page.clips.place import ClipPlace
from web.page.controls import shown_widget, style_choice, widget_of
from web.page.html.progress import note
from web.page.html.thumbnails import style_tiles
from web.page.shelf.every_style import pictures_place

HELP = (
    "Click one, and your photograph is painted like it in a moment. The first is the painting that "
    "you gave above."
)
NO_STYLE = "Choose a painting first: in its place above, or from “Paintings”."
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
        clips: a video, painted in the same way.
    """

    see_all: gr.Button
    previews: gr.HTML
    tiles: gr.HTML
    settings: dict[str, gr.Slider | gr.Dropdown | gr.Radio]
    problem: gr.HTML
    refine: gr.Button
    refine_note: gr.HTML
    clips: ClipPlace


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
    clips = place.lay_out()
    return InstantTab(see_all, previews, tiles, settings, problem, refine, refine_note, clips)


def in_use(
    own: bool, strength: object, size: object, second: object, mix: object, color: object
) -> tuple[object, ...]:
    """The settings as they count: a second style goes with one by name, its share with it."""
    second = "none" if own else second
    mix = mix if second != "none" else INSTANT_SPECS["mix"].default
    return strength, size, second, mix, color


def mix_applies(second_style: object) -> dict[str, Any]:
    """An update of the mix's widget: it can be set where it counts."""
    mixed = second_style != "none"
    return gr.update(interactive=mixed, info=INSTANT_SPECS["mix"].help if mixed else MIX_REASON)
