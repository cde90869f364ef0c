"""The work of the command that optimises; its arguments are read in `nst.cli.paint`.

Whatever imports this loads torch.
"""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
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
from nst.step import Step
from nst.transfer import stylize

BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}, {rate_fmt}{postfix}]"
"""tqdm's own but for its time left, which takes the finer scales to be as fast as the others."""


@dataclass(frozen=True)
class _Painted:
    """What came of a run.

    Attributes:
        image: None if it was stopped before there was one.
        note: a sentence for people, or "".
        code: the exit code.
        deep: makes the picture with all of its shades; None if it was stopped.
    """

    image: Image.Image | None
    note: str
    code: int
    deep: Callable[[], Deep] | None = None

    def at(self, depth: str) -> Image.Image | Deep | None:
        """The picture for a file of a depth of `DEPTH`: what was stopped has the shades of 8 bits.

        They are 16 bits all the same, which the file's name may be for.
        """
        if self.image is None or depth == DEPTH.default:
            return self.image
        return self.deep() if self.deep else Deep.of(self.image)


def _painted(steps: Iterable[Step], total: int) -> _Painted:
    """Run to the end, or as far as it comes, and show where it is."""
    image, note, deep = None, "", None
    with tqdm(total=total, unit="it", dynamic_ncols=True, bar_format=BAR) as bar:
        try:
            for step in steps:
                image, note, deep = step.image or image, step.note, step.deep
                bar.set_description(f"{step.size} px", refresh=False)
                bar.set_postfix_str(_words(step), refresh=False)
                bar.update()
        except KeyboardInterrupt as stop:
            return _Painted(image, note, exit_code(stop))
        except Exception as error:
            if image is None:
                raise
            if not has_run_out(error):
                traceback.print_exc()
            words = "Memory ran out" if has_run_out(error) else "The run failed"
            return _Painted(image, f"{words}: this is how far it came.", 1)
    return _Painted(image, note, 0, deep)


def _words(step: Step) -> str:
    """What is said of a step beside the bar."""
    left = f"{duration(step.seconds_left)} left, " if step.seconds_left else ""
    return f"{left}content {step.content_loss:.3f} style {step.style_loss:.4f}"


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
    steps = stylize(**pictures, settings=settings, features=features)
    tell(f"{features.name} on {features.device}: {features.reason}; {settings.size} px")
    made = recipe.of_run(settings, features)
    for note in _notes(made_before or made, made):
        tell(f"note: {note}")
    started = time.monotonic()
    painted = _painted(steps, settings.iterations)
    image = painted.at(depth)
    if image is None:
        tell("Stopped before there was a picture; nothing was written.")
        return painted.code
    place = save(image, out, features.name, made.text())
    if painted.note:
        tell(f"note: {painted.note}")
    tell(f"{place}  {in_print(image.size)}  {time.monotonic() - started:.1f} s")
    return painted.code or int(place != out)
