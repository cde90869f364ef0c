"""The work of the command for moving pictures; its arguments are read in `nst.cli.video`.

Whatever imports this loads torch.
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from nst import recipe
from nst.batch.frames import painted_by
from nst.batch.tasks import Pool
from nst.cli.output import reason, tell
from nst.cli.signals import exit_code
from nst.costs.seconds import Estimate
from nst.features.loading import load_features
from nst.instant import painting
from nst.settings import InstantSettings, Settings
from nst.video import estimates, instant, optimised, writing
from nst.video.clip import Clip, Frame
from nst.video.kept import Kept, fingerprint
from nst.video.sequence import taken

BAR = "{l_bar}{bar}| {n:.1f}/{total_fmt} [{elapsed}<{remaining}]"
"""tqdm's own, with the tenths of frames that take long."""


@dataclass(frozen=True)
class Work:
    """A clip that is to be painted.

    Attributes:
        network: its name, and where it is, for people.
        made_by: what decides what the frames look like.
        paint: begins to, given the frames that there are.
        estimate: what it will take.
    """

    clip: Clip
    size: tuple[int, int]
    network: str
    made_by: dict[str, object]
    paint: Callable[[Kept], Generator[Frame | float, None, None]]
    estimate: Callable[[], Estimate]


def instant_work(clip: Clip, styles: Sequence[Image.Image], settings: InstantSettings) -> Work:
    """A clip painted at once, in a style by name or, if one is given, in a painting's."""
    network = painting.load(settings)
    style = styles[0] if styles else None
    return Work(
        clip=clip,
        size=instant.size_of(clip, settings),
        network=f"{network.name} on {network.device}",
        made_by=_made_by(clip, styles, recipe.of_run(settings, network)),
        paint=lambda kept: _widened(
            instant.paint_clip(clip, settings, style=style, network=network, kept=kept)
        ),
        estimate=lambda: estimates.of_instant(clip, settings, style, network),
    )


def pooled_work(
    pool: Pool, clip: Clip, styles: Sequence[Image.Image], settings: InstantSettings
) -> Work:
    """As `instant_work`, painted by a pool of `nst.batch.work.Filming`."""
    about, size = pool.abouts()[0], instant.size_of(clip, settings)
    return Work(
        clip=clip,
        size=size,
        network=about.words,
        made_by=_made_by(clip, styles, about.recipes[settings.style]),
        paint=lambda kept: _widened(
            instant.carried_along(painted_by(pool, taken(clip, size, kept)), settings)
        ),
        estimate=lambda: instant_work(clip, styles, settings).estimate(),
    )


def optimised_work(
    clip: Clip, styles: Sequence[Image.Image], settings: Settings, name: str
) -> Work:
    """A clip painted by optimisation, by the features of a name."""
    features = load_features(name)
    return Work(
        clip=clip,
        size=optimised.size_of(clip, settings),
        network=f"{features.name} on {features.device}: {features.reason}",
        made_by=_made_by(clip, styles, recipe.of_run(settings, features)),
        paint=lambda kept: optimised.stylize_clip_in_parts(
            clip, styles, settings, features=features, kept=kept
        ),
        estimate=lambda: estimates.of_optimised(clip, settings, features),
    )


def _widened(frames: Generator[Frame, None, None]) -> Generator[Frame | float, None, None]:
    with closing(frames):
        yield from frames


def _made_by(clip: Clip, styles: Sequence[Image.Image], made: recipe.Recipe) -> dict[str, object]:
    return {**asdict(made), "clip": fingerprint(clip.path), "styles": fingerprint(*styles)}


def tell_estimate(work: Work) -> int:
    """Tell what a clip would take, and return the exit code."""
    expected, frames = work.estimate(), work.clip.frames
    print(f"{work.network}, {max(work.size)} px, {frames} frames: {expected}")
    return 0


def film(work: Work, out: Path) -> int:
    """Paint a clip, write it, and return the exit code.

    Raises:
        InputError: there are frames of another command; or the clip is damaged.
    """
    kept = Kept.opened(out, work.made_by)
    there, started = len(kept), time.monotonic()
    tell(f"{work.network}; {work.size[0]} × {work.size[1]} px")
    if there:
        tell(f"{there} frames are there already: the clip goes on after them.")
    try:
        frames, note = _written(work, out, kept, there)
    except KeyboardInterrupt as stop:
        _left(kept)
        return exit_code(stop)
    except OSError as error:
        _left(kept)
        tell(f"error: {out} cannot be written: {reason(error)}.")
        return 1
    except BaseException:
        _left(kept)
        raise
    kept.remove()
    each = (time.monotonic() - started) / max(1, frames - there)
    if note:
        tell(f"note: {note}")
    size = f"{work.size[0]} × {work.size[1]} pixels"
    tell(f"{out}  {frames} frames  {size}  {each:.2f} s a frame")
    return 0


def _left(kept: Kept) -> None:
    """Say what is left of a clip that was stopped."""
    if not len(kept):
        kept.remove()
        tell("Stopped before the first frame was painted; nothing was written.")
    else:
        tell(f"{len(kept)} frames are kept in {kept.folder}: the same command goes on after them.")


def _written(work: Work, out: Path, kept: Kept, there: int) -> tuple[int, str]:
    """Paint and write; the number of frames, and a sentence about what could not be, or ""."""
    number = 0
    with (
        closing(work.paint(kept)) as parts,
        writing.opened(out, work.clip, work.size) as written,
        tqdm(
            total=max(work.clip.frames, there + 1),
            initial=there,
            bar_format=BAR,
            dynamic_ncols=True,
        ) as bar,
    ):
        for part in parts:
            if isinstance(part, float):
                _show(bar, number + part)
                continue
            kept.put(number, part.image)
            written.add(part)
            number += 1
            _show(bar, number)
    return number, written.note


def _show(bar: tqdm, done: float) -> None:
    """Move a bar to a number of frames, if it is not beyond that."""
    if done > bar.n:
        bar.update(done - bar.n)
