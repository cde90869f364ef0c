"""What a run will take, before it: seconds on this machine, now, and bytes of memory.

Seconds come from a calibration of about a second: a few real iterations at growing sizes. The time
of an iteration is no straight line of its pixels (small pictures leave cores idle, large ones leave
caches and the allocator's own reserve), so that it is measured as far up as the budget allows, and
taken to grow as `nst.costs.work` says above that.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import mean

import torch
from PIL import Image

from nst.costs import work
from nst.costs.duration import duration
from nst.costs.memory import run_bytes
from nst.features.network import FeatureNetwork
from nst.loss.objective import Objective
from nst.loss.regions import everywhere
from nst.machine.available import available_bytes, gigabytes
from nst.machine.defaults import usual_defaults
from nst.optim.descent import optimise
from nst.optim.optimizer import OPTIMIZERS
from nst.pictures import bounds, color, tensors
from nst.scales import Scale, plan
from nst.settings import Settings
from nst.specs import InputError
from nst.step import MOST_PREVIEWS, PREVIEW_SECONDS

SIDES = (128, 256, 512, 1024)
"""Sides of the square pictures that a calibration goes through, as far as the budget reaches."""
BUDGET = 1.2
"""Seconds of a calibration, after the first use of kernels."""
LEAST_ITERATIONS, LEAST_SECONDS = 3, 0.3
"""A size is timed for at least both: on a busy machine, others take their turns within that."""
REGION_SHARE = 0.25
"""What each region adds to a run's time: its Gram matrices (measured: 1.24, 1.47 and 1.77 times the
time with one, two and three regions at 512 pixels)."""
MOST_SECONDS = 4 * 3600
"""A run that would take longer is refused: it is rather a mistake than meant."""
COLOR_SIDE = 256
"""Side of the picture that changes of colour are timed on."""


@dataclass(frozen=True)
class Estimate:
    """What a run will take; as a string, a phrase for people.

    Attributes:
        seconds: from the first step asked for to the last, without saving files.
        bytes: added to the process's memory (on a GPU: to the GPU's) at the peak.
    """

    seconds: float
    bytes: int

    def __str__(self) -> str:
        """About 9 s and 0.30 GB of memory."""
        return f"about {duration(self.seconds)} and {gigabytes(self.bytes)} of memory"


@dataclass(frozen=True)
class Timing:
    """Seconds at one size: an iteration, a scale's targets and start, a preview."""

    pixels: int
    iteration: float
    setup: float
    preview: float

    def towards(self, other: "Timing", pixels: int) -> "Timing":
        """The timing at a number of pixels on the straight line from this one through another."""
        share = (pixels - self.pixels) / (other.pixels - self.pixels)
        return Timing(
            pixels,
            self.iteration + share * (other.iteration - self.iteration),
            self.setup + share * (other.setup - self.setup),
            self.preview + share * (other.preview - self.preview),
        )

    @property
    def measuring(self) -> float:
        """The seconds that it takes to measure it."""
        return self.setup + self.iteration + max(LEAST_SECONDS, LEAST_ITERATIONS * self.iteration)

    def grown(self, pixels: int, device: str) -> "Timing":
        """The timing at a larger number of pixels, on a type of device."""
        more = work.of_iteration(pixels, device) / work.of_iteration(self.pixels, device)
        preview = self.preview * pixels / self.pixels
        return Timing(pixels, self.iteration * more, self.setup * more, preview)


@dataclass(frozen=True)
class Speed:
    """How fast a network and an optimiser are on a machine.

    Attributes:
        timings: of growing sizes, at least one.
        color: seconds per pixel of a change of colours.
        device: its type.
    """

    timings: tuple[Timing, ...]
    color: float
    device: str = "cpu"

    def at(self, pixels: int) -> Timing:
        """Between two measured sizes on a straight line; constant below, grown above."""
        first, last = self.timings[0], self.timings[-1]
        if pixels <= first.pixels:
            return first
        if pixels >= last.pixels:
            return last.grown(pixels, self.device)
        lower, upper = next(
            (a, b) for a, b in pairwise(self.timings) if a.pixels <= pixels <= b.pixels
        )
        return lower.towards(upper, pixels)


@usual_defaults()
def estimate(
    content_size: tuple[int, int],
    settings: Settings,
    features: FeatureNetwork,
    speed: Speed | None = None,
    guided: int = 0,
    start: tuple[int, int] | None = None,
) -> Estimate:
    """Estimate a run's time and memory; the first time for a network takes a second or two.

    Args:
        content_size: (width, height) of the content picture as it is given.
        speed: from `calibrate`, which is called when None.
        guided: regions that masks make, see `nst.inputs.Pictures`.
        start: see `nst.scales.plan`.

    Raises:
        InputError: as `nst.pictures.bounds.fit` and `nst.loss.objective.used_layers` do.
    """
    amount = run_bytes(content_size, settings, features, guided)
    speed = speed or calibrate(features, settings.optimizer)
    size = bounds.fit(*content_size, settings.size, "content image")
    scales = plan(size, settings, start=start)
    seconds = sum(_scale_seconds(scale, settings, speed) for scale in scales)
    seconds *= 1 + REGION_SHARE * guided
    if settings.color != "style":
        seconds += speed.color * content_size[0] * content_size[1]
    return Estimate(seconds, amount)


def check_hours(
    scales: Sequence[Scale], settings: Settings, features: FeatureNetwork, guided: int = 0
) -> None:
    """Refuse a run of a very large picture that would take longer than `MOST_SECONDS`.

    Raises:
        InputError: with what it would take. Smaller pictures are let through, and nothing is
            measured for them.
    """
    if not work.in_tiles(scales[-1].pixels, features.device.type):
        return

    def told() -> float:
        speed = calibrate(features, settings.optimizer)
        seconds = sum(_scale_seconds(scale, settings, speed) for scale in scales)
        return seconds * (1 + REGION_SHARE * guided)

    if told() > MOST_SECONDS:
        calibrate.cache_clear()  # a moment in which others had the machine would be kept for good
    seconds = told()
    if seconds > MOST_SECONDS:
        raise InputError(
            f"A run at size {settings.size} would take about {duration(seconds)} on this machine, "
            f"and {duration(MOST_SECONDS)} are the limit: choose a smaller size or fewer "
            "iterations.",
            subject="size",
            code="takes too long",
        )


def _scale_seconds(scale: Scale, settings: Settings, speed: Speed) -> float:
    timing = speed.at(scale.pixels)
    # The style picture's shape is not known here; the content's is as good a guess as any.
    styled = speed.at(round(scale.pixels * settings.style_scale**2))
    preview = timing.preview
    if settings.color == "content":
        preview += speed.color * scale.pixels
    shown = max(MOST_PREVIEWS / settings.iterations, timing.iteration / PREVIEW_SECONDS)
    each = timing.iteration + min(1, shown) * preview
    return scale.iterations * each + (timing.setup + styled.setup) / 2


@lru_cache(maxsize=16)  # all networks with all optimisers, twice over
@usual_defaults()
def calibrate(features: FeatureNetwork, optimizer: str) -> Speed:
    """Time a network and an optimiser on this machine, once for each pair."""
    settings = Settings(optimizer=optimizer)
    _timing(features, settings, SIDES[0])  # makes kernels, loads what is loaded at first use
    timings = tuple(_timings(features, settings))
    return Speed(timings, _color_seconds(), features.device.type)


def _timings(features: FeatureNetwork, settings: Settings) -> Iterator[Timing]:
    """Timings at growing sizes, as long as the next is likely to stay within budget and memory."""
    started = time.perf_counter()
    timing = _timing(features, settings, SIDES[0])
    yield timing
    for following in SIDES[1:]:
        larger = timing.grown(following**2, features.device.type)
        gone, square = time.perf_counter() - started, (following, following)
        needed = run_bytes(square, replace(settings, size=following), features)
        if gone + larger.measuring > BUDGET or needed > available_bytes(features.device):
            return
        timing = _timing(features, settings, following)
        yield timing


def _timing(features: FeatureNetwork, settings: Settings, side: int) -> Timing:
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(1, 3, side, side, generator=generator).to(features.device)
    started = time.perf_counter()
    objective = Objective(features, picture, everywhere(picture), settings)
    run = optimise(objective, OPTIMIZERS[settings.optimizer](picture), sys.maxsize)
    next(run)
    first = time.perf_counter() - started
    times: list[float] = []
    while len(times) < LEAST_ITERATIONS or sum(times) < LEAST_SECONDS:
        started = time.perf_counter()
        next(run)  # reads the loss: it waits for a GPU
        times.append(time.perf_counter() - started)
    started = time.perf_counter()
    tensors.to_image(picture)
    preview = time.perf_counter() - started
    iteration = mean(times)
    return Timing(side * side, iteration, max(0.0, first - iteration), preview)


def _color_seconds() -> float:
    picture = Image.effect_noise((COLOR_SIDE, COLOR_SIDE), 64).convert("RGB")
    started = time.perf_counter()
    color.finish(picture, picture, "content")
    return (time.perf_counter() - started) / COLOR_SIDE**2
