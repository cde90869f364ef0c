"""The rows of the table, the checks that give them, and the time that all of them have."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.gpu.memory import give_back

HEAD = "| section | what | figure | aim | remark |\n|---|---|---|---|---|"
FORMATS = {
    "": ".4f",
    "of 1": ".0f",
    "×": ".2f",
    "%": ".0f",
    "ms": ".2f",
    "s": ".2f",
    "MB": ".0f",
    "Tflop/s": ".2f",
}
"""How figures are written, by their unit."""
REACHED, MISSED, ERROR, LEFT_OUT = "reached", "**missed**", "**error**", "left out"


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        figure: None where there is only something to remark.
        unit: one of `FORMATS`.
        aim: the most that the figure should be, or None where nothing is aimed at.
    """

    section: str
    what: str
    figure: float | None = None
    unit: str = ""
    aim: float | None = None
    remark: str = ""

    @property
    def mark(self) -> str:
        """Whether the aim is reached, or "" where there is none; a NaN reaches none."""
        if self.aim is None or self.figure is None:
            return ""
        return REACHED if self.figure <= self.aim else MISSED

    def __str__(self) -> str:  # noqa: D105
        figure, aim = (self._written(number) for number in (self.figure, self.aim))
        remark = ": ".join(filter(None, (self.mark, self.remark)))
        cells = (self.section, self.what, figure, aim and f"≤ {aim}", remark)
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    def _written(self, number: float | None) -> str:
        return "" if number is None else f"{number:{FORMATS[self.unit]}} {self.unit}".strip()


@dataclass(frozen=True)
class Check:
    """Something to find out.

    Attributes:
        seconds: a generous guess of what it takes on a GPU.
        rows: what finds it out, and gives rows as it has them.
    """

    section: str
    what: str
    seconds: float
    rows: Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Budget:
    """The seconds that all checks have together, from now on."""

    seconds: float
    started: float = field(default_factory=time.perf_counter)

    def left(self) -> float:
        """Those that are left, below 0 when it is overdrawn."""
        return self.seconds - (time.perf_counter() - self.started)


def table(checks: Iterable[Check], budget: Budget) -> Iterator[Row]:
    """The rows of all checks: one that does not fit is left out, one that fails says how."""
    for check in checks:
        if (left := budget.left()) < check.seconds:
            why = f"{LEFT_OUT}: {max(0, left):.0f} s are left, it may take {check.seconds:.0f}"
            yield Row(check.section, check.what, remark=why)
            continue
        try:
            give_back()
            yield from check.rows()
        except Exception as error:  # of whatever kind: the others are to go on
            yield Row(check.section, check.what, remark=f"{ERROR}: {_said(error)}")


def _said(error: Exception) -> str:
    """An error's kind and what it says, in one line of a table."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def summary(rows: Iterable[Row]) -> str:
    """How many rows there are of each kind that matters, a sentence."""
    remarks = [str(row) for row in rows]
    counts = {word: sum(word in text for text in remarks) for word in (MISSED, ERROR, LEFT_OUT)}
    return ", ".join(f"{count} {word.strip('*')}" for word, count in counts.items()) + "."
