"""A run: it opens its pictures, lends the GPU, steps, saves, learns, and ends in a named way.

`InputError` becomes a sentence for the visitor. Nothing here knows of components.
"""

import contextlib
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

# ZeroGPU replaces parts of torch, which `nst` imports: spaces comes first.
import spaces

# isort: split
from PIL import Image

from nst import Settings, Step, recipe
from nst.recipe import Recipe
from nst.resume import State
from nst.settings import FEATURES
from web.runs import first_look
from web.runs.attempts import shown, stylize_or_smaller
from web.runs.best_effort import best_effort
from web.runs.files import first_step, opened, saved
from web.runs.naming import result_name
from web.runs.progress import Progress
from web.runs.refusals import sentences
from web.server import zerogpu
from web.server.gpu_time import GpuWork, NewProcess, run_seconds, work_of
from web.server.server import Server

Shown = tuple[str, Progress]
"""The file of the picture so far, JPEG and at last PNG, and where the run is."""


class Ended(Enum):
    """How a run ended."""

    DONE = auto()  # as it was asked for
    SHORT = auto()  # with less than that: the last progress's note says why
    STOPPED = auto()  # by whoever took its steps
    FAILED = auto()  # with an error, which is raised


@dataclass(frozen=True)
class Update:
    """What comes back of a run from where it is computed.

    Attributes:
        step: with a picture, if one is due.
        share: of the iteration after it that is done.
        seconds: since the run began.
        recipe: of the run; None for a picture that the recipe would not give again.
        network, device: their names.
        start: the seconds in which ZeroGPU's process was made for the run; None if it was there.
    """

    step: Step
    share: float
    seconds: float
    recipe: Recipe | None
    network: str
    device: str
    start: float | None


@dataclass(frozen=True)
class Asked:
    """What a run was asked for: all that crosses to ZeroGPU's process.

    Attributes:
        pictures: the picture arguments of `stylize`.
        features: the network's name, as it was asked for.
        state: where an earlier run ended, which this one goes on from.
    """

    pictures: dict[str, Any]
    settings: Settings
    features: str
    state: State | None

    @property
    def gpu_work(self) -> GpuWork:
        """What ZeroGPU's GPU has to do for it."""
        masks = [self.pictures.get("mask"), *self.pictures.get("style_masks", ())]
        regions = sum(mask is not None for mask in masks)
        regions += regions > 0
        size, goes_on = self.pictures["content"].size, self.state is not None
        return work_of(size, self.settings, self.features, goes_on, regions, self.start)

    @property
    def start(self) -> tuple[int, int] | None:
        """The size of the picture that it starts from, if there is one."""
        start = self.pictures.get("start")
        return start and start.size

    @property
    def is_plain(self) -> bool:
        """Whether its settings and its size alone tell how long it takes."""
        _, *others = self.pictures["style"]
        return not (self.state or self.pictures["mask"] or any(others))


class Runs:
    """The runs of a server."""

    def __init__(self, server: Server) -> None:
        self._server, self._process = server, NewProcess()
        # This object's own: what a decorated function is called with is sent to another process.
        self._on_gpu = spaces.GPU(duration=lambda asked, seconds: seconds)(self._computed)

    def open(
        self,
        files: Mapping[str, str | None],
        resume: object = None,
        features: str = FEATURES.default,
        *,
        looks_first: bool = False,
        **values: object,
    ) -> "Run":
        """A run, from files by the API's names, and values.

        Args:
            looks_first: whether it is to show a first look, if it has one.

        Raises:
            Refused: one of them cannot be used.
        """
        with sentences():
            settings = Settings(**values)
            FEATURES.check("features", features)
            state = self._server.states.find(resume)
            asked = Asked(opened(files, settings.size), settings, features, state)
        looks_first = looks_first and state is None and first_look.has_one(asked.pictures, settings)
        name = result_name(files.get("content"), files.get("style"))
        return Run(self._server, asked, self._on_gpu, looks_first, name)

    def _computed(self, asked: Asked, seconds: int) -> Generator[Update, None, None]:
        """Yield what is shown of a run, where ZeroGPU was asked for so many seconds."""
        start = self._process.seconds()
        started = time.monotonic()  # here, where nothing is waited for any more
        # On ZeroGPU this runs in another process, from which no error but a gr.Error comes back.
        with sentences():
            features, state = self._server.networks.get(asked.features), asked.state
            before = state.iterations if state else 0
            made = lru_cache(lambda settings: recipe.of_run(settings, features, before))
            tries = stylize_or_smaller(asked.pictures, asked.settings, features, state)
            limit = run_seconds(seconds, start or 0.0)
            for sign in shown(tries, limit, asked.settings.iterations):
                # What holds on to a tensor, for what no page writes, and where the GPU is lent,
                # the state, of which nothing can stay behind.
                state = None if zerogpu.HERE else sign.step.state
                step = replace(sign.step, whole=None, deep=None, state=state)
                gone = time.monotonic() - started
                by, where = made(sign.settings) if sign.is_its_own else None, str(features.device)
                yield Update(step, sign.share, gone, by, features.name, where, start)


class Run:
    """One run.

    Attributes:
        ended: how; None before that.
        name: of its result's file, without the ending.
    """

    def __init__(
        self,
        server: Server,
        asked: Asked,
        on_gpu: Any,  # noqa: ANN401
        looks_first: bool,
        name: str,
    ) -> None:
        self.ended: Ended | None = None
        self.name = name
        self._server, self._asked, self._on_gpu = server, asked, on_gpu
        self._looks_first = looks_first
        self._last: Update | None = None

    @property
    def painting(self) -> Image.Image:
        """The first of its paintings."""
        return self._asked.pictures["style"][0]

    def into(self, folder: Path) -> Generator[Shown, None, None]:
        """Yield what is shown, with its pictures in a folder.

        A picture comes again, with newer progress, until there is another one.

        Raises:
            Refused: it cannot be made after all.
            gr.Error: it failed.
        """
        progress = None
        try:
            with sentences():
                for picture, progress in self._steps(folder):
                    yield picture, progress
        except GeneratorExit:
            self.ended = self._done(progress) or Ended.STOPPED
            raise
        except Exception as error:
            self.ended = Ended.FAILED
            if getattr(error, "title", "") == zerogpu.TAKEN_BACK:
                self._server.costs.gpu.had_too_little(self._asked.gpu_work)
            raise
        self.ended = self._done(progress)
        best_effort(self._learn, None)

    @staticmethod
    def _done(progress: Progress | None) -> Ended | None:
        if progress is None or not progress.done:
            return None
        return Ended.SHORT if progress.note else Ended.DONE

    def _learn(self) -> None:
        """Have later runs' time be told by what this one took, or by none if it was cut short."""
        asked, costs, last = self._asked, self._server.costs, self._last
        if zerogpu.HERE and self.ended is Ended.SHORT:
            costs.gpu.had_too_little(asked.gpu_work)
        elif last is None or self.ended is not Ended.DONE or not asked.is_plain:
            return
        elif zerogpu.HERE:
            costs.gpu.learn(asked.gpu_work, last.seconds, last.start)
        else:
            size = asked.pictures["content"].size
            costs.learn(size, asked.settings, asked.features, last.seconds, asked.start)

    def _steps(self, folder: Path) -> Iterator[Shown]:
        server, asked = self._server, self._asked
        # Something is yielded before the GPU is asked for: a run that is cancelled before its first
        # yield would hold the GPU to its end.
        start = first_step(asked.pictures["content"], asked.settings)
        result = folder / self.name
        begun = saved(start, result, asked.features), Progress.of(start, 0.0)
        yield begun
        # Others that need the thread do not wait for a download, and none is tried in a GPU's time.
        find = server.networks.loaded if zerogpu.HERE else server.networks.get
        find(asked.features)
        with server.run_slot.wait() as waiting:
            for _ in waiting:
                yield begun
            picture = begun[0]
            if self._looks_first:
                look = partial(first_look.paint, server, asked.pictures, asked.settings, result)
                if looked := best_effort(look, None):
                    picture = looked
                    yield picture, first_look.progress_of(begun[1])
            seconds = server.costs.gpu.to_ask(asked.gpu_work)
            updates = server.tensor_thread.steps(self._on_gpu(asked, seconds))
            with contextlib.closing(updates):
                yield from self._saved(updates, result, picture)

    def _saved(self, updates: Iterator[Update], result: Path, picture: str) -> Iterator[Shown]:
        """Yield what is shown of updates, `picture` until they have one of their own."""
        server = self._server
        for update in updates:
            server.run_slot.check()
            self._last, step = update, update.step
            name = server.states.keep(step.state) if step.state else None
            if step.image:
                picture = saved(step, result, update.network, update.recipe)
            by = update.network, update.device
            yield picture, Progress.of(step, update.seconds, *by, name, update.share)
