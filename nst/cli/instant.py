"""The command line of the instant styles:  python -m nst CONTENT --instant NAME -o OUT.png …"""

import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from nst import InputError, instant, recipe
from nst.arguments import OUT_HELP, Parser, check_out
from nst.images import open_image, save_image
from nst.settings import INSTANT_SPECS, InstantSettings
from nst.styles import instant_styles


def is_meant(arguments: Sequence[str]) -> bool:
    """Whether arguments name an instant style, or the recipe of a picture painted in one."""
    probe = Parser(add_help=False, allow_abbrev=False)
    probe.add_argument("--instant")
    probe.add_argument("--recipe")
    try:
        options, _ = probe.parse_known_args(arguments)
        painted = options.recipe and recipe.read(options.recipe).settings
    except InputError:  # the command proper says so
        return "--instant" in arguments
    return options.instant is not None or isinstance(painted, InstantSettings)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m nst",
        description="Paint a photograph in a style that was learned beforehand, in one pass.",
    )
    parser.add_argument("content", type=Path, help="the photograph")
    parser.add_argument("-o", "--out", type=Path, required=True, help=OUT_HELP)
    names = ", ".join(instant_styles())
    parser.add_argument("--instant", metavar="NAME", help=f"the style: {names}")
    parser.add_argument("--recipe", type=Path, help="a PNG painted so before, for its settings")
    parser.add_settings({k: spec for k, spec in INSTANT_SPECS.items() if k != "style"})
    return parser


def _options(arguments: Sequence[str]) -> Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.recipe:
        values = asdict(recipe.read(options.recipe).settings)
        parser.set_defaults(instant=values.pop("style"), **values)
        options = parser.parse_args(arguments)
    return options


def run(arguments: Sequence[str]) -> int:
    """Paint, and return the exit code.

    Raises:
        InputError: arguments or a picture that cannot be used; nothing was written.
    """
    options = _options(arguments)
    values = {name: getattr(options, name) for name in INSTANT_SPECS if name != "style"}
    settings = InstantSettings(style=options.instant, **values)
    check_out(options.out)
    content = open_image(options.content, "content image")
    network = instant.load_instant()
    started = time.monotonic()
    image = instant.paint(content, settings, network=network)
    made = recipe.of_run(settings, network)
    save_image(image, options.out, made.features, made.text())
    seconds = time.monotonic() - started
    print(f"{options.out}  {image.width}×{image.height}  {seconds:.1f} s", file=sys.stderr)
    return 0
