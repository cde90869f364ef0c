"""The run behind the page and the API: files and values -> files of pictures and their progress.

`InputError` becomes a sentence for the visitor. Nothing here knows of components.
"""

import contextlib
import logging
import tempfile
import time
from collections.abc import Generator, Iterator
from functools import lru_cache
from inspect import signature
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
from nst.settings import FEATURES
from page.zerogpu import gpu_seconds, in_plain_words

CAN_GO_ON = "start" in signature(stylize).parameters
"""Whether a run can start from a picture that is given, such as an earlier result."""

Progress = dict[str, Any]
log = logging.getLogger("nst.app")


@lru_cache
def features_of(name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    """A feature network, loaded once a process."""
    return load_features(name)


@spaces.GPU(duration=gpu_seconds)
def _stylize_on_gpu(
    content: Image.Image,
    style: Image.Image,
    settings: Settings,
    features_name: str,
    start: Image.Image | None = None,
) -> Iterator[tuple[Step, Recipe, str]]:
    """Yield the steps that carry a picture, with the run's recipe and device."""
    # On ZeroGPU this runs in another process, from which only the text of a gr.Error comes back.
    with sentences():
        features = features_of(features_name)
        made = recipe.of_run(settings, features)
        given = {} if start is None else {"start": start}
        for step in stylize(content, style, settings, features=features, **given):
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
    start = values.pop("start", None)
    settings = Settings(**values)
    FEATURES.check("features", features)
    content_image = open_image(content, "content image")
    style_image = open_image(style, "style image")
    start_image = open_image(start, "start image") if start else None
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
        for step, made, device in _stylize_on_gpu(
            content_image, style_image, settings, features, start_image
        ):
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
def sentences() -> Iterator[None]:
    """Bad input reaches the visitor as its sentence; anything else as an apology, and the log."""
    try:
        yield
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
    except gr.Error as error:
        raise in_plain_words(error) from error
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

    It yields the picture so far as a JPEG file, at last the result as a PNG file, each with where
    the run is.

    Args:
        content: The photograph that is painted again.
        style: The painting that gives colours, strokes and textures.
    """
    features = values.pop("features")
    with sentences():
        yield from _paint(content, style, features, values)
