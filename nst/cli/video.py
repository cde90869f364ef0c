"""The command for moving pictures:  python -m nst video CLIP --style STYLE -o OUT.mp4 …

With --instant NAME or --instant-style PICTURE in place of --style, each frame is painted at once.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from nst.batch.pools import pool_of
from nst.batch.tasks import JOBS
from nst.batch.work import Filming
from nst.cli.arguments import Parser, check_effects, given
from nst.cli.output import check_place
from nst.cli.sources import SOURCE_HELP, Sources
from nst.instant.names import instant_styles
from nst.machine import threads, torch_import
from nst.roles import called
from nst.settings import (
    FEATURES,
    INSTANT_SPECS,
    OWN_STYLE,
    SPECS,
    InstantSettings,
    Settings,
)
from nst.specs import Choice, InputError
from nst.video.clip import Clip, result_size
from nst.video.reading import open_clip
from nst.video.writing import KINDS, kind_of

WORD = "video"
AT_ONCE = ("--instant", "--instant-style")
"""The options that say that frames are painted at once."""
NO_START = ("image",)
"""What a clip cannot start from."""


def _parser(at_once: bool) -> Parser:
    parser = Parser(
        prog=f"python -m nst {WORD}",
        description="Paint a moving picture, so that strokes stay with what they are on. --help "
        "beside --instant NAME tells the options of frames that are painted at once.",
    )
    parser.add_argument("clip", help=f"the moving picture: {SOURCE_HELP}")
    parser.add_argument(
        "-o", "--out", type=Path, help=f"the result: {', '.join(KINDS)}; required to paint"
    )
    style = parser.add_mutually_exclusive_group(required=True)
    style.add_argument(
        "--style", nargs="+", metavar="PICTURE", help="the painting, or up to four that are blended"
    )
    style.add_argument(
        "--instant",
        metavar="NAME",
        help=f"paint at once, in a style by name: {', '.join(instant_styles())}",
    )
    style.add_argument(
        "--instant-style", metavar="PICTURE", help="paint at once, in the manner of a painting"
    )
    parser.add_argument(
        "--estimate", action="store_true", help="tell the time and memory of the run, and paint not"
    )
    parser.add_pool()
    if at_once:
        parser.add_settings({name: spec for name, spec in INSTANT_SPECS.items() if name != "style"})
    else:
        parser.add_settings({**SPECS, "features": FEATURES})
    return parser


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    probe = Parser(add_help=False, allow_abbrev=False)
    for option in AT_ONCE:
        probe.add_argument(option, nargs="?")
    at_once = any(vars(probe.parse_known_args(arguments)[0]).values())
    parser = _parser(at_once)
    options = parser.parse_args(arguments)
    if options.out is None and not options.estimate:
        parser.error("the following arguments are required: -o/--out")
    options.at_once, named = at_once, given(parser, arguments)
    if at_once:
        parser.check_mix(options, named)
    else:
        _check_start(options)
        check_effects(options, named)
    _check_pool(options)
    return options


def _check_pool(options: argparse.Namespace) -> None:
    """Refuse workers where there is nothing for them to do."""
    if options.jobs is not None:
        JOBS.check("jobs", options.jobs)
    if not _pooled(options):
        return
    if not options.at_once:
        raise InputError(
            "--jobs and --ray are for frames that are painted at once (--instant): an optimised "
            "frame starts from the one before, so that there is one to paint at a time."
        )
    if options.estimate:
        raise InputError("--estimate tells of one process here: leave --jobs and --ray out.")


def _pooled(options: argparse.Namespace) -> bool:
    """Whether other processes are to paint."""
    return options.ray is not None or (options.jobs or 1) > 1


def _check_start(options: argparse.Namespace) -> None:
    """Refuse a start that a clip cannot have."""
    if options.init in NO_START:
        allowed = ", ".join(c for c in _init().choices if c not in NO_START)
        raise InputError(f"The first frame of a clip can start from one of {allowed} (--init).")


def _init() -> Choice:
    spec = SPECS["init"]
    assert isinstance(spec, Choice)
    return spec


def _settings(options: argparse.Namespace) -> Settings | InstantSettings:
    if not options.at_once:
        FEATURES.check("features", options.features)
        return Settings(**{name: getattr(options, name) for name in SPECS})
    values = {name: getattr(options, name) for name in INSTANT_SPECS if name != "style"}
    return InstantSettings(style=options.instant or OWN_STYLE, **values)


def _check_spared(out: Path, *given: Path) -> None:
    """Refuse to write a result over what it is made of: a film is often there only once."""
    if out.exists() and any(file.exists() and file.samefile(out) for file in given):
        raise InputError(f"{out} is what is painted, or painted from: choose another name (-o).")


def run(arguments: Sequence[str], sources: Sources) -> int:
    """Paint or estimate, and return the exit code.

    Raises:
        InputError: arguments, a clip or a picture that cannot be used; nothing was written.
    """
    options = _options(arguments[1:])
    settings = _settings(options)
    if options.instant == OWN_STYLE:
        raise InputError("The style is a painting's: give the painting with --instant-style.")
    if options.out:
        kind_of(options.out)
        check_place(options.out)
    paintings = options.style or [options.instant_style]
    file = sources.file(options.clip, "clip")
    if options.out:
        _check_spared(options.out, file, *(Path(painting) for painting in paintings if painting))
    clip = open_clip(file)
    styles = [
        sources.picture(source, called(number, "image"), settings.size)
        for number, source in enumerate(paintings)
    ]
    given_styles = [style for style in styles if style is not None]
    if _pooled(options) and isinstance(settings, InstantSettings):
        return _by_pool(options, clip, given_styles, settings)
    threads.choose()
    torch_import.put_shapes_off()
    # It loads torch, which takes longer than to refuse what came so far.
    from nst.cli import filming

    if isinstance(settings, Settings):
        work = filming.optimised_work(clip, given_styles, settings, options.features)
    else:
        work = filming.instant_work(clip, given_styles, settings)
    if options.estimate:
        return filming.tell_estimate(work)
    return filming.film(work, options.out)


def _by_pool(
    options: argparse.Namespace,
    clip: Clip,
    styles: Sequence[Image.Image],
    settings: InstantSettings,
) -> int:
    """Have frames painted by others, of whom each has its part of the processors; as `run`."""
    size, style = result_size(clip, settings.size), styles[0] if styles else None
    load = Filming(settings=settings, size=size, style=style)
    with pool_of(load, options.jobs, options.ray) as pool:
        threads.choose()
        torch_import.put_shapes_off()
        from nst.cli import filming  # while they load, too

        return filming.film(filming.pooled_work(pool, clip, styles, settings), options.out)
