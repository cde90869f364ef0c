"""One setting: a range of numbers or a choice of words, and the sentence for what is neither.

Nothing here imports torch, so that a bad value is refused without loading it."""

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field


class InputError(ValueError):
    """A value or picture that cannot be used; its text is one sentence for who sent it.

    Attributes:
        subject: what it is about: the name of a setting, or what a picture is called, "content
            image"; "" for neither.
        code: what is wrong with it, one of `CODES`, for programs: nothing reads the sentence.
    """

    def __init__(self, text: str, *, subject: str = "", code: str = "") -> None:
        super().__init__(text)
        self.subject, self.code = subject, code


CODES = (
    *("missing", "unreadable", "not a picture", "damaged", "too large", "out of range"),
    *("unknown", "not kept", "another run", "does not fit", "takes too long"),
)
"""Of `InputError`; an error without one needs no telling apart."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """A number between `minimum` and `maximum`, both allowed; whole if `default` is an int."""

    label: str
    help: str
    default: float
    minimum: float
    maximum: float
    step: float

    def check(self, name: str, value: object) -> int | float:
        """Return `value` in the default's type, or raise `InputError` naming field and range."""
        whole = isinstance(self.default, int)
        kind = "a whole number" if whole else "a number"
        allowed = f"{name} must be {kind} from {self.minimum:g} to {self.maximum:g}"
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise InputError(f"{allowed}, not {shown(value)}.", subject=name, code="out of range")
        number = int(value) if isinstance(value, numbers.Integral) else float(value)
        # NaN fails the comparison, infinities fall outside the range.
        if not self.minimum <= number <= self.maximum or (whole and number != math.floor(number)):
            raise InputError(f"{allowed}, not {shown(value)}.", subject=name, code="out of range")
        return int(number) if whole else float(number)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One word out of `choices`.

    Attributes:
        titles: what people are shown instead of a word, where it does not speak for itself.
    """

    label: str
    help: str
    default: str
    choices: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)

    def check(self, name: str, value: object) -> str:
        """Return `value`, or raise `InputError` naming the field and what is allowed."""
        if not isinstance(value, str) or value not in self.choices:
            raise InputError(
                f"{name} must be one of {', '.join(self.choices)}, not {shown(value)}.",
                subject=name,
                code="unknown",
            )
        return value


def shown(value: object) -> str:
    """Name a refused value in a sentence: short, and without the inside of a container."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if value is None or isinstance(value, bool | float):
        return str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a number that large"
    return f"a value of type {type(value).__name__}"
