"""stylize(): Gatys' optimisation as a generator of steps, coarse to fine over scales."""

import math
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nst import inputs
from nst.costs import work
from nst.costs.left import SecondsLeft
from nst.costs.memory import check_fits, tile_side
from nst.costs.seconds import check_hours
from nst.features.loading import load_features
from nst.features.network import FeatureNetwork
from nst.inputs import Pictures
from nst.loss.aim import used_layers
from nst.loss.evaluated import AmongGreys, Evaluated
from nst.loss.objective import Objective
from nst.loss.regions import Within, divide
from nst.loss.tiled import TiledObjective
from nst.machine.defaults import in_usual_defaults, usual_defaults
from nst.optim.descent import Found, optimise_in_parts
from nst.optim.optimizer import OPTIMIZERS, Optimizer
from nst.optim.watch import Watch
from nst.pictures import bounds, tensors
from nst.pictures.alpha import alpha_of
from nst.pictures.deep import Result
from nst.resume import State, made_by
from nst.scales import Scale, plan
from nst.settings import Settings
from nst.starts import start_of
from nst.step import MOST_PREVIEWS, PREVIEW_SECONDS, PREVIEW_SIDE, Part, Step


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
        style: gives colours, strokes and textures. Up to four are blended by the settings' weights.
        settings: the defaults when None.
        features: from `load_features`, which is called when None. One network serves many runs.
        mask: white where the styles go; elsewhere the photograph stays exactly as it is.
        style_masks: where each style goes; those without one are blended in what is left.
        start: where the optimisation starts if `settings.init` is "image"; of a smaller one, coarse
            to fine from its size on.
        state: of the last step of a run, to go on where it ended, with the optimiser's memory.

    Returns:
        A generator of `settings.iterations` steps; of fewer, with a note, where the picture stops
        changing or the numbers break down twice. Closing it stops the work. The last step has the
        image of the lowest loss at full size; others have one only at previews.

    Raises:
        FloatingPointError: with a sentence, by the first step, if not even the start is finite.
        InputError: what cannot be used, or more memory than is free; at once, before any work.
    """
    more: dict[str, Any] = {"mask": mask, "style_masks": style_masks, "start": start}
    parts = stylize_in_parts(content, style, settings, features=features, state=state, **more)
    return _steps(parts)


def _steps(parts: Generator[Step | Part, None, None]) -> Generator[Step, None, None]:
    with closing(parts):
        for part in parts:
            if isinstance(part, Step):
                yield part if part.done else replace(part, whole=None, deep=None)


def stylize_in_parts(
    content: Image.Image,
    style: Image.Image | Sequence[Image.Image],
    settings: Settings | None = None,
    *,
    features: FeatureNetwork | None = None,
    mask: Image.Image | None = None,
    style_masks: Sequence[Image.Image | None] = (),
    start: Image.Image | None = None,
    state: State | None = None,
) -> Generator[Step | Part, None, None]:
    """As `stylize`; an iteration on a picture in tiles comes in parts, one a tile, before its step.

    So its work can be stopped within a tile; and what there is, be made from any of its steps.
    """
    settings = Settings() if settings is None else settings
    with usual_defaults():
        pictures = inputs.prepare(
            content, style, settings, mask=mask, style_masks=style_masks, start=start
        )
        features = features or load_features()
    return optimised(pictures, settings, features, state)


def optimised(
    pictures: Pictures, settings: Settings, features: FeatureNetwork, state: State | None = None
) -> Generator[Step | Part, None, None]:
    """As `stylize_in_parts`, of prepared pictures."""
    with usual_defaults():
        # All checks are made before the generator starts, which would be at its first step.
        job = _checked(pictures, settings, features, state)
    return in_usual_defaults(_coloured(job))


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
    size = bounds.fit(*pictures.content.size, settings.size, "content image")
    used_layers(features, settings)
    check_fits(pictures.content.size, settings, features, pictures.guided)
    if state is not None:
        state.check(pictures, settings, features)
    scales = plan(size, settings, state is not None, pictures.start_size)
    check_hours(scales, settings, features, pictures.guided)
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


def _coloured(job: _Job) -> Generator[Step | Part, None, None]:
    """Run on pictures of prepared colours, and finish what is shown, at last the whole picture."""
    pictures, choice = job.pictures, job.settings.color
    for step in _run(replace(job, pictures=pictures.coloured(choice))):
        if isinstance(step, Part):
            yield step
            continue
        whole = step.whole and partial(_finished, step.whole, pictures, choice)
        image = step.image and pictures.finished(step.image, choice)
        image = whole() if whole and step.done else image
        deep = step.deep and partial(_finished, step.deep, pictures, choice)
        note = f"{pictures.notes} {step.note}".strip()
        yield replace(step, image=image, whole=whole, deep=deep, note=note)


def _finished(make: Callable[[], Result], pictures: Pictures, choice: str) -> Result:
    return pictures.finished(make(), choice)


def _run(job: _Job) -> Generator[Step | Part, None, None]:
    """Optimise scale by scale."""
    total = job.settings.iterations
    alpha = alpha_of(job.pictures.content)
    shown = time.monotonic()
    left = _left(job, shown)
    before, reached, note = 0, None, ""
    for scale in job.scales:
        watch, optimizer, parts = _scale_parts(job, scale, before, reached)
        iteration = before
        for part in parts:
            if isinstance(part, float):
                yield _part(iteration + 1, total, part, left)
                continue
            iteration, (losses, image) = iteration + 1, part
            reached = part
            note = watch.note or note
            done = scale is job.scales[-1] and (watch.ended or iteration == total)
            due = iteration * MOST_PREVIEWS % total < MOST_PREVIEWS
            slow = time.monotonic() - shown >= PREVIEW_SECONDS
            shows = not done and (due or slow)
            preview = tensors.to_image(_at_screen(image), alpha) if shows else None
            yield Step(
                iteration=iteration,
                total=total,
                size=max(scale.size),
                content_loss=losses.content,
                style_loss=losses.style,
                tv_loss=losses.total_variation,
                seconds_left=0.0 if done else left.after(iteration, time.monotonic()),
                image=preview,
                whole=partial(tensors.to_image, image, alpha),
                deep=partial(tensors.to_deep, image, alpha),
                state=_state(job, optimizer, iteration) if done else None,
                done=done,
                note=note,
            )
            if preview:  # from now on: one that takes long to finish is not due again at once
                shown = time.monotonic()
        before += scale.iterations


def _part(iteration: int, total: int, share: float, left: SecondsLeft) -> Part:
    seconds = left.within(iteration, share, time.monotonic())
    return Part(iteration=iteration, total=total, share=share, seconds_left=seconds)


def _at_screen(image: Tensor) -> Tensor:
    """An image (1, 3, H, W) as a preview has it."""
    factor = math.ceil(max(image.shape[2:]) / PREVIEW_SIDE)
    return image if factor == 1 else F.avg_pool2d(image, factor, ceil_mode=True)


def _left(job: _Job, now: float) -> SecondsLeft:
    planned = work.of_run(job.scales, job.features.device.type, job.settings.style_scale)
    return SecondsLeft(planned, now)


def _scale_parts(
    job: _Job, scale: Scale, before: int, reached: Found | None
) -> tuple[Watch, Optimizer, Iterator[Found | float]]:
    """The optimisation at a scale, given the coarser one's losses and picture."""
    objective, start = _at_scale(job, scale, reached and reached[1])
    optimizer = job.state.optimizer() if job.state else OPTIMIZERS[job.settings.optimizer](start)
    watch = Watch(before)
    best = (reached[0], start) if reached else None
    return watch, optimizer, optimise_in_parts(objective, optimizer, scale.iterations, watch, best)


def _state(job: _Job, optimizer: Optimizer, iterations: int) -> State | None:
    before = job.state.iterations if job.state else 0
    try:
        return State.of(job.origin, before + iterations, optimizer)
    except OSError:  # a full disk is no reason to lose the picture
        return None


def _at_scale(job: _Job, scale: Scale, image: Tensor | None) -> tuple[Evaluated, Tensor]:
    """What is optimised at a scale, and where it starts, given the coarser scale's image."""
    pictures, settings = job.pictures, job.settings
    content = _tensor(pictures.content, scale.size, job.features)
    styles = [(_style_tensor(s, scale, job.features, settings), w) for s, w in pictures.styles]
    device = job.features.device
    guides, mask = pictures.guides(scale.size, device)
    regions = divide(styles, guides, pictures.seen(scale.size, mask, device))
    objective: Evaluated
    side = tile_side(scale.size, settings, job.features, pictures.guided)
    if side is None:
        objective = Objective(job.features, content, regions, settings)
    else:
        objective = TiledObjective(job.features, content, regions, settings, side)
    if mask is not None:
        objective = Within(objective, content, mask)
    if pictures.grey:
        objective = AmongGreys(objective)
    if pictures.held is not None:
        objective = pictures.held.steadied(objective, scale.size, device)
    return objective, start_of(image, content, pictures, settings)


def _tensor(image: Image.Image, size: tuple[int, int], features: FeatureNetwork) -> Tensor:
    return tensors.to_tensor(tensors.resize_image(image, size)).to(features.device)


def _style_tensor(
    style: Image.Image, scale: Scale, features: FeatureNetwork, settings: Settings
) -> Tensor:
    """The style picture, in its own aspect ratio, its longest side `style_scale` of the scale's."""
    # A narrow picture stays wide enough for the deepest layer.
    narrowest = bounds.MIN_RESULT_SIDE / min(style.size)
    factor = max(settings.style_scale * max(scale.size) / max(style.size), narrowest)
    size = bounds.within_limits(round(style.width * factor), round(style.height * factor))
    return tensors.to_style(tensors.resize_image(style, size)).to(features.device)
