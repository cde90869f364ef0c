"""The run behind the page and the API: files and values -> files of pictures and their progress.

`InputError` becomes a sentence for the visitor. Nothing here knows of components.
"""

import contextlib
import logging
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces

# isort: split
import gradio as gr
from PIL import Image

from nst import InputError, Settings, Step, recipe
from nst.inputs import MASKS, STYLES
from nst.machine.available import has_run_out
from nst.pictures.reading import open_image
from nst.pictures.writing import save_image
from nst.recipe import Recipe
from nst.resume import State
from nst.settings import FEATURES
from web.runs.attempts import shown, stylize_or_smaller
from web.runs.kept_states import states
from web.runs.progress import Progress
from web.server import limits, worker
from web.server.disk import FULL, is_full, make_room
from web.server.networks import networks
from web.server.zerogpu import HERE, gpu_seconds, in_plain_words

log = logging.getLogger("nst.app")


def features_of(name: str) -> Any:  # noqa: ANN401 - a FeatureNetwork; tensors stay in nst
    """A feature network, loaded once a process; on ZeroGPU, see `load_networks`."""
    return networks().get(name)


def load_networks() -> None:
    """Load what visitors may ask for, as far as it can be had.

    On ZeroGPU no other thread than the first can put a network on the GPU that is to be lent; where
    there is none to wait for, only what the app chooses by itself is loaded beforehand.
    """
    features_of(FEATURES.default)
    for name in FEATURES.choices if HERE else ():
        with contextlib.suppress(InputError):  # who asks for it gets the sentence
            features_of(name)


@dataclass(frozen=True)
class Update:
    """What a run shows of itself.

    Attributes:
        step: with a picture, if one is due.
        seconds: since the run began.
        recipe: of the run; None for a picture that the recipe would not give again.
        network, device: their names.
    """

    step: Step
    seconds: float
    recipe: Recipe | None
    network: str
    device: str


@spaces.GPU(duration=gpu_seconds)
def _stylize_on_gpu(
    pictures: dict[str, Any], settings: Settings, features_name: str, state: State | None = None
) -> Iterator[Update]:
    """Yield what is shown of a run.

    Args:
        pictures: the picture arguments of `stylize`.
    """
    asked = gpu_seconds(pictures, settings, features_name, state)
    started = time.monotonic()  # here, where nothing is waited for any more
    # On ZeroGPU this runs in another process, from which no error but a gr.Error comes back.
    with sentences():
        features = features_of(features_name)
        before = state.iterations if state else 0
        made = lru_cache(lambda settings: recipe.of_run(settings, features, before))
        tries = stylize_or_smaller(pictures, settings, features, state)
        for step, tried, whole in shown(tries, limits.run_seconds(asked), settings.iterations):
            # Where the GPU is lent, nothing of it can stay behind.
            step = replace(step, state=None) if HERE else step
            seconds, made_by = time.monotonic() - started, made(tried) if whole else None
            yield Update(step, seconds, made_by, features.name, str(features.device))


def _opened(files: Mapping[str, str | None]) -> dict[str, Any]:
    """The picture arguments of `stylize`, from files by the API's names."""
    words = {name: name.replace("_", " ") for name in (*STYLES, *MASKS)}
    words |= {"mask": "mask", "start": "start image", "content": "content image"}
    words |= {name: f"{words[name]} image" for name in STYLES}
    needed = ("content", "style")
    opened = {
        name: open_image(files.get(name), word) if files.get(name) or name in needed else None
        for name, word in words.items()
    }
    return {
        "content": opened["content"],
        "style": [opened[name] for name in STYLES],
        "mask": opened["mask"],
        "style_masks": [opened[name] for name in MASKS],
        "start": opened["start"],
    }


def stylize_into(
    folder: Path, files: Mapping[str, str | None], **values: object
) -> Generator[tuple[str, Progress], None, None]:
    """As `stylize_pictures`, with pictures by their names; what it yields is in a folder."""
    with sentences():
        yield from _paint(folder, files, **values)


def _paint(
    folder: Path,
    files: Mapping[str, str | None],
    resume: object = None,
    features: str = FEATURES.default,
    **values: object,
) -> Generator[tuple[str, Progress], None, None]:
    """Yield the file of the picture so far, JPEG and at last PNG, with the run's progress."""
    settings = Settings(**values)
    FEATURES.check("features", features)
    state = states().find(resume)
    pictures = _opened(files)
    # Something is yielded before the GPU is asked for: a run that is cancelled before its first
    # yield would hold the GPU to its end.
    start = _start_of(pictures["content"], settings)
    picture, begun = _save(start, features, "", folder), Progress.of(start, 0.0)
    yield picture, begun
    # Others that need the worker do not wait for a download, and none is tried in a GPU's time.
    networks().loaded(features) if HERE else features_of(features)
    with limits.turn().place() as place:
        for _ in place:
            yield picture, begun
        with contextlib.closing(
            worker.steps(_stylize_on_gpu(pictures, settings, features, state))
        ) as updates:
            for update in updates:
                limits.turn().check()
                step, made = update.step, update.recipe
                name = states().keep(step.state) if step.state else None
                if step.image:
                    picture = _save(step, update.network, made.text() if made else "", folder)
                yield (
                    picture,
                    Progress.of(step, update.seconds, update.network, update.device, name),
                )


def _start_of(content: Image.Image, settings: Settings) -> Step:
    """A step before the first, with the photograph at the result's size."""
    preview = content.copy()
    preview.thumbnail((settings.size, settings.size))
    return Step(
        iteration=0,
        total=settings.iterations,
        size=settings.size,
        content_loss=0.0,
        style_loss=0.0,
        tv_loss=0.0,
        work_done=0.0,
        image=preview,
    )


def _save(step: Step, features: str, recipe_text: str, folder: Path) -> str:
    """Write a step's picture: previews as JPEG, which is quick, the last as PNG, which is exact."""
    path = folder / ("stylized.png" if step.done else f"{step.iteration:05d}.jpg")
    make_room()
    save_image(step.image, path, features, recipe_text)
    return str(path)


class Refused(gr.Error):
    """An `InputError` as Gradio shows it; what it is about comes along, from ZeroGPU's process too.

    Attributes:
        subject, code: as the `InputError`'s.
    """

    subject = code = ""

    @classmethod
    def by(cls, error: Exception) -> "Refused":
        """What is shown for an error whose text is for people."""
        refused = cls(str(error), print_exception=False)
        refused.subject = getattr(error, "subject", "")
        refused.code = getattr(error, "code", "")
        return refused


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """What `nst` says of a run reaches the visitor; anything else as an apology, and the log."""
    try:
        yield
    except (InputError, FloatingPointError) as error:
        raise Refused.by(error) from error
    except Refused:
        raise
    except gr.Error as error:
        raise in_plain_words(error) from error
    except Exception as error:
        if is_full(error):
            log.warning("the disk is full")
            raise gr.Error(FULL, print_exception=False) from error
        if has_run_out(error):
            raise gr.Error(
                "Memory ran out: choose a smaller size.", print_exception=False
            ) from error
        log.exception("a run failed")
        raise gr.Error(
            "Something went wrong on the server, and the run was stopped. Please try again.",
            print_exception=False,
        ) from error


def _as_dicts(
    steps: Iterator[tuple[str, Progress]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same for programs."""
    for picture, progress in steps:
        yield picture, asdict(progress)


# Programs may leave out what has a default of None here.
def stylize_pictures(
    content: str | None,
    style: str | None,
    style_2: str | None = None,
    style_3: str | None = None,
    style_4: str | None = None,
    mask: str | None = None,
    style_mask: str | None = None,
    style_2_mask: str | None = None,
    style_3_mask: str | None = None,
    style_4_mask: str | None = None,
    start: str | None = None,
    resume: str | None = None,
    **values: object,
) -> Generator[tuple[str, dict[str, Any]], None, None]:
    """Paint the content picture in the manner of the style picture, streaming the progress.

    It yields the picture so far as a JPEG file, at last the result as a PNG file, each with where
    the run is. A picture comes again, with newer progress, until there is another one.

    Args:
        content: The photograph that is painted again.
        style: The painting that gives colours, strokes and textures.
        style_2: A second painting, blended with the first by the style weights, or placed by masks.
        style_3: A third painting.
        style_4: A fourth painting.
        mask: White where the paintings go; elsewhere the photograph stays exactly as it is.
        style_mask: White where the first painting goes; a painting without a mask gets the rest.
        style_2_mask: White where the second painting goes.
        style_3_mask: White where the third painting goes.
        style_4_mask: White where the fourth painting goes.
        start: The picture that the run starts from, if init is image.
        resume: What progress called run in the last answer of an earlier run with the same pictures
            and settings: this run goes on from there with the optimiser's memory.
    """
    files = {"content": content, "mask": mask, "start": start}
    files |= zip(STYLES, (style, style_2, style_3, style_4), strict=True)
    files |= zip(MASKS, (style_mask, style_2_mask, style_3_mask, style_4_mask), strict=True)
    with sentences(), tempfile.TemporaryDirectory(prefix="nst-") as folder:
        yield from _as_dicts(_paint(Path(folder), files, resume, **values))
