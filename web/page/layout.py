"""Where everything is on the page."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from nst.presets import PRESETS, USUAL
from nst.settings import SPECS
from web.page import instant_tab
from web.page.controls import (
    all_others,
    as_sent,
    documented,
    in_groups,
    in_sight,
    path_of,
    picture_input,
)
from web.page.html import compare, curves, examples, film
from web.page.html.progress import note
from web.page.html.static_files import MAKE, static
from web.page.keeping import actions
from web.page.pictures.more_pictures import more_pictures
from web.page.pictures.places import INVITATION, PLACES, gate, under
from web.page.shelf.yours import own_tiles
from web.page.words import languages
from web.runs.kept.jpeg import small

ANY = "any"
"""The mode of the page that paints in the manner of any picture."""
FIRST_SHOWN = "rocket_starry-night"
RESUME_HELP = (
    "What progress called run in the last answer of an earlier run with the same pictures and "
    "settings (iterations aside): this run goes on from there, with the optimiser's memory."
)
PRESET_HELP = "Each sets the style's strength, strokes, colours, start and smoothness."
STRIP = MAKE + static("strip.js")
STRIP_HTML = """<section class="nst-strip"><h2>Pictures of this visit</h2>
<p class="nst-none">What is painted will be here.</p><ul></ul><p role="status"></p></section>"""
RESULT_ALT = "The photograph, painted in the manner of the painting, as far as the run has come"
INTRODUCTION = """<header class="nst-head"><h1>Your photograph, as a painting</h1>
<p>Give a photograph and a painting, and watch the one being painted like the other.</p></header>"""
EXAMPLES = "<h2>Examples</h2><p>Choose one, and it is painted again before your eyes.</p>"
FIRST_WORDS = "A finished example. Choose a photograph and a painting of your own, and press Paint."


@dataclass(frozen=True)
class Inputs:
    """What a run is made from, and what fills it."""

    visit: gr.Textbox  # the key of this page's visit, out of sight
    was_used: gr.Checkbox  # whether the browser had that key before, out of sight
    content: gr.Image
    style: gr.Image
    content_note: gr.HTML
    style_note: gr.HTML
    gate: gr.HTML  # what the browser hears of the two places
    content_tiles: gr.HTML
    own_tiles: gr.HTML  # of paintings that the visitor gave before
    style_tiles: gr.HTML
    modes: gr.Tabs
    settings: dict[str, gr.Slider | gr.Radio]  # by the names of `Settings`, and "features"
    more_pictures: dict[str, gr.Image]  # by the API's names
    more_notes: dict[str, gr.HTML]  # what is said of what was given there; by place and "_note"
    mask_editor: gr.ImageEditor
    paint_there: gr.Button
    keep_there: gr.Button
    resume: gr.Textbox  # the name of the run to go on with, which only programs and events see
    preset: gr.Radio
    paint: gr.Button
    surprise: gr.Button
    stop: gr.Button
    estimate: gr.HTML  # of the time and memory that a run would take
    recipe: gr.UploadButton
    copy_link: gr.Button
    share_note: gr.HTML
    instant: instant_tab.InstantTab


@dataclass(frozen=True)
class Outputs:
    """What a run shows, and what can be done with it."""

    tabs: gr.Tabs
    picture: gr.Image
    compare: gr.HTML
    film: gr.HTML
    curves: gr.HTML
    bar: gr.HTML
    download: gr.DownloadButton
    share: gr.Button
    both: gr.DownloadButton
    animation: gr.DownloadButton
    use_as_content: gr.Button
    more: gr.Button
    large: gr.Button
    share_said: gr.HTML
    strip: gr.HTML
    status: gr.Markdown


def lay_out() -> tuple[gr.HTML, Inputs, Outputs]:
    """Lay out the page, inside a `gr.Blocks`; the first component has the examples' cards."""
    gr.HTML(INTRODUCTION, js_on_load=languages.script())
    with gr.Row(elem_id="nst-page"):
        with gr.Column(elem_id="nst-give"):
            given = _given()
        with gr.Column(elem_id="nst-shown"):
            stop, shown = _shown()
        with gr.Column(elem_id="nst-choose"):
            chosen = _chosen()
            plotted, status, chosen["settings"] = _for_the_curious(chosen["settings"])
            gr.HTML(EXAMPLES, elem_classes="nst-heading")
            cards = examples.cards()
    languages.choice()
    visit = as_sent(gr.Textbox(visible=False, label="Visit"))
    was_used = as_sent(gr.Checkbox(visible=False, label="Was used"))
    inputs = Inputs(visit, was_used, **given, stop=stop, **chosen)
    return cards, inputs, Outputs(**shown, curves=plotted, status=status)


def _given() -> dict[str, Any]:
    """The two pictures and the button: what a run cannot do without."""
    given = {}
    with gr.Row(elem_classes="nst-pair"):
        for name, label, alt in (
            ("content", "Photograph", "Your photograph"),
            ("style", "Painting", "Your painting"),
        ):
            with gr.Column(min_width=120, elem_id=f"nst-place-{name}", elem_classes="nst-place"):
                invitation = INVITATION.format(name=PLACES[name])
                given[name] = picture_input(name, label, alt, invitation)
                under(name)
                given[f"{name}_note"] = gr.HTML(elem_classes="nst-note")
    given["gate"] = gate()
    with gr.Row(elem_classes="nst-begin"):
        given["paint"] = gr.Button("Paint", variant="primary", size="lg", scale=2, min_width=120)
        given["surprise"] = gr.Button("Surprise me", size="lg", scale=1, min_width=120)
    given["estimate"] = gr.HTML(elem_classes="nst-note nst-estimate")
    return given


def _chosen() -> dict[str, Any]:
    """What can be chosen from, and set."""
    with gr.Tabs(selected=ANY) as modes:
        with gr.Tab("Paintings", id=ANY):
            tiles = _tiles()
        with gr.Tab("At once", id="instant"):
            instant = instant_tab.lay_out()
        with gr.Tab("Settings", id="settings"):
            controls = _controls()
    return {**tiles, **controls, "modes": modes, "instant": instant}


def _tiles() -> dict[str, Any]:
    gr.HTML("<h3>No photograph at hand? Take one of these.</h3>", elem_classes="nst-heading")
    content = examples.tiles("content", "Take the photograph")
    gr.HTML("<h3>A painting to be like</h3>", elem_classes="nst-heading")
    own = own_tiles()
    styles = examples.tiles("styles", "Take the painting")
    return {"content_tiles": content, "own_tiles": own, "style_tiles": styles}


def _controls() -> dict[str, Any]:
    preset = as_sent(gr.Radio(list(PRESETS), value=USUAL, label="Preset", info=PRESET_HELP))
    settings = in_sight()
    more = more_pictures()
    start, grouped = in_groups()
    settings |= grouped | more.weights
    resume = documented(gr.Textbox(visible=False, label="Run to go on with"), RESUME_HELP)
    with gr.Accordion("Keep and share these settings", open=False):
        copy_link = gr.Button("Copy a link with these settings", size="sm")
        share_note = gr.HTML(elem_classes="nst-note nst-link")
        with gr.Column(elem_id="nst-recipe", elem_classes="nst-takes"):
            # Gradio would say itself what it does not take: the browser and the recipe's reader do.
            recipe = gr.UploadButton("Use the settings of a picture painted before", size="sm")
    return {
        "settings": settings,
        "more_pictures": more.pictures | {"start": start.pop("start")},
        "more_notes": more.notes | start | {"recipe_note": share_note},
        "mask_editor": more.editor,
        "paint_there": more.paint_there,
        "keep_there": more.keep_there,
        "resume": as_sent(resume),
        "preset": preset,
        "recipe": recipe,
        "copy_link": copy_link,
        "share_note": share_note,
    }


def _for_the_curious(settings: dict[str, Any]) -> tuple[gr.HTML, gr.Markdown, dict[str, Any]]:
    """How the losses fall, by what a picture is made, and the settings that are left.

    Args:
        settings: that have a place already; with the others they are returned, in the API's order.
    """
    with gr.Accordion("For the curious", open=False):
        plotted = gr.HTML(curves.NOTHING)
        status = gr.Markdown(elem_classes="nst-status")
        settings = settings | all_others(settings)
    return plotted, status, {name: settings[name] for name in (*SPECS, "features")}


def _shown() -> tuple[gr.Button, dict[str, Any]]:
    """The button that ends a run, beside how far it has come; and what is shown."""
    with gr.Row(elem_id="nst-run"):
        bar = gr.HTML(note(FIRST_WORDS), elem_classes="nst-progress")
        stop = gr.Button("Stop", variant="stop", interactive=False, min_width=80, scale=0)
    with gr.Column(elem_id="nst-result"):
        return stop, _results(bar)


def _results(bar: gr.HTML) -> dict[str, Any]:
    with gr.Tabs(selected="compare") as tabs:
        with gr.Tab("Picture", id="picture"):
            picture = _result()
        with gr.Tab("Compare", id="compare"):
            first = examples.pairs()[FIRST_SHOWN]
            compared = gr.HTML(compare_pair(first), js_on_load=compare.SLIDE)
        with gr.Tab("Film", id="film"):
            painted = gr.HTML(film.NOTHING, js_on_load=film.PLAY)
    buttons = actions.lay_out()
    strip = gr.HTML(html_template=STRIP_HTML, js_on_load=STRIP)
    return {
        "tabs": tabs,
        "picture": picture,
        "compare": compared,
        "film": painted,
        "bar": bar,
        "strip": strip,
        **buttons,
    }


def _result() -> gr.Image:
    image = gr.Image(
        label="Result",
        show_label=False,
        interactive=False,
        buttons=["fullscreen"],
        format="png",
        elem_classes="nst-picture",
        alt_text=RESULT_ALT,
    )
    return as_sent(image, path_of)


def compare_pair(pair: examples.Pair) -> str:
    """The HTML of an example's photograph and its result."""
    with_result = small(pair.result, 1024)
    return compare.compare(small(pair.content, 1024), with_result, pair.words)
