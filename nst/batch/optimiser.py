"""A worker that optimises pictures, one after the other. Whatever imports this loads torch."""

import time
from collections.abc import Generator
from functools import lru_cache

from PIL import Image

from nst import inputs, recipe
from nst.batch.carried import opened, png_of
from nst.batch.tasks import Part
from nst.batch.work import DEEP, About, Optimising, Painted
from nst.costs.seconds import estimate
from nst.features.loading import load_features
from nst.machine.available import release
from nst.roles import called
from nst.settings import OWN_STYLE
from nst.suited import suited
from nst.transfer import stylize


class Optimiser:
    """Optimises pictures by a network that it loads once."""

    def __init__(self, work: Optimising) -> None:
        self._features = load_features(work.features)
        self._settings = suited(work.settings, work.unnamed)
        self._deep = work.depth == DEEP
        self._made = recipe.of_run(self._settings, self._features)
        self._style = lru_cache(maxsize=1)(self._opened_style)
        name, device = self._features.name, self._features.device
        words = f"{name} on {device}: {self._features.reason}; {self._settings.size} px"
        self.about = About(words, {OWN_STYLE: self._made})

    def __call__(self, own: Part, shared: Part) -> Generator[float, None, Painted]:
        """Paint a photograph in the style of a painting, as `nst.batch.tasks.Worker`."""
        size = self._settings.size
        content = opened(own, "content image", size)
        # A list, as the command for one picture has it.
        steps = stylize(content, [self._style(shared)], self._settings, features=self._features)
        started = time.monotonic()
        for step in steps:
            if step.seconds_left:
                gone = time.monotonic() - started
                yield gone / (gone + step.seconds_left)
        assert step.image is not None  # the last one has it
        result = step.deep() if self._deep and step.deep else step.image
        return Painted(png_of(result, self._made), step.note)

    def seconds(self, content: Part, shared: Part) -> float:
        """What a picture would take; the first one takes a second to tell.

        Raises:
            InputError: it cannot be painted.
        """
        settings = self._settings
        picture = opened(content, "content image", settings.size)
        prepared = inputs.prepare(picture, self._style(shared), settings)
        size, guided = prepared.content.size, prepared.guided
        return estimate(size, settings, self._features, guided=guided).seconds

    def recover(self) -> None:
        """As `nst.batch.tasks.Worker`."""
        release(self._features.device)

    def _opened_style(self, source: Part) -> Image.Image:
        return opened(source, called(0, "image"), self._settings.size)
