"""The work of the command that optimises; its arguments are read in `nst.cli.paint`.

Whatever imports this loads torch.
"""

import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from nst import inputs, recipe
from nst.cli.output import DEPTH, save, tell
from nst.cli.signals import exit_code
from nst.costs.duration import duration
from nst.costs.memory import check_fits
from nst.costs.seconds import estimate
from nst.features.loading import load_features
from nst.machine.run_out import has_run_out
from nst.pictures.deep import Deep
from nst.pictures.writing import in_print
from nst.settings import Settings
from nst.step import Part, Step
from nst.transfer import stylize_in_parts

BAR = "{l_bar}{bar}| {n:g}/{total_fmt} [{elapsed}, {rate_fmt}{postfix}]"
"""tqdm's own but for its time left, which takes the finer scales to be as fast as the others, and
for parts of iterations."""


@dataclass(frozen=True)
class _Painted:
    """What came of a run.

    Attributes:
        step: the last one; None if it was stopped before there was one.
        note: a sentence for people, or "".
        code: the exit code.
    """

    step: Step | None
    note: str
    code: int

    def at(self, depth: str) -> Image.Image | Deep | None:
        """The picture for a file of a depth of `DEPTH`, with all pixels that it has come to."""
        if self.step is None:
            return None
        if self.step.done and depth == DEPTH.default:
            return self.step.image
        make = self.step.whole if depth == DEPTH.default else self.step.deep
        return make() if make else None


def _painted(parts: Iterable[Step | Part], total: int) -> _Painted:
    """Run to the end, or as far as it comes, and show where it is."""
    step: Step | None = None
    # Without a fewest of iterations, which tqdm would learn of the quick ones, parts are shown.
    with tqdm(total=total, unit="it", dynamic_ncols=True, bar_format=BAR, miniters=0) as bar:
        try:
            for part in parts:
                step = part if isinstance(part, Step) else step
                _show(bar, part, step)
        except KeyboardInterrupt as stop:
            return _Painted(step, step.note if step else "", exit_code(stop))
        except Exception as error:
            if step is None:
                raise
            if not has_run_out(error):
                traceback.print_exc()
            words = "Memory ran out" if has_run_out(error) else "The run failed"
            return _Painted(step, f"{words}: this is how far it came.", 1)
    return _Painted(step, step.note if step else "", 0)


def _show(bar: tqdm, part: Step | Part, step: Step | None) -> None:
    """Move the bar to where a run is, with what is said of its latest step beside it."""
    if step is not None:
        left = f"{duration(part.seconds_left)} left, " if part.seconds_left else ""
        words = f"{left}content {step.content_loss:.3f} style {step.style_loss:.4f}"
        bar.set_description(f"{step.size} px", refresh=False)
        bar.set_postfix_str(words, refresh=False)
    done = part.iteration if isinstance(part, Step) else part.iteration - 1 + part.share
    bar.update(round(done, 2) - bar.n)


def tell_estimate(pictures: dict[str, Any], settings: Settings, name: str) -> int:
    """Tell what a run by the features of a name would take, and return the exit code."""
    features = load_features(name)
    prepared = inputs.prepare(**pictures, settings=settings)
    size, guided = prepared.content.size, prepared.guided
    check_fits(size, settings, features, guided)
    expected = estimate(size, settings, features, guided=guided, start=prepared.start_size)
    print(f"{features.name} on {features.device}, {settings.size} px: {expected}")
    return 0


def _notes(read: recipe.Recipe, made: recipe.Recipe) -> Iterator[str]:
    """Why the picture may be another than the recipe's."""
    if not read.has_network_of(made):
        yield "the recipe's picture was made with other weights or precision"
    if read.software not in recipe.SAME_PIXELS:
        yield "the recipe's picture was made by another version"
    if read.before:
        yield f"the recipe's picture went on from one of {read.before} iterations"


def paint(
    pictures: dict[str, Any],
    settings: Settings,
    name: str,
    out: Path,
    depth: str = DEPTH.default,
    made_before: recipe.Recipe | None = None,
) -> int:
    """Paint by the features of a name, save the result, and return the exit code.

    Args:
        pictures: the picture arguments of `stylize`.
        out: where `check_out` has been, with the same depth.
        made_before: the recipe that the settings come from.
    """
    features = load_features(name)
    parts = stylize_in_parts(**pictures, settings=settings, features=features)
    tell(f"{features.name} on {features.device}: {features.reason}; {settings.size} px")
    made = recipe.of_run(settings, features)
    for note in _notes(made_before or made, made):
        tell(f"note: {note}")
    started = time.monotonic()
    painted = _painted(parts, settings.iterations)
    image = painted.at(depth)
    if image is None:
        tell("Stopped before there was a picture; nothing was written.")
        return painted.code
    place = save(image, out, features.name, made.text())
    if painted.note:
        tell(f"note: {painted.note}")
    tell(f"{place}  {in_print(image.size)}  {time.monotonic() - started:.1f} s")
    return painted.code or int(place != out)
