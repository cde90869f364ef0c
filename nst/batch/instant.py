"""A worker that paints pictures at once, one after the other. Whatever imports this loads torch."""

import time
from collections.abc import Generator
from functools import lru_cache

from PIL import Image

from nst import recipe
from nst.batch.carried import opened, png_of
from nst.batch.tasks import Part
from nst.batch.work import DEEP, About, Painted, Painting
from nst.instant import painting
from nst.machine.available import release
from nst.pictures.deep import Deep
from nst.settings import OWN_STYLE


class Instant:
    """Paints at once, by networks that it loads once."""

    def __init__(self, work: Painting) -> None:
        self._settings = work.settings
        # One network for all styles by name, and one for paintings.
        of_kind = {name == OWN_STYLE: settings for name, settings in work.settings.items()}
        loaded = {own: painting.load(settings) for own, settings in of_kind.items()}
        self._networks = {name: loaded[name == OWN_STYLE] for name in work.settings}
        self._paint = painting.paint_deep if work.depth == DEEP else painting.paint
        self._style = lru_cache(maxsize=1)(lambda source: opened(source, "style image"))
        self._made = {
            name: recipe.of_run(settings, self._networks[name])
            for name, settings in work.settings.items()
        }
        network = next(iter(self._networks.values()))
        size = next(iter(work.settings.values())).size
        self.about = About(f"{network.name} on {network.device}; {size} px", self._made)

    def __call__(self, own: Part, shared: Part) -> Generator[float, None, Painted]:
        """Paint a photograph in a style by name or a painting's, as `nst.batch.tasks.Worker`."""
        yield 0.0
        result, made = self._painted(own, shared)
        return Painted(png_of(result, made))

    def _painted(self, own: Part, shared: Part) -> tuple[Image.Image | Deep, recipe.Recipe]:
        name = shared if isinstance(shared, str) else OWN_STYLE
        style = None if isinstance(shared, str) else self._style(shared)
        content = opened(own, "content image")
        network = self._networks[name]
        result = self._paint(content, self._settings[name], style=style, network=network)
        return result, self._made[name]

    def seconds(self, content: Part, shared: Part) -> float:
        """What a picture takes, by painting it; what comes of it is left.

        Raises:
            InputError: it cannot be painted.
        """
        started = time.monotonic()
        self._painted(content, shared)
        return time.monotonic() - started

    def recover(self) -> None:
        """As `nst.batch.tasks.Worker`."""
        for network in self._networks.values():
            release(network.device)
