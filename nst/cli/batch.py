"""The command for many pictures:  python -m nst batch CONTENTS… --style PICTURE -o FOLDER …

With --instant NAME or --instant-style PICTURE in place of --style, they are painted at once.
"""

import argparse
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from nst.batch import listing
from nst.batch.jobs import Job, Style, jobs_of
from nst.batch.pools import pool_of
from nst.batch.run import paint, sort
from nst.batch.tasks import JOBS, why
from nst.batch.work import Optimising, Painting, Work
from nst.cli.arguments import Parser, given
from nst.cli.output import DEPTH, PROBE, tell
from nst.cli.sources import Sources
from nst.cli.tally import Tally
from nst.instant.names import instant_styles
from nst.machine import threads, torch_import
from nst.pictures.writing import part_of
from nst.roles import WEIGHTS
from nst.settings import (
    FEATURES,
    GPU_DEFAULTS,
    INSTANT_SPECS,
    OWN_STYLE,
    SPECS,
    InstantSettings,
    Settings,
)
from nst.specs import Choice, InputError, Range

WORD = "batch"
OPTIMISED: Mapping[str, Range | Choice] = {
    name: spec for name, spec in SPECS.items() if name not in WEIGHTS
}
"""Settings of many pictures: each has one style, which has nothing to weigh against."""
AT_ONCE = {name: spec for name, spec in INSTANT_SPECS.items() if name != "style"}
STYLES = ("--instant", "--instant-style")
STYLE_HELP = "a painting, a folder of them or a pattern; may be given again"


def run(arguments: Sequence[str], _sources: Sources) -> int:
    """Paint or estimate, and return the exit code.

    Raises:
        InputError: nothing can begin; nothing was written.
    """
    options = _options(arguments[1:])
    work, styles = _work(options)
    contents = listing.listed(options.contents, without=options.out)
    if not any(content.is_file() for content in contents):
        words = " ".join(options.contents)
        raise InputError(
            f"There is no picture in {words}; those in the folder of the results are not counted."
        )
    jobs = jobs_of(contents, styles, options.out)
    if not options.estimate:
        _make_folder(options.out)
    return _run(options, work, jobs)


def _run(options: argparse.Namespace, work: Work, jobs: Sequence[Job]) -> int:
    torch_import.put_shapes_off()
    if options.estimate:
        threads.choose()
        from nst.cli import batch_estimate  # it loads torch, which `--jobs` leaves to others

        return batch_estimate.tell_estimate(work, jobs, options.resume)
    with pool_of(work, options.jobs, options.ray) as pool:
        batch = sort(jobs, pool, work.depth, options.resume)
        tell(f"{pool.abouts()[0].words}; {len(batch.left)} of {len(jobs)} pictures to paint")
        with Tally(batch.left, batch.ended) as tally, closing(paint(batch.left, pool)) as news:
            try:
                for one in news:
                    tally.add(one)
            except KeyboardInterrupt:
                tally.stop()
                raise
    return tally.code


def _parser(at_once: bool) -> Parser:
    parser = Parser(
        prog=f"python -m nst {WORD}",
        description="Paint many photographs in the manner of a painting, or of each of several. "
        "What has its result already is left alone: after a stop, the same command goes on.",
    )
    parser.add_argument("contents", nargs="+", help=f"the photographs: {listing.HELP}")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, help="the folder of the results, which are PNGs"
    )
    _add_styles(parser, at_once)
    parser.add_pool()
    parser.add_argument(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="leave alone what has the result already that it would get now [default]; with "
        "--no-resume, paint it again",
    )
    parser.add_argument(
        "--estimate",
        action="store_true",
        help="tell what is left, and what it would take on this machine, and write nothing",
    )
    return parser


def _add_styles(parser: Parser, at_once: bool) -> None:
    """The options of a kind of painting: its styles, and what it can be told."""
    if at_once:
        names = ", ".join(instant_styles())
        parser.add_argument(
            "--instant", action="append", default=[], metavar="NAME", help=f"a style: {names}"
        )
        parser.add_argument(
            "--instant-style", action="append", default=[], metavar="PICTURE", help=STYLE_HELP
        )
        parser.add_settings({**AT_ONCE, "depth": DEPTH})
        return
    parser.add_argument(
        "--style",
        action="append",
        required=True,
        metavar="PICTURE",
        help=f"{STYLE_HELP}. With --instant NAME or --instant-style PICTURE instead, it is painted "
        "at once; --instant NAME --help tells the options of that",
    )
    on_gpu = {name: f", {value} on a GPU" for name, value in GPU_DEFAULTS.items()}
    parser.add_settings({**OPTIMISED, "features": FEATURES, "depth": DEPTH}, **on_gpu)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the arguments, and refuse what could have no effect."""
    probe = Parser(add_help=False, allow_abbrev=False)
    for option in STYLES:
        probe.add_argument(option, action="append")
    found, _ = probe.parse_known_args([word for word in arguments if word not in ("-h", "--help")])
    parser = _parser(at_once=any(vars(found).values()))
    options = parser.parse_args(arguments)
    named = given(parser, arguments)
    options.unnamed = frozenset(GPU_DEFAULTS.keys() - named)
    if options.jobs is not None:
        JOBS.check("jobs", options.jobs)
    DEPTH.check("depth", options.depth)
    if getattr(options, "init", "") == "image":
        parser.error("--init image starts from a picture of one's own: paint those one by one")
    if "seed" in named and options.init != "noise":
        parser.error("--seed draws the noise of --init noise: add that, or leave it out")
    parser.check_mix(options, named)
    if options.ray is not None and options.estimate:
        parser.error("--estimate tells of this machine: leave --ray out")
    return options


def _work(options: argparse.Namespace) -> tuple[Work, list[Style]]:
    """What workers are told, and the styles that it is for."""
    if not hasattr(options, "instant"):
        settings = Settings(**{name: getattr(options, name) for name in OPTIMISED})
        FEATURES.check("features", options.features)
        paintings = _paintings(options.style)
        more = {"features": options.features, "unnamed": options.unnamed}
        return Optimising(settings=settings, depth=int(options.depth), **more), list(paintings)
    styles: list[Style] = [*dict.fromkeys(options.instant), *_paintings(options.instant_style)]
    values = {name: getattr(options, name) for name in AT_ONCE}
    names = (style if isinstance(style, str) else OWN_STYLE for style in styles)
    each = {name: InstantSettings(style=name, **values) for name in names}
    return Painting(settings=each, depth=int(options.depth)), styles


def _paintings(words: Sequence[str]) -> list[Path]:
    """The files of the styles, or `InputError` where one is missing."""
    paintings = listing.listed(words)
    for painting in paintings:
        if not painting.is_file():
            raise InputError(f"There is no style picture {painting}.")
    if words and not paintings:
        raise InputError(f"There is no style picture in {' '.join(words)}.")
    return paintings


def _make_folder(out: Path) -> None:
    """Have a folder that results can be written to, or raise `InputError`."""
    part = part_of(out / "probe")
    try:
        out.mkdir(parents=True, exist_ok=True)
        part.write_bytes(PROBE)
    except OSError as error:
        raise InputError(f"Results cannot be written to {out}: {why(error)}") from error
    finally:
        with suppress(OSError):
            part.unlink()
