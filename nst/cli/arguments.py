"""What the command lines share: options made from settings, and one line for what is wrong."""

import argparse
from collections.abc import Callable, Container, Mapping, Sequence
from typing import NoReturn

from nst.batch.cluster import LOCAL
from nst.batch.tasks import JOBS
from nst.roles import WEIGHTS, called
from nst.settings import MOST_STYLES
from nst.specs import Choice, InputError, Range


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as for any other bad input, instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Raise `InputError`."""
        raise InputError(f"{message[0].upper()}{message[1:]} (see --help).")

    def add_settings(self, specs: Mapping[str, Range | Choice], **other: str) -> None:
        """Add an option for each setting, with its help, range and default.

        Args:
            other: what to say after the default of a setting that has another one elsewhere.
        """
        kind: Callable[[str], int | float | str]
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
                help=f"{spec.help} [{allowed}; default {spec.default}{other.get(name, '')}]",
            )

    def add_pool(self) -> None:
        """Add the options that say who does the work: `--jobs` and `--ray`."""
        self.add_argument(
            "--jobs",
            type=int,
            help=f"{JOBS.help} [{JOBS.minimum:g} … {JOBS.maximum:g}; default {JOBS.default:g}; "
            "with --ray, one for each GPU, or else machine]",
        )
        self.add_argument(
            "--ray",
            nargs="?",
            const=LOCAL,
            metavar="ADDRESS",
            help="have it done by a Ray cluster, host:port; without an address, by one of this "
            "machine",
        )

    def check_mix(self, options: argparse.Namespace, named: Container[str]) -> None:
        """Refuse the share of a second style where there is none.

        Args:
            named: the options in the arguments.
        """
        if "mix" in named and options.second_style == "none":
            self.error("--mix is the share of a --second-style, and there is none")


def check_effects(options: argparse.Namespace, named: Container[str]) -> None:
    """Refuse the first option of an optimisation that can have no effect.

    Args:
        named: the options in the arguments.
    """
    if "seed" in named and options.init != "noise":
        raise InputError("--seed draws the noise of --init noise: add that, or leave it out.")
    if len(options.style) == 1 and WEIGHTS[0] in named:
        raise InputError("--style-weight counts beside other style images: give two, or leave it.")
    for number in range(len(options.style), MOST_STYLES):
        if WEIGHTS[number] in named:
            option = WEIGHTS[number].replace("_", "-")
            raise InputError(f"There is a --{option}, but no {called(number, 'image')}.")


def _number(text: str) -> int | float | str:
    """Read a number; what is none goes on as it is, for `Settings` to refuse by name and range."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def given(parser: Parser, arguments: Sequence[str]) -> set[str]:
    """The names of the options that arguments name, as against those that have their defaults."""
    absent = argparse.Namespace(**dict.fromkeys(vars(parser.parse_args(arguments)), None))
    return {
        name
        for name, value in vars(parser.parse_args(arguments, absent)).items()
        if value is not None
    }
