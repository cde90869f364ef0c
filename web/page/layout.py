"""Where everything is on the page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from nst.presets import PRESETS
from nst.settings import SPECS
from web.page import instant_tab
from web.page.controls import as_sent, documented, in_groups, in_sight, path_of, picture_input
from web.page.html import compare, curves, examples, film
from web.page.pictures.more_pictures import more_pictures
from web.runs.kept.jpeg import small

RESULT_HEIGHT = 480
ANY = "any"
"""The mode of the page that paints in the manner of any picture."""
FIRST_SHOWN = "rocket_starry-night"
RESUME_HELP = (
    "What progress called run in the last answer of an earlier run with the same pictures and "
    "settings (iterations aside): this run goes on from there, with the optimiser's memory."
)
PRESET_HELP = "Each sets the style's strength, strokes, colours, start and smoothness."
STRIP = (Path(__file__).parent / "static" / "strip.js").read_text()
STRIP_HTML = '<section class="nst-strip" hidden><h3>Pictures of this visit</h3><ul></ul></section>'
RESULT_ALT = "The photograph, painted in the manner of the painting, as far as the run has come"
INTRODUCTION = """<header class="nst-head"><h1>Your photograph, as a painting</h1>
<p>Neural style transfer: give a photograph and a painting, press Paint, and watch the photograph
being painted again in that manner; an instant style takes a second. Or click an example to see what
came out of it.</p></header>"""


@dataclass(frozen=True)
class Inputs:
    """What a run is made from, and what fills it."""

    visit: gr.Textbox  # the key of this page's visit, out of sight
    was_used: gr.Checkbox  # whether the browser had that key before, out of sight
    content: gr.Image
    style: gr.Image
    content_note: gr.HTML
    style_note: gr.HTML
    content_tiles: gr.HTML
    style_tiles: gr.HTML
    modes: gr.Tabs
    settings: dict[str, gr.Slider | gr.Radio]  # by the names of `Settings`, and "features"
    more_pictures: dict[str, gr.Image]  # by the API's names
    mask_editor: gr.ImageEditor
    paint_there: gr.Button
    keep_there: gr.Button
    resume: gr.Textbox  # the name of the run to go on with, which only programs and events see
    preset: gr.Radio
    paint: gr.Button
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
    animation: gr.DownloadButton
    curves: gr.HTML
    bar: gr.HTML
    download: gr.DownloadButton
    use_as_content: gr.Button
    more: gr.Button
    strip: gr.HTML
    status: gr.Markdown


def lay_out() -> tuple[gr.HTML, Inputs, Outputs]:
    """Lay out the page, inside a `gr.Blocks`; the first component has the examples' cards."""
    gr.HTML(INTRODUCTION)
    cards = examples.cards()
    with gr.Row(elem_classes="nst-columns"):
        with gr.Column(scale=5, min_width=320):
            inputs = _inputs()
        with gr.Column(scale=6, min_width=320, elem_id="nst-result"):
            outputs = _outputs()
    return cards, inputs, outputs


def _inputs() -> Inputs:
    pictures = _pictures()
    with gr.Tabs(selected=ANY) as modes:
        with gr.Tab("Any painting", id=ANY):
            controls = _controls()
        with gr.Tab("Instant styles", id="instant"):
            instant = instant_tab.lay_out()
    visit = as_sent(gr.Textbox(visible=False, label="Visit"))
    was_used = as_sent(gr.Checkbox(visible=False, label="Was used"))
    return Inputs(visit, was_used, **pictures, modes=modes, **controls, instant=instant)


def _pictures() -> dict[str, Any]:
    pictures = {}
    with gr.Row():
        for name, label, alt, kind, verb in (
            ("content", "Content: photograph", "Your photograph", "content", "Take the photograph"),
            ("style", "Style: painting", "Your painting", "styles", "Take the painting"),
        ):
            with gr.Column(min_width=150):
                pictures[name] = picture_input(name, label, alt)
                pictures[f"{name}_note"] = gr.HTML(elem_classes="nst-note")
                pictures[f"{name}_tiles"] = examples.tiles(kind, verb)
    return pictures


def _controls() -> dict[str, Any]:
    with gr.Row():
        paint = gr.Button("Paint", variant="primary", size="lg", scale=2, min_width=120)
        stop = gr.Button("Stop", variant="stop", size="lg", interactive=False, min_width=80)
    estimate = gr.HTML(elem_classes="nst-note")
    preset = as_sent(gr.Radio(list(PRESETS), label="Preset", info=PRESET_HELP))
    settings = in_sight()
    more = more_pictures()
    start, grouped = in_groups(without=more.weights)
    settings |= grouped | more.weights
    resume = documented(gr.Textbox(visible=False, label="Run to go on with"), RESUME_HELP)
    with gr.Accordion("Keep and share these settings", open=False):
        copy_link = gr.Button("Copy a link with these settings", size="sm")
        share_note = gr.HTML(elem_classes="nst-note nst-link")
        recipe = gr.UploadButton(
            "Use the settings of a picture painted before", file_types=[".png"], size="sm"
        )
    return {
        "settings": {name: settings[name] for name in (*SPECS, "features")},  # the API's order
        "more_pictures": more.pictures | {"start": start},
        "mask_editor": more.editor,
        "paint_there": more.paint_there,
        "keep_there": more.keep_there,
        "resume": as_sent(resume),
        "preset": preset,
        "paint": paint,
        "stop": stop,
        "estimate": estimate,
        "recipe": recipe,
        "copy_link": copy_link,
        "share_note": share_note,
    }


def _outputs() -> Outputs:
    with gr.Tabs(selected="compare") as tabs:
        with gr.Tab("Picture", id="picture"):
            picture = _result()
        with gr.Tab("Compare", id="compare"):
            first = examples.pairs()[FIRST_SHOWN]
            compared = gr.HTML(compare_pair(first), js_on_load=compare.SLIDE)
        with gr.Tab("Film", id="film"):
            painted = gr.HTML(film.NOTHING, js_on_load=film.PLAY)
            animation = gr.DownloadButton("Download as an animation", interactive=False, size="sm")
        with gr.Tab("Losses", id="curves"):
            plotted = gr.HTML(curves.NOTHING)
    bar = gr.HTML(elem_classes="nst-progress")
    with gr.Row():
        download = gr.DownloadButton("Download", interactive=False, min_width=120)
        use_as_content = gr.Button("Use as photograph", interactive=False, min_width=120)
        more = gr.Button("More iterations", interactive=False, min_width=120)
    strip = gr.HTML(html_template=STRIP_HTML, js_on_load=STRIP)
    return Outputs(
        tabs=tabs,
        picture=picture,
        compare=compared,
        film=painted,
        animation=animation,
        curves=plotted,
        bar=bar,
        download=download,
        use_as_content=use_as_content,
        more=more,
        strip=strip,
        status=gr.Markdown(elem_classes="nst-status"),
    )


def _result() -> gr.Image:
    image = gr.Image(
        label="Result",
        show_label=False,
        interactive=False,
        buttons=["fullscreen"],
        format="png",
        height=RESULT_HEIGHT,
        elem_classes="nst-picture",
        alt_text=RESULT_ALT,
    )
    return as_sent(image, path_of)


def compare_pair(pair: examples.Pair) -> str:
    """The HTML of an example's photograph and its result."""
    with_result = small(pair.result, 1024)
    return compare.compare(small(pair.content, 1024), with_result, pair.words)
