"""The command for a sheet of all instant styles:  python -m nst sheet CONTENT -o OUT.jpg …"""

import time
from collections.abc import Sequence
from pathlib import Path

from nst.cli.arguments import Parser
from nst.cli.output import OUT_HELP, check_out, save, tell
from nst.cli.sources import SOURCE_HELP, Sources
from nst.machine import threads, torch_import
from nst.settings import SHEET_SPECS

WORD = "sheet"


def _parser() -> Parser:
    parser = Parser(
        prog=f"python -m nst {WORD}",
        description="Paint a photograph in every style that was learned beforehand, on one sheet.",
    )
    parser.add_argument("content", help=f"the photograph: {SOURCE_HELP}")
    parser.add_argument("-o", "--out", type=Path, required=True, help=OUT_HELP)
    parser.add_settings(SHEET_SPECS)
    return parser


def run(arguments: Sequence[str], sources: Sources) -> int:
    """Paint, and return the exit code.

    Raises:
        InputError: arguments or a picture that cannot be used; nothing was written.
    """
    options = _parser().parse_args(arguments[1:])
    for name, spec in SHEET_SPECS.items():
        spec.check(name, getattr(options, name))
    check_out(options.out)
    content = sources.picture(options.content, "content image")
    assert content is not None  # it is no option
    threads.choose()
    torch_import.put_shapes_off()
    # They load torch, once there is something to paint.
    from nst.instant.named import load_instant
    from nst.instant.sheet import paint_sheet

    network, started = load_instant(), time.monotonic()
    sheet = paint_sheet(content, size=options.size, strength=options.strength, network=network)
    place = save(sheet, options.out, network.name, "")
    styles = len(network.styles) - 1
    tell(f"{place}  {styles} styles  {time.monotonic() - started:.1f} s")
    return int(place != options.out)
