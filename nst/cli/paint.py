"""The command that optimises:  python -m nst CONTENT STYLE -o OUT.png [--iterations 100] …

With --instant NAME or --instant-style PICTURE in place of STYLE, `nst.cli.instant` takes over.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from nst import recipe
from nst.cli.arguments import Parser, check_effects, given
from nst.cli.output import DEPTH, OUT_HELP, check_out
from nst.cli.sources import SOURCE_HELP, Sources
from nst.instant.names import instant_styles
from nst.machine import threads, torch_import
from nst.pictures.prepared import prepare_mask
from nst.roles import called
from nst.settings import FEATURES, GPU_DEFAULTS, MOST_STYLES, SPECS, InstantSettings, Settings


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
        "sheet --help those of a sheet of all of them, batch --help those of many photographs, and "
        "video --help those of a moving picture",
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
    parser.add_argument("--mask", help="a picture: white where the styles go, black where not")
    for number in range(MOST_STYLES):
        mask = called(number, "mask")
        parser.add_argument(
            f"--{mask.replace(' ', '-')}",
            help=f"a picture: white where style {number + 1} goes instead of being blended",
        )
    parser.add_argument("--start", help="a picture to start from; it implies --init image")
    parser.add_argument("--version", action="version", version=f"nst {recipe.VERSION}")
    on_gpu = {name: f", {value} on a GPU" for name, value in GPU_DEFAULTS.items()}
    parser.add_settings({**SPECS, "features": FEATURES, "depth": DEPTH}, **on_gpu)
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
    named = given(parser, arguments)
    options.unnamed = set() if options.recipe else GPU_DEFAULTS.keys() - named
    _imply(options, named)
    return options


def _imply(options: argparse.Namespace, named: set[str]) -> None:
    """Give effect to the options that were named, or refuse the first that can have none.

    Args:
        named: the options in the arguments.
    """
    if options.start and "init" not in named:
        options.init = "image"
    check_effects(options, named)


def _pictures(options: argparse.Namespace, sources: Sources) -> dict[str, Any]:
    """The picture arguments of `stylize`."""
    masks = {
        what: getattr(options, what.replace(" ", "_"))
        for what in ("mask", *(called(i, "mask") for i in range(MOST_STYLES)))
    }
    picture = partial(sources.picture, size=options.size)
    mask, *style_masks = (
        prepare_mask(picture(source, what), what, options.size) for what, source in masks.items()
    )
    return {
        "content": picture(options.content, "content image"),
        "style": [picture(source, called(i, "image")) for i, source in enumerate(options.style)],
        "mask": mask,
        "style_masks": style_masks,
        "start": picture(options.start, "start image"),
    }


def run(arguments: Sequence[str], sources: Sources) -> int:
    """Paint or estimate, and return the exit code.

    Raises:
        InputError: arguments or pictures that cannot be used; nothing was written.
        FloatingPointError: the numbers break down before there is a picture.
    """
    options = _options(arguments, sources)
    settings = Settings(**{name: getattr(options, name) for name in SPECS})
    FEATURES.check("features", options.features)
    if options.out:
        check_out(options.out, options.depth)
    pictures = _pictures(options, sources)
    threads.choose()
    torch_import.put_shapes_off()
    # It loads torch, which takes longer than to refuse what came so far.
    from nst.cli import optimisation
    from nst.suited import suited

    settings = suited(settings, options.unnamed)
    if options.estimate:
        return optimisation.tell_estimate(pictures, settings, options.features)
    made_before = getattr(options, "read", None)
    place = options.out, options.depth
    return optimisation.paint(pictures, settings, options.features, *place, made_before)
