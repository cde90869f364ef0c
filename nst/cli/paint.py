"""The command line:  python -m nst CONTENT STYLE -o OUT.png [--iterations 200] …

With --instant NAME in place of STYLE, `nst.instant_command` takes over.

Exit codes: 0 for a picture or an estimate, 2 for input that cannot be used or whose numbers break
down (a sentence on stderr, nothing written), 130 after Ctrl-C, when the picture as far as it came
has been saved.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from nst import InputError, Settings, inputs, instant_command, load_features, recipe, stylize
from nst.arguments import OUT_HELP, Parser, check_out
from nst.estimate import estimate
from nst.features import default_device
from nst.images import open_image, save_image
from nst.memory import check_fits
from nst.settings import FEATURES, MOST_STYLES, SPECS, starting_specs
from nst.styles import instant_styles


def _parser() -> Parser:
    parser = Parser(
        prog="python -m nst", description="Paint a photograph in the manner of a painting."
    )
    parser.add_argument("content", type=Path, help="the picture that gives the shapes")
    parser.add_argument(
        "style",
        type=Path,
        nargs="+",
        help="the pictures that give colours and strokes: one, or up to four that are blended",
    )
    parser.add_argument("-o", "--out", type=Path, help=f"{OUT_HELP}; required to paint")
    parser.add_argument(
        "--instant",
        metavar="NAME",
        help="paint in one pass, in a style by name instead of a picture's "
        f"({', '.join(instant_styles())}); --instant NAME --help tells its options",
    )
    parser.add_argument(
        "--estimate", action="store_true", help="tell the time and memory of the run, and paint not"
    )
    parser.add_argument(
        "--recipe", type=Path, help="a PNG painted before, for its settings; options given here win"
    )
    parser.add_argument(
        "--mask",
        type=Path,
        help="a picture: white where the styles go, black where not",
    )
    for number in range(MOST_STYLES):
        mask = inputs.name(number, "mask")
        parser.add_argument(
            f"--{mask.replace(' ', '-')}",
            type=Path,
            help=f"a picture: white where style {number + 1} goes instead of being blended",
        )
    parser.add_argument("--start", type=Path, help="where to start from with --init image")
    gpu = default_device().type == "cuda"
    parser.add_settings({**starting_specs(gpu), "features": FEATURES})
    return parser


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments, with the defaults of a recipe where one is given."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.out is None and not options.estimate:
        parser.error("the following arguments are required: -o/--out")
    if options.recipe:
        read = recipe.read(options.recipe)
        parser.set_defaults(**asdict(read.settings), features=read.features)
        options = parser.parse_args(arguments, argparse.Namespace(read=read))
    return options


def _notes(options: argparse.Namespace, made: recipe.Recipe) -> Iterator[str]:
    """Why the picture may be another than the recipe's."""
    read = getattr(options, "read", made)
    if read.network != made.network:
        yield "the recipe's picture was made with other weights or precision"
    if read.software not in recipe.SAME_PIXELS:
        yield "the recipe's picture was made by another version"
    if read.before:
        yield f"the recipe's picture went on from one of {read.before} iterations"


def _pictures(options: argparse.Namespace) -> dict[str, Any]:
    """The picture arguments of `stylize`."""
    masks = {
        what: getattr(options, what.replace(" ", "_"))
        for what in ("mask", *(inputs.name(i, "mask") for i in range(MOST_STYLES)))
    }
    mask, *style_masks = (path and open_image(path, what) for what, path in masks.items())
    return {
        "content": open_image(options.content, "content image"),
        "style": [
            open_image(path, inputs.name(i, "image")) for i, path in enumerate(options.style)
        ],
        "mask": mask,
        "style_masks": style_masks[: len(options.style)],
        "start": options.start and open_image(options.start, "start image"),
    }


def _run(options: argparse.Namespace) -> int:
    settings = Settings(**{name: getattr(options, name) for name in SPECS})
    if options.out:
        check_out(options.out)
    pictures = _pictures(options)
    features = load_features(options.features)
    if options.estimate:
        prepared = inputs.prepare(**pictures, settings=settings)
        size, guided = prepared.content.size, prepared.guided
        check_fits(size, settings, features, guided)
        expected = estimate(size, settings, features, guided=guided)
        print(f"{features.name} on {features.device}, {settings.size} px: {expected}")
        return 0
    steps = stylize(**pictures, settings=settings, features=features)
    print(
        f"{features.name} on {features.device}: {features.reason}; {settings.size} px",
        file=sys.stderr,
    )
    made = recipe.of_run(settings, features)
    for note in _notes(options, made):
        print(f"note: {note}", file=sys.stderr)
    image, note, started, code = None, "", time.monotonic(), 0
    with tqdm(total=settings.iterations, unit="it", dynamic_ncols=True) as bar:
        try:
            for step in steps:
                image = step.image or image
                bar.set_description(f"{step.size} px", refresh=False)
                bar.set_postfix_str(
                    f"content {step.content_loss:.3f} style {step.style_loss:.4f}", refresh=False
                )
                bar.update()
                note = step.note
        except KeyboardInterrupt:
            code = 130
    if image is None:
        print("Stopped before there was a picture; nothing was written.", file=sys.stderr)
        return code
    save_image(image, options.out, features.name, made.text())
    if note:
        print(f"note: {note}", file=sys.stderr)
    seconds = time.monotonic() - started
    print(f"{options.out}  {image.width}×{image.height}  {seconds:.1f} s", file=sys.stderr)
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if instant_command.is_meant(arguments):
            return instant_command.run(arguments)
        return _run(_options(arguments))
    except (InputError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
