"""The command line as a whole: which command is meant, and how each of its ends is told.

Exit codes: 0 for a picture or an estimate; 1 for a picture that had to be saved elsewhere, for
memory that ran out, or where pictures of a batch have no result; 2 for input that cannot be used or
whose numbers break down (a sentence on stderr, nothing written); 128 + its number after a signal,
130 for Ctrl-C, when the picture as far as it came has been saved.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from nst.cli.signals import exit_code, raised
from nst.cli.sources import Sources
from nst.machine.run_out import has_run_out
from nst.specs import InputError

WORDS = ("batch", "sheet", "video")
"""Commands of a word, each in the file of its name; a photograph called so is given as ./sheet."""
OUT_OF_MEMORY = "Memory ran out: choose a smaller --size, or close other programs."


def run(arguments: Sequence[str]) -> int:
    """Run what the arguments mean, and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows ASCII alone gets a ? for an …, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with raised(), Sources.opened() as sources:
            return _run(arguments, sources)
    except (InputError, FloatingPointError) as error:
        return _told(f"error: {error}", 2)
    except KeyboardInterrupt as stop:
        return exit_code(stop)
    except Exception as error:
        if not has_run_out(error):
            raise
        return _told(f"error: {OUT_OF_MEMORY}", 1)


def _run(arguments: Sequence[str], sources: Sources) -> int:
    """Run the command that is meant; those of a word load what no other needs."""
    if arguments and arguments[0] in WORDS:
        code: int = import_module(f"nst.cli.{arguments[0]}").run(arguments, sources)
        return code
    from nst.cli import instant, paint

    command = instant if instant.is_meant(arguments, sources) else paint
    return command.run(arguments, sources)


def _told(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
