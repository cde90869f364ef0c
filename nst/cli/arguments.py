"""What the command lines share: options made from settings, and one line for what is wrong."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from nst.images import FORMATS_OUT
from nst.settings import Choice, InputError, Range

OUT_HELP = f"the result: {', '.join(FORMATS_OUT)}"


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as for any other bad input, instead of the whole usage."""

    def error(self, message: str) -> None:
        """Raise `InputError`."""
        raise InputError(f"{message[0].upper()}{message[1:]} (see --help).")

    def add_settings(self, specs: Mapping[str, Range | Choice]) -> None:
        """Add an option for each setting, with its help, range and default."""
        for name, spec in specs.items():
            if isinstance(spec, Choice):
                allowed, kind = ", ".join(spec.choices), str
            else:
                allowed, kind = f"{spec.minimum:g} … {spec.maximum:g}", _number
            self.add_argument(
                f"--{name.replace('_', '-')}",
                type=kind,
                default=spec.default,
                metavar=name.upper(),
                help=f"{spec.help} [{allowed}; default {spec.default}]",
            )


def _number(text: str) -> int | float | str:
    """Read a number; what is none goes on as it is, for `Settings` to refuse by name and range."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def check_out(out: Path) -> None:
    """Refuse before the work what could not be saved after it."""
    if out.suffix.lower() not in FORMATS_OUT:
        raise InputError(f"The result's name must end in one of {', '.join(FORMATS_OUT)}.")
    if not out.absolute().parent.is_dir():
        raise InputError(f"There is no folder {out.parent} to write the result to.")
