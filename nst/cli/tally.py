"""What people see of a batch: a bar with the seconds left, a line for each failure, and a table."""

import time
from collections import Counter
from collections.abc import Sequence

from tqdm import tqdm

from nst.batch.jobs import Job
from nst.batch.run import FAILED, PAINTED, THERE, Outcome, Underway, work_of
from nst.cli.output import tell
from nst.costs.duration import duration

BAR = "{l_bar}{bar}| {elapsed}{postfix}"
SHOWN = 20
"""Failures that the table names; all have had their lines."""


class Tally:
    """Counts the pictures of a batch as they end, and shows how far it is.

    Args:
        left: the jobs that are to be painted.
        ended: the others.
    """

    def __init__(self, left: Sequence[Job], ended: Sequence[Outcome]) -> None:
        self._outcomes: list[Outcome] = []
        self._work = dict(zip(left, work_of(left), strict=True))
        self._total = sum(self._work.values())
        self._gone, self._underway = 0.0, dict.fromkeys(left, 0.0)
        self._started = time.monotonic()
        self._bar = tqdm(total=1.0, dynamic_ncols=True, bar_format=BAR, disable=not left)
        for outcome in ended:
            self._count(outcome)
        self._show()

    def __enter__(self) -> "Tally":
        """The bar is there already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the bar and tell the table."""
        self._bar.close()
        for line in table(self._outcomes, len(self._underway)):
            tell(line)

    def stop(self) -> None:
        """Say that the rest is not painted now."""
        self._bar.clear()
        tell("Stopped: what is finished stays, and the same command goes on.")

    @property
    def code(self) -> int:
        """The exit code: 1 where pictures have no result."""
        return int(any(outcome.ended == FAILED for outcome in self._outcomes))

    def add(self, news: Outcome | Underway) -> None:
        """Show how far a picture is, or how it has ended."""
        if isinstance(news, Underway):
            self._underway[news.job] = max(news.share, self._underway[news.job])
        else:
            self._gone += self._work[news.job]
            del self._underway[news.job]
            self._count(news)
        self._show()

    def _count(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if outcome.note:
            self._bar.clear()
            tell(f"{outcome.ended if outcome.ended == FAILED else 'note'}: {_line(outcome)}")

    def _show(self) -> None:
        begun = sum(share * self._work[job] for job, share in self._underway.items())
        share = (self._gone + begun) / self._total if self._total else 0.0
        self._bar.n = min(1.0, share)
        elapsed = time.monotonic() - self._started
        left = f", {duration(elapsed / share - elapsed)} left" if share and self._underway else ""
        count = len(self._work) - len(self._underway)
        self._bar.set_postfix_str(f"{count} of {len(self._work)} pictures{left}", refresh=False)
        self._bar.update(0)


def table(outcomes: Sequence[Outcome], stopped: int = 0) -> list[str]:
    """What came of a batch, in lines.

    Args:
        stopped: jobs that did not come to an end.
    """
    counts = Counter(outcome.ended for outcome in outcomes)
    seconds = [outcome.seconds for outcome in outcomes if outcome.ended == PAINTED]
    each = f"  {sum(seconds) / len(seconds):.1f} s each" if seconds else ""
    lines = [f"{ended:14}{counts[ended]:6}" for ended in (PAINTED, THERE, FAILED)]
    lines[0] += each
    if stopped:
        lines.append(f"{'not begun':14}{stopped:6}")
    failed = [outcome for outcome in outcomes if outcome.ended == FAILED]
    lines += [f"  {_line(outcome)}" for outcome in failed[:SHOWN]]
    if len(failed) > SHOWN:
        lines.append(f"  and {len(failed) - SHOWN} more")
    return lines


def _line(outcome: Outcome) -> str:
    return " ".join(f"{outcome.job}: {outcome.note}".split())
