"""Frames of a clip as tasks: given to a pool, painted by a worker, and back in their order.

Whatever imports this loads torch.
"""

from collections import deque
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from itertools import chain

from PIL import Image

from nst import recipe
from nst.batch.tasks import OUT_OF_MEMORY, Done, Part, Pool, Task, in_turn
from nst.batch.work import About, Filming
from nst.instant import painting
from nst.machine.available import release
from nst.specs import InputError
from nst.video import instant
from nst.video.sequence import Taken

FORMAT = "PPM"
"""Of frames on their way: their bytes as they are, and their size."""


class Alone:
    """A worker that paints frames, each by itself, by a network that it loads once."""

    def __init__(self, work: Filming) -> None:
        network = painting.load(work.settings)
        self._device = network.device
        self._paint = instant.alone(work.size, work.settings, work.style, network)
        made = recipe.of_run(work.settings, network)
        self.about = About(f"{network.name} on {network.device}", {work.settings.style: made})

    def __call__(self, own: Part, shared: Part) -> Generator[float, None, bytes]:
        """Paint a frame, as `nst.batch.tasks.Worker`."""
        yield 0.0
        assert isinstance(own, bytes)
        return _bytes_of(self._paint(_picture_of(own)))

    def recover(self) -> None:
        """As `nst.batch.tasks.Worker`."""
        release(self._device)


def painted_by(pool: Pool, frames: Generator[Taken, None, None]) -> Generator[Taken, None, None]:
    """As `nst.video.instant.painted`, by a pool of `Filming`, a few frames ahead.

    Raises:
        InputError: a frame cannot be painted.
        MemoryError: a worker has too little.
    """
    given: deque[Taken] = deque()

    def task_of(taken: Taken) -> Task:
        given.append(replace(taken, detailed=taken.photograph))  # the task has what is larger
        return Task(_bytes_of(taken.detailed), "")

    with closing(frames):
        while (first := next(frames, None)) and first.kept:
            yield first  # nothing is kept after the first that is not
        left = chain([first] if first else [], frames)
        with closing(in_turn(pool, map(task_of, left))) as ends:
            for end in ends:
                yield replace(given.popleft(), alone=_result(end))


def _result(end: Done) -> Image.Image:
    if end.reason == OUT_OF_MEMORY:
        raise MemoryError(end.reason)
    if end.reason:
        raise InputError(end.reason)
    return _picture_of(end.result)


def _bytes_of(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, FORMAT)
    return file.getvalue()


def _picture_of(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=[FORMAT]) as picture:
        picture.load()
        return picture.convert("RGB")
