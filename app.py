"""The page and the API:  python app.py

Widgets <-> `Settings`; `Step` -> components; `InputError` -> a sentence for the visitor. Both the
page and the public endpoint `/stylize` run the same generator. Everything about pictures and
tensors is in `nst`.
"""

import contextlib
import logging
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces

# isort: split
import gradio as gr
from PIL import Image

from nst import InputError, Settings, Step, load_features, recipe, stylize
from nst.images import open_image, save_image
from nst.recipe import Recipe
from nst.settings import FEATURES, PRESET_FIELDS, PRESETS, SPECS, Choice, Range, preset

EXAMPLES = Path(__file__).parent / "examples"
IN_SIGHT = ("iterations", "style_strength")
INPUT_HEIGHT, RESULT_HEIGHT = 280, 480
PRESET_HELP = "Each sets the style's strength, strokes, colours, start and smoothness below."
QUEUE_LENGTH = 20
HOUR = 3600
GPU_START_SECONDS, GPU_MEGAPIXEL_SECONDS = 10, 0.03
"""What is asked of ZeroGPU: a start, and a time per iteration and megapixel."""

Progress = dict[str, Any]
log = logging.getLogger("nst.app")


def _unread(component: Any, read: Callable[[Any], Any] = lambda payload: payload) -> Any:  # noqa: ANN401
    """Have a component hand over what was sent, unchecked.

    Gradio's own checks let NaN through and meet other things with unreadable errors; `Settings` and
    `nst.images` refuse all of them with a sentence.
    """
    component.preprocess = read
    return component


def _picture_input(label: str) -> gr.Image:
    """An image input that hands over the file as it came: `nst.images` reads it, and only it."""
    sources = ["upload", "webcam", "clipboard"]
    image = gr.Image(label=label, type="filepath", sources=sources, height=INPUT_HEIGHT)
    return _unread(image, lambda payload: payload.path if payload else None)


def _widget(spec: Range | Choice) -> gr.Slider | gr.Radio:
    if isinstance(spec, Choice):
        return _unread(gr.Radio(spec.choices, value=spec.default, label=spec.label, info=spec.help))
    slider = gr.Slider(
        spec.minimum,
        spec.maximum,
        value=spec.default,
        step=spec.step,
        label=spec.label,
        info=spec.help,
        precision=0 if isinstance(spec.default, int) else None,
    )
    return _unread(slider)


@lru_cache
def _features(name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    return load_features(name)


def _gpu_seconds(content: Image.Image, style: Image.Image, settings: Settings, *_: object) -> int:
    """The time to ask of ZeroGPU for a run, in seconds."""
    megapixels = settings.size**2 / 1e6
    return round(
        GPU_START_SECONDS + settings.iterations * (0.02 + GPU_MEGAPIXEL_SECONDS * megapixels)
    )


@spaces.GPU(duration=_gpu_seconds)
def _stylize_on_gpu(
    content: Image.Image, style: Image.Image, settings: Settings, features_name: str
) -> Iterator[tuple[Step, Recipe, str]]:
    """Yield the steps that carry a picture, with the run's recipe and device."""
    # On ZeroGPU this runs in another process, from which only the text of a gr.Error comes back.
    with _sentences():
        features = _features(features_name)
        made = recipe.of_run(settings, features)
        for step in stylize(content, style, settings, features=features):
            if step.image is not None:
                yield step, made, str(features.device)


def _progress(step: Step, seconds: float, features: str | None, device: str | None) -> Progress:
    left = seconds * (1 / step.work_done - 1) if step.work_done else None
    return {
        "iteration": step.iteration,
        "total": step.total,
        "size": step.size,
        "content_loss": step.content_loss,
        "style_loss": step.style_loss,
        "tv_loss": step.tv_loss,
        "seconds": round(seconds, 2),
        "eta_seconds": None if left is None else round(left, 2),
        "features": features,
        "device": device,
        "done": step.iteration == step.total,
    }


def _paint(
    content: str | None, style: str | None, features: str, values: dict[str, object]
) -> Generator[tuple[str, Progress], None, None]:
    """Yield the file of the picture so far, JPEG and at last PNG, with the run's progress."""
    settings = Settings(**values)
    FEATURES.check("features", features)
    content_image = open_image(content, "content image")
    style_image = open_image(style, "style image")
    with tempfile.TemporaryDirectory(prefix="nst-") as folder:
        started = time.monotonic()
        # Something is yielded before the GPU is asked for: a run that is cancelled before its first
        # yield would hold the GPU to its end.
        preview = content_image.copy()
        preview.thumbnail((settings.size, settings.size))
        start = Step(
            iteration=0,
            total=settings.iterations,
            size=settings.size,
            content_loss=0.0,
            style_loss=0.0,
            tv_loss=0.0,
            work_done=0.0,
            image=preview,
        )
        yield _save(start, features, "", Path(folder)), _progress(start, 0.0, None, None)
        for step, made, device in _stylize_on_gpu(content_image, style_image, settings, features):
            seconds = time.monotonic() - started
            progress = _progress(step, seconds, made.features, device)
            yield _save(step, made.features, made.text(), Path(folder)), progress


def _save(step: Step, features: str, recipe_text: str, folder: Path) -> str:
    """Write a step's picture: previews as JPEG, which is quick, the last as PNG, which is exact."""
    last = step.iteration == step.total
    path = folder / ("stylized.png" if last else f"{step.iteration:05d}.jpg")
    save_image(step.image, path, features, recipe_text)
    return str(path)


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Bad input reaches the visitor as its sentence; anything else as an apology, and the log."""
    try:
        yield
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except gr.Error:
        raise
    except Exception as error:
        log.exception("a run failed")
        raise gr.Error(
            "Something went wrong on the server, and the run was stopped. Please try again.",
            print_exception=False,
        ) from error


def stylize_pictures(
    content: str | None, style: str | None, **values: object
) -> Generator[tuple[str, Progress], None, None]:
    """Paint the content picture in the manner of the style picture, streaming the progress.

    Yields the picture so far as a JPEG file, at last the result as a PNG file, each with a
    dictionary of the iteration, losses, seconds gone and left, features and device.
    """
    features = values.pop("features")
    with _sentences():
        yield from _paint(content, style, features, values)


def paint_on_page(
    content: str | None, style: str | None, **values: object
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The same run for the page: picture, progress bar, download."""
    for picture, progress in stylize_pictures(content, style, **values):
        yield picture, _progress_bar(progress), gr.update(value=picture, interactive=True)


def use_preset(name: object) -> list[object]:
    """The values of `PRESET_FIELDS` under a preset, in their order."""
    with _sentences():
        return list(preset(name).values())


def use_recipe(picture: str | None) -> list[object]:
    """The settings that a picture painted before was made with, its features, and no preset."""
    with _sentences():
        read = recipe.read(picture)
        return [*asdict(read.settings).values(), read.features, None]


def _progress_bar(progress: Progress) -> str:
    share = progress["iteration"] / progress["total"]
    if progress["done"]:
        text = f"Done: {progress['total']} iterations in {progress['seconds']:.0f} s"
    elif progress["iteration"] == 0:
        text = "Starting …"
    else:
        text = (
            f"Iteration {progress['iteration']} of {progress['total']} at {progress['size']} px · "
            f"{progress['seconds']:.0f} s gone, about {progress['eta_seconds']:.0f} s left"
        )
    losses = ""
    if progress["iteration"]:
        losses = (
            f"content loss {progress['content_loss']:.3f} · "
            f"style loss {progress['style_loss']:.4f} · "
            f"{progress['features']} on {progress['device']}"
        )
    return (
        '<div class="nst-bar" role="progressbar" aria-label="Progress" '
        f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * share:.0f}">'
        f'<span style="width: {share:.1%}"></span></div>'
        f'<div class="nst-text" aria-live="polite"><b>{text}</b><span>{losses}</span></div>'
    )


def describe_features(name: str) -> str:
    """One line that says which features and device are in use, and why."""
    try:
        features = _features(name)
    except InputError as error:
        return f"⚠ {error}"
    device = "the CPU" if features.device.type == "cpu" else "the GPU"
    return f"Features: **{features.name}** on **{device}** ({features.reason})"


def _running(running: bool) -> list[dict[str, Any]]:
    """Updates of the buttons Paint and Stop."""
    return [gr.update(interactive=not running), gr.update(interactive=running)]


CSS = """
.nst-bar {height: 8px; border-radius: 4px; overflow: hidden;
  background: var(--border-color-primary)}
.nst-bar span {display: block; height: 100%; background: var(--color-accent);
  transition: width .3s}
.nst-text {display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em;
  margin-top: 6px; font-size: .9em; font-variant-numeric: tabular-nums}
.nst-text span {color: var(--body-text-color-subdued)}
/* Coarse previews fill the same place as the result. */
.nst-result .image-frame, .nst-result .image-frame img {width: 100%; height: 100%;
  object-fit: contain}
@media (prefers-reduced-motion: reduce) {.nst-bar span {transition: none}}
"""


@dataclass(frozen=True)
class Widgets:
    """The page's components that events read or write."""

    content: gr.Image
    style: gr.Image
    settings: dict[str, gr.Slider | gr.Radio]  # by the names of `Settings`, and "features"
    preset: gr.Radio
    recipe: gr.UploadButton
    paint: gr.Button
    stop: gr.Button
    picture: gr.Image
    bar: gr.HTML
    download: gr.DownloadButton
    status: gr.Markdown


def build() -> gr.Blocks:
    """Lay out the page and connect its events."""
    with gr.Blocks(title="Neural style transfer", delete_cache=(HOUR, HOUR)) as page:
        gr.Markdown(
            "# Neural style transfer\n"
            "Give a photograph and a painting: the photograph is painted again in that manner, "
            "before your eyes."
        )
        with gr.Row():
            with gr.Column():
                inputs = _inputs()
            with gr.Column():
                outputs = _outputs()
        widgets = Widgets(**inputs, **outputs)
        _examples("Photographs to start from", "content", widgets.content)
        _examples("Paintings to start from", "styles", widgets.style)
        _connect_page(page, widgets)
        _connect_api(widgets)
    return page


def _inputs() -> dict[str, Any]:
    with gr.Row():
        content = _picture_input("Content: the photograph")
        style = _picture_input("Style: the painting")
    settings = {name: _widget(SPECS[name]) for name in IN_SIGHT}
    presets = _unread(gr.Radio(list(PRESETS), label="Preset", info=PRESET_HELP))
    with gr.Row():
        paint = gr.Button("Paint", variant="primary", scale=2)
        stop = gr.Button("Stop", variant="stop", interactive=False, scale=1)
    with gr.Accordion("Advanced", open=False):
        settings |= {n: _widget(spec) for n, spec in SPECS.items() if n not in IN_SIGHT}
        settings["features"] = _widget(FEATURES)
        used = gr.UploadButton(
            "Use the settings of a picture painted before", file_types=[".png"], size="sm"
        )
    return {
        "content": content,
        "style": style,
        "settings": settings,
        "preset": presets,
        "recipe": used,
        "paint": paint,
        "stop": stop,
    }


def _outputs() -> dict[str, Any]:
    picture = gr.Image(
        label="Result",
        interactive=False,
        buttons=["fullscreen"],
        format="png",
        height=RESULT_HEIGHT,
        elem_classes="nst-result",
    )
    bar = gr.HTML()
    download = gr.DownloadButton("Download the picture", interactive=False)
    return {"picture": picture, "bar": bar, "download": download, "status": gr.Markdown()}


def _examples(label: str, folder: str, image: gr.Image) -> None:
    """A row of thumbnails that fill an image input."""
    paths = sorted(str(path) for path in (EXAMPLES / folder).glob("*.jpg"))
    gr.Examples(paths, image, label=label, examples_per_page=len(paths), api_visibility="private")


def _run_inputs(widgets: Widgets) -> dict[str, Any]:
    """What a run reads; runs of the page and of the API share one place."""
    return {
        "inputs": [widgets.content, widgets.style],
        "inputs_kwargs": widgets.settings,
        "concurrency_id": "painting",
    }


def _connect_page(page: gr.Blocks, widgets: Widgets) -> None:
    """Connect the page's own events, which are not part of the API."""
    private = {"api_visibility": "private", "show_progress": "hidden"}
    at_once = {**private, "queue": False}
    buttons = [widgets.paint, widgets.stop]
    begin = widgets.paint.click(lambda: _running(True), None, buttons, **at_once)
    shown = [widgets.picture, widgets.bar, widgets.download]
    painting = begin.then(paint_on_page, outputs=shown, **_run_inputs(widgets), **private)
    # Paint is offered again when the run has really ended: a click before that would be lost.
    for ended in (painting.then, painting.failure):
        ended(lambda: _running(False), None, buttons, **at_once)
    stopping = gr.update(interactive=False)
    widgets.stop.click(lambda: stopping, None, widgets.stop, cancels=[painting], **at_once)
    changed = [widgets.settings[field] for field in PRESET_FIELDS]
    widgets.preset.input(use_preset, widgets.preset, changed, **at_once)
    every = [*(widgets.settings[name] for name in (*SPECS, "features")), widgets.preset]
    widgets.recipe.upload(use_recipe, widgets.recipe, every, **private)
    features = widgets.settings["features"]
    for event in (page.load, features.change):
        event(describe_features, features, widgets.status, **private)


def _connect_api(widgets: Widgets) -> None:
    """Offer the same run to programs, as the endpoint /stylize."""
    image = gr.Image(visible=False, label="image")
    progress = gr.JSON(visible=False, label="progress")
    gr.Button(visible=False).click(
        stylize_pictures, outputs=[image, progress], api_name="stylize", **_run_inputs(widgets)
    )


def main() -> None:
    """Serve the page."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _features(FEATURES.default)  # ZeroGPU wants networks on the GPU before a visitor comes
    page = build()
    # One run at a time: two would only share the device, and each take twice as long.
    page.queue(max_size=QUEUE_LENGTH, default_concurrency_limit=1)
    page.launch(css=CSS, theme=gr.themes.Soft())


if __name__ == "__main__":
    main()
