"""The command that optimises:  python -m nst CONTENT STYLE -o OUT.png [--iterations 200] …

With --instant NAME or --instant-style PICTURE in place of STYLE, `nst.cli.instant` takes over.
"""

import argparse
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from nst import inputs, recipe
from nst.cli.arguments import Parser, given
from nst.cli.output import OUT_HELP, check_out, save, tell
from nst.cli.signals import exit_code
from nst.cli.sources import SOURCE_HELP, Sources
from nst.costs.memory import check_fits
from nst.costs.seconds import estimate
from nst.features.loading import load_features
from nst.features.network import FeatureNetwork
from nst.instant.names import instant_styles
from nst.machine.available import has_run_out
from nst.machine.device import has_cuda
from nst.settings import FEATURES, MOST_STYLES, SPECS, InstantSettings, Settings, starting_specs
from nst.specs import InputError
from nst.step import Step
from nst.transfer import stylize


def _parser() -> Parser:
    parser = Parser(
        prog="python -m nst", description="Paint a photograph in the manner of a painting."
    )
    parser.add_argument("content", help=f"the picture that gives the shapes: {SOURCE_HELP}")
    parser.add_argument(
        "style",
        nargs="+",
        help="the pictures that give colours and strokes: one, or up to four that are blended",
    )
    parser.add_argument("-o", "--out", type=Path, help=f"{OUT_HELP}; required to paint")
    parser.add_argument(
        "--instant",
        metavar="NAME",
        help="paint at once, in a style by name instead of a picture's "
        f"({', '.join(instant_styles())}); --instant NAME --help tells its options, "
        "and sheet --help those of a sheet of all of them",
    )
    parser.add_argument(
        "--instant-style", metavar="PICTURE", help="paint at once, in the manner of a picture"
    )
    parser.add_argument(
        "--estimate", action="store_true", help="tell the time and memory of the run, and paint not"
    )
    parser.add_argument(
        "--recipe", help="a PNG painted before, for its settings; options given here win"
    )
    parser.add_argument(
        "--mask",
        help="a picture: white where the styles go, black where not",
    )
    for number in range(MOST_STYLES):
        mask = inputs.name(number, "mask")
        parser.add_argument(
            f"--{mask.replace(' ', '-')}",
            help=f"a picture: white where style {number + 1} goes instead of being blended",
        )
    parser.add_argument("--start", help="a picture to start from; it implies --init image")
    parser.add_settings({**starting_specs(gpu=has_cuda()), "features": FEATURES})
    return parser


def _options(arguments: Sequence[str], sources: Sources) -> argparse.Namespace:
    """Read the arguments, with the defaults of a recipe where one is given."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.out is None and not options.estimate:
        parser.error("the following arguments are required: -o/--out")
    if options.recipe:
        read = recipe.read(sources.file(options.recipe, "picture with the recipe"))
        if isinstance(read.settings, InstantSettings):
            parser.error("the recipe is an instant painting's: leave out the style picture")
        parser.set_defaults(**asdict(read.settings), features=read.features)
        options = parser.parse_args(arguments, argparse.Namespace(read=read))
    _imply(options, given(parser, arguments))
    return options


def _imply(options: argparse.Namespace, named: set[str]) -> None:
    """Give effect to the options that were named, or refuse the first that can have none.

    Args:
        named: the options in the arguments.
    """
    if options.start and "init" not in named:
        options.init = "image"
    if "seed" in named and options.init != "noise":
        raise InputError("--seed draws the noise of --init noise: add that, or leave it out.")
    if len(options.style) == 1 and inputs.WEIGHTS[0] in named:
        raise InputError("--style-weight counts beside other style images: give two, or leave it.")
    for number in range(len(options.style), MOST_STYLES):
        weight = inputs.WEIGHTS[number]
        if weight in named:
            option = weight.replace("_", "-")
            raise InputError(f"There is a --{option}, but no {inputs.name(number, 'image')}.")


def _notes(options: argparse.Namespace, made: recipe.Recipe) -> Iterator[str]:
    """Why the picture may be another than the recipe's."""
    read = getattr(options, "read", made)
    if not read.has_network_of(made):
        yield "the recipe's picture was made with other weights or precision"
    if read.software not in recipe.SAME_PIXELS:
        yield "the recipe's picture was made by another version"
    if read.before:
        yield f"the recipe's picture went on from one of {read.before} iterations"


def _pictures(options: argparse.Namespace, sources: Sources) -> dict[str, Any]:
    """The picture arguments of `stylize`."""
    masks = {
        what: getattr(options, what.replace(" ", "_"))
        for what in ("mask", *(inputs.name(i, "mask") for i in range(MOST_STYLES)))
    }
    mask, *style_masks = (sources.picture(source, what) for what, source in masks.items())
    return {
        "content": sources.picture(options.content, "content image"),
        "style": [
            sources.picture(source, inputs.name(i, "image"))
            for i, source in enumerate(options.style)
        ],
        "mask": mask,
        "style_masks": style_masks,
        "start": sources.picture(options.start, "start image"),
    }


@dataclass(frozen=True)
class _Painted:
    """What came of a run.

    Attributes:
        image: None if it was stopped before there was one.
        note: a sentence for people, or "".
        code: the exit code.
    """

    image: Image.Image | None
    note: str
    code: int


def _painted(steps: Iterable[Step], total: int) -> _Painted:
    """Run to the end, or as far as it comes, and show where it is."""
    image, note = None, ""
    with tqdm(total=total, unit="it", dynamic_ncols=True) as bar:
        try:
            for step in steps:
                image, note = step.image or image, step.note
                bar.set_description(f"{step.size} px", refresh=False)
                bar.set_postfix_str(
                    f"content {step.content_loss:.3f} style {step.style_loss:.4f}", refresh=False
                )
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
    return _Painted(image, note, 0)


def _estimated(pictures: dict[str, Any], settings: Settings, features: FeatureNetwork) -> int:
    """Tell what a run would take, and return the exit code."""
    prepared = inputs.prepare(**pictures, settings=settings)
    size, guided = prepared.content.size, prepared.guided
    check_fits(size, settings, features, guided)
    expected = estimate(size, settings, features, guided=guided)
    print(f"{features.name} on {features.device}, {settings.size} px: {expected}")
    return 0


def run(arguments: Sequence[str], sources: Sources) -> int:
    """Paint or estimate, and return the exit code.

    Raises:
        InputError: arguments or pictures that cannot be used; nothing was written.
        FloatingPointError: the numbers break down before there is a picture.
    """
    options = _options(arguments, sources)
    settings = Settings(**{name: getattr(options, name) for name in SPECS})
    if options.out:
        check_out(options.out)
    pictures = _pictures(options, sources)
    features = load_features(options.features)
    if options.estimate:
        return _estimated(pictures, settings, features)
    steps = stylize(**pictures, settings=settings, features=features)
    tell(f"{features.name} on {features.device}: {features.reason}; {settings.size} px")
    made = recipe.of_run(settings, features)
    for note in _notes(options, made):
        tell(f"note: {note}")
    started = time.monotonic()
    painted = _painted(steps, settings.iterations)
    if painted.image is None:
        tell("Stopped before there was a picture; nothing was written.")
        return painted.code
    place = save(painted.image, options.out, features.name, made.text())
    if painted.note:
        tell(f"note: {painted.note}")
    width, height = painted.image.size
    tell(f"{place}  {width}×{height}  {time.monotonic() - started:.1f} s")
    return painted.code or int(place != options.out)
