"""The command of instant painting:  python -m nst CONTENT --instant NAME -o OUT.png …

With --instant-style PICTURE in place of --instant, in the manner of that picture.
"""

import time
from argparse import Namespace
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from nst import recipe
from nst.cli.arguments import Parser, given
from nst.cli.output import DEPTH, OUT_HELP, check_out, save, tell
from nst.cli.sources import SOURCE_HELP, Sources
from nst.instant.names import instant_styles
from nst.machine import threads, torch_import
from nst.pictures.writing import in_print
from nst.settings import INSTANT_SPECS, OWN_STYLE, InstantSettings, Settings
from nst.specs import InputError

STYLES = ("--instant", "--instant-style")
"""The options that say which style."""


def is_meant(arguments: Sequence[str], sources: Sources) -> bool:
    """Whether arguments name an instant style, or the recipe of a picture painted in one."""
    probe = Parser(add_help=False, allow_abbrev=False)
    for option in (*STYLES, "--recipe"):
        probe.add_argument(option)
    try:
        options, _ = probe.parse_known_args(arguments)
        named = options.instant is not None or options.instant_style is not None
        if named or not options.recipe:
            return named
        made = recipe.read(sources.file(options.recipe, "picture with the recipe"))
    except InputError:  # the command proper says so
        return any(option in arguments for option in STYLES)
    return isinstance(made.settings, InstantSettings)


def _parser() -> Parser:
    parser = Parser(
        prog="python -m nst",
        description="Paint a photograph at once, in a style that was learned beforehand or in that "
        "of a painting.",
    )
    parser.add_argument("content", help=f"the photograph: {SOURCE_HELP}")
    parser.add_argument("-o", "--out", type=Path, required=True, help=OUT_HELP)
    names = ", ".join(instant_styles())
    style = parser.add_mutually_exclusive_group()
    style.add_argument("--instant", metavar="NAME", help=f"the style: {names}")
    style.add_argument(
        "--instant-style", metavar="PICTURE", help="a painting, in place of a style by name"
    )
    parser.add_argument("--mask", help="a picture: white where the style goes, black where not")
    parser.add_argument("--recipe", help="a PNG painted so before, for its settings")
    specs = {name: spec for name, spec in INSTANT_SPECS.items() if name != "style"}
    parser.add_settings({**specs, "depth": DEPTH})
    return parser


def _options(arguments: Sequence[str], sources: Sources) -> Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.recipe:
        read = recipe.read(sources.file(options.recipe, "picture with the recipe"))
        if isinstance(read.settings, Settings):
            parser.error("the recipe is not an instant painting's: give its style picture instead")
        values = asdict(read.settings)
        parser.set_defaults(instant=values.pop("style"), **values)
        options = parser.parse_args(arguments, Namespace(read=read))
    named = given(parser, arguments)
    if options.instant_style is not None:
        options.instant = OWN_STYLE
        _forget(options, {"second_style", "mix"} - named)
    elif options.second_style == "none":
        _forget(options, {"mix"} - named)
    if options.instant == OWN_STYLE and options.instant_style is None:
        parser.error("the style is a painting's: give the painting with --instant-style")
    parser.check_mix(options, named)
    return options


def _forget(options: Namespace, names: Iterable[str]) -> None:
    """Leave what a recipe said, and is of no use any more, at its default."""
    for name in names:
        setattr(options, name, INSTANT_SPECS[name].default)


def run(arguments: Sequence[str], sources: Sources) -> int:
    """Paint, and return the exit code.

    Raises:
        InputError: arguments or a picture that cannot be used; nothing was written.
    """
    options = _options(arguments, sources)
    values = {name: getattr(options, name) for name in INSTANT_SPECS if name != "style"}
    settings = InstantSettings(style=options.instant, **values)
    check_out(options.out, options.depth)
    content = sources.picture(options.content, "content image")
    assert content is not None  # it is no option
    style = sources.picture(options.instant_style, "style image")
    mask = sources.picture(options.mask, "mask")
    threads.choose()
    torch_import.put_shapes_off()
    from nst.instant import painting  # it loads torch, once there is something to paint

    network = painting.load(settings)
    started = time.monotonic()
    paint = painting.paint if options.depth == DEPTH.default else painting.paint_deep
    image = paint(content, settings, style=style, mask=mask, network=network)
    made = recipe.of_run(settings, network)
    if not getattr(options, "read", made).has_network_of(made):
        tell("note: the recipe's picture was made with other weights or precision")
    place = save(image, options.out, made.features, made.text())
    tell(f"{place}  {in_print(image.size)}  {time.monotonic() - started:.1f} s")
    return int(place != options.out)
