"""stylize(): Gatys' optimisation as a generator of steps, coarse to fine over scales."""

import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import Tensor

from nst import allocator, color, images, inputs
from nst.features import FeatureNetwork, load_features
from nst.grey import AmongGreys
from nst.inputs import Pictures
from nst.machine.defaults import in_usual_defaults, usual_defaults
from nst.memory import check_fits
from nst.objective import Losses, Objective, used_layers
from nst.optim import OPTIMIZERS, Optimizer
from nst.regions import Evaluated, Within, divide
from nst.resume import State, made_by
from nst.settings import InputError, Settings
from nst.watch import Watch

COARSEST_SIDE = 256
"""The coarsest scale's longest side is within a factor of √2 of this many pixels."""
NARROWEST_SIDE = 64
"""No scale is added below which the shortest side would fall under this many pixels."""
FEWEST_ITERATIONS = 10
"""Iterations that a scale needs to be of use; runs with fewer have fewer scales."""
COARSE_SHARE = 1.5
"""Each scale gets this many times the iterations of the next finer one."""
MOST_PREVIEWS = 19
"""Evenly spaced previews of a run whose iterations are fast."""
PREVIEW_SECONDS = 1.0
"""A run whose iterations are slow shows a preview at least this often."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one iteration, that is one evaluation of the loss and its gradient, came to.

    Attributes:
        iteration: from 1 to `total`, over all scales.
        total: the settings' iterations.
        size: longest side of the picture at this scale, in pixels.
        content_loss: 0 for the content picture itself, about 1 for an unrelated one.
        style_loss: weighted mean over the style layers; 0 for the style's statistics.
        tv_loss: mean squared difference of neighbouring pixels.
        work_done: share of the run's work that is behind it, 0 … 1; an iteration's work is its
            number of pixels, so that what is left can be told in seconds.
        image: the picture with these losses, at previews and in the last step; else None.
        state: with which `stylize` can go on, in the last step; else None.
        done: whether it is the last step, which can come before `total`: see `nst.watch`.
        note: sentences about what went wrong, or what was assumed of a picture, or "".
    """

    iteration: int
    total: int
    size: int
    content_loss: float
    style_loss: float
    tv_loss: float
    work_done: float
    image: Image.Image | None = None
    state: State | None = None
    done: bool = False
    note: str = ""


def stylize(
    content: Image.Image,
    style: Image.Image | Sequence[Image.Image],
    settings: Settings | None = None,
    *,
    features: FeatureNetwork | None = None,
    mask: Image.Image | None = None,
    style_masks: Sequence[Image.Image | None] = (),
    start: Image.Image | None = None,
    state: State | None = None,
) -> Generator[Step, None, None]:
    """Paint the content picture in the manner of the style picture (Gatys et al. 2016).

    Args:
        content: gives the shapes, the aspect ratio and the alpha channel of the result.
        style: gives colours, strokes and textures; keeps its own aspect ratio. Up to four are
            blended by the settings' style weights.
        settings: see `Settings`; the defaults when None.
        features: from `load_features`, which is called when None. One network serves many runs.
        mask: white where the styles go, on the content picture, at any size. Elsewhere the
            photograph stays exactly as it is.
        style_masks: for each style the region of the content picture that it paints; styles
            without one are blended in what is left.
        start: where the optimisation starts if `settings.init` is "image"; at full size at once.
        state: of the last step of a run, to go on where it ended, with the optimiser's memory.

    Returns:
        A generator of `settings.iterations` steps; of fewer, with a note, where the picture stops
        changing or the numbers break down twice. Closing it stops the work. The last step always
        carries the final image, the one of the lowest loss at full size; others only at previews.

    Raises:
        FloatingPointError: by the first step, if not even the start has a finite loss. Its text is
            a sentence for people, as an InputError's is.
        InputError: a picture or value that cannot be used, a state of another run, or a run that
            needs more memory than is free; at once, before any work.
    """
    settings = Settings() if settings is None else settings
    if not isinstance(settings, Settings):
        raise InputError(f"settings must be of type Settings, not {type(settings).__name__}.")
    with usual_defaults():
        pictures = inputs.prepare(
            content, style, settings, mask=mask, style_masks=style_masks, start=start
        )
        # All checks are made before the generator starts, which would be at its first step.
        job = _checked(pictures, settings, features or load_features(), state)
    return in_usual_defaults(_coloured(job))


@dataclass(frozen=True)
class Scale:
    """One of the sizes (width, height) at which a run optimises, and its number of iterations."""

    size: tuple[int, int]
    iterations: int

    @property
    def pixels(self) -> int:
        """How many it has: an iteration takes time in proportion."""
        return self.size[0] * self.size[1]


def plan(size: tuple[int, int], settings: Settings, goes_on: bool = False) -> list[Scale]:
    """The scales of a run whose result has `size` (width, height)."""
    if goes_on or settings.init == "image":
        # A coarser scale would lose what is there.
        return [Scale(size, settings.iterations)]
    return coarse_to_fine(size, settings.iterations)


def coarse_to_fine(size: tuple[int, int], iterations: int) -> list[Scale]:
    """Split the iterations over scales that halve `size` (width, height), coarsest first."""
    halvings = round(math.log2(max(size) / COARSEST_SIDE))
    halvings = min(halvings, int(math.log2(max(1.0, min(size) / NARROWEST_SIDE))))
    count = max(1, min(halvings + 1, iterations // FEWEST_ITERATIONS))
    shares = [COARSE_SHARE**i for i in reversed(range(count))]
    ends = [round(iterations * sum(shares[: i + 1]) / sum(shares)) for i in range(count)]
    counts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    sizes = images.doubling(size, count - 1)
    return [Scale(*pair) for pair in zip(sizes, counts, strict=True)]


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A checked run.

    Attributes:
        origin: what a run that goes on from this one must have in common with it.
        state: of the run that this one goes on from, if any.
    """

    pictures: Pictures
    settings: Settings
    features: FeatureNetwork
    scales: list[Scale]
    origin: dict[str, object]
    state: State | None


def _checked(
    pictures: Pictures, settings: Settings, features: FeatureNetwork, state: State | None
) -> _Job:
    """Plan a run, or raise `InputError` where it cannot be."""
    size = images.fit(*pictures.content.size, settings.size, "content image")
    used_layers(features, settings)
    check_fits(pictures.content.size, settings, features, pictures.guided)
    if state is not None:
        state.check(pictures, settings, features)
    scales = plan(size, settings, goes_on=state is not None)
    for scale in scales:
        pictures.check_masks(scale.size)
    return _Job(
        pictures=pictures,
        settings=settings,
        features=features,
        scales=scales,
        origin=made_by(pictures, settings, features),
        state=state,
    )


def _coloured(job: _Job) -> Generator[Step, None, None]:
    """Run on pictures of prepared colours, and finish what is shown."""
    pictures, choice = job.pictures, job.settings.color
    for step in _run(replace(job, pictures=pictures.coloured(choice))):
        image = step.image
        if image:
            image = color.finish(image, pictures.content, choice)
        if image and pictures.mask:
            image = images.keep_outside(image, pictures.content, pictures.mask)
        yield replace(step, image=image, note=f"{pictures.notes} {step.note}".strip())


def _run(job: _Job) -> Generator[Step, None, None]:
    """Optimise scale by scale."""
    total = job.settings.iterations
    alpha = images.alpha_of(job.pictures.content)
    shown = time.monotonic()
    whole_work = sum(scale.iterations * scale.pixels for scale in job.scales)
    before, work, reached, note = 0, 0, None, ""
    for scale in job.scales:
        watch, optimizer, steps = _scale_steps(job, scale, before, reached)
        for iteration, reached in enumerate(steps, before + 1):
            losses, image = reached
            note = watch.note or note
            done = scale is job.scales[-1] and (watch.ended or iteration == total)
            done_work = work + (iteration - before) * scale.pixels
            due = iteration * MOST_PREVIEWS % total < MOST_PREVIEWS
            slow = time.monotonic() - shown >= PREVIEW_SECONDS
            preview = None
            if done or due or slow:
                preview = images.to_image(image, alpha)
            yield Step(
                iteration=iteration,
                total=total,
                size=max(scale.size),
                content_loss=losses.content,
                style_loss=losses.style,
                tv_loss=losses.total_variation,
                work_done=1.0 if done else done_work / whole_work,
                image=preview,
                state=_state(job, optimizer, iteration) if done else None,
                done=done,
                note=note,
            )
            if preview:  # from now on: one that takes long to finish is not due again at once
                shown = time.monotonic()
        before, work = before + scale.iterations, work + scale.iterations * scale.pixels


def _scale_steps(
    job: _Job, scale: Scale, before: int, reached: tuple[Losses, Tensor] | None
) -> tuple[Watch, Optimizer, Iterator[tuple[Losses, Tensor]]]:
    """The optimisation at a scale, given the coarser one's losses and picture."""
    objective, start = _at_scale(job, scale, reached and reached[1])
    optimizer = job.state.optimizer() if job.state else OPTIMIZERS[job.settings.optimizer](start)
    watch = Watch(before)
    best = (reached[0], start) if reached else None
    return watch, optimizer, optimise(objective, optimizer, scale.iterations, watch, best)


def _state(job: _Job, optimizer: Optimizer, iterations: int) -> State:
    before = job.state.iterations if job.state else 0
    return State(job.origin, before + iterations, optimizer)


def optimise(
    objective: Evaluated,
    optimizer: Optimizer,
    iterations: int,
    watch: Watch | None = None,
    best: tuple[Losses, Tensor] | None = None,
) -> Iterator[tuple[Losses, Tensor]]:
    """Optimise at one scale, yielding the losses and the picture (1, 3, H, W) that has them.

    The last time it is the picture of the lowest loss of all. The optimiser is left where another
    run can go on.

    Args:
        watch: says when to end before all `iterations`; when None, only numbers that break do.
        best: what there is if not even the first picture here has a finite loss.

    Raises:
        FloatingPointError: then, if there is nothing.
    """
    watch = watch or Watch(patience=math.inf)
    lowest = math.inf
    with allocator.kept():
        for iteration in range(1, iterations + 1):
            image = optimizer.image
            loss, gradient, losses = objective.evaluate(image)
            if watch.sees(loss):
                if loss < lowest:
                    lowest, best = loss, (losses, image)
                optimizer.step(loss, gradient)
            elif best is None:
                raise FloatingPointError(
                    "The numbers broke down before there was a picture: "
                    "choose another size or style."
                )
            else:
                losses, image = best
                optimizer.retreat()
            ends = watch.ended or iteration == iterations
            losses, image = best if ends else (losses, image)
            yield losses, objective.picture(image)
            if ends:
                return


def _at_scale(job: _Job, scale: Scale, image: Tensor | None) -> tuple[Evaluated, Tensor]:
    """What is optimised at a scale, and where it starts, given the coarser scale's image."""
    pictures, settings = job.pictures, job.settings
    content = _tensor(pictures.content, scale.size, job.features)
    styles = [(_style_tensor(s, scale, job.features, settings), w) for s, w in pictures.styles]
    device = job.features.device
    guides, mask = pictures.guides(scale.size, device)
    regions = divide(styles, guides, pictures.seen(scale.size, mask, device))
    objective: Evaluated = Objective(job.features, content, regions, settings)
    if mask is not None:
        objective = Within(objective, content, mask)
    if pictures.grey:
        objective = AmongGreys(objective)
    return objective, _start(image, content, pictures, scale, settings)


def _tensor(image: Image.Image, size: tuple[int, int], features: FeatureNetwork) -> Tensor:
    return images.to_tensor(images.resize_image(image, size)).to(features.device)


def _style_tensor(
    style: Image.Image, scale: Scale, features: FeatureNetwork, settings: Settings
) -> Tensor:
    """The style picture, in its own aspect ratio, its longest side `style_scale` of the scale's."""
    # A narrow picture stays wide enough for the deepest layer.
    narrowest = images.MIN_RESULT_SIDE / min(style.size)
    factor = max(settings.style_scale * max(scale.size) / max(style.size), narrowest)
    size = images.within_limits(round(style.width * factor), round(style.height * factor))
    return images.to_style(images.resize_image(style, size)).to(features.device)


def _start(
    previous: Tensor | None, content: Tensor, pictures: Pictures, scale: Scale, settings: Settings
) -> Tensor:
    """The picture that a scale starts from, (1, 3, H, W) on the content's device."""
    if previous is not None:
        return images.resize_tensor(previous, scale.size)
    if settings.init == "noise":
        generator = torch.Generator().manual_seed(settings.seed)
        return torch.rand(content.shape, generator=generator).to(content.device)
    if settings.init in ("style", "image"):
        own = pictures.start if settings.init == "image" else pictures.styles[0][0]
        return images.to_tensor(images.cover(own, scale.size)).to(content.device)
    return content
