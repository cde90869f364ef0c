"""What is told of a batch at its end."""

from pathlib import Path

from nst.batch.jobs import Job
from nst.batch.run import FAILED, PAINTED, THERE, Outcome
from nst.cli.tally import SHOWN, table

JOB = Job(Path("a.jpg"), "waves", Path("out.png"))


def test_the_table_counts_and_names_what_failed():
    outcomes = [Outcome(JOB, PAINTED, 1.0), Outcome(JOB, PAINTED, 4.0), Outcome(JOB, THERE)]
    failed = [Outcome(JOB, FAILED, 9.0, "The disk\nis full.")]
    assert table(outcomes + failed, stopped=7) == [
        "painted            2  2.5 s each",
        "already there      1",
        "failed             1",
        "not begun          7",
        "  a.jpg + waves: The disk is full.",
    ]


def test_many_failures_are_named_in_part():
    lines = table([Outcome(JOB, FAILED, note="It is bad.")] * (SHOWN + 2))
    assert len(lines) == 3 + SHOWN + 1 and lines[-1] == "  and 2 more"
