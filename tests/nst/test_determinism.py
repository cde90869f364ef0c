"""The same machine, seed and number of threads: the same bytes."""

from pathlib import Path

import pytest

from nst.settings import SPECS
from tests.served import stylize_pictures

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 24, "size": 160, "features": "compact"}
TINY = VALUES | {"iterations": 2, "size": 64}


def result(files, values):
    """The bytes of a run's file."""
    for picture, progress in stylize_pictures(*files, **values):
        if progress["done"]:
            return Path(picture).read_bytes()
    raise AssertionError("no result")


@pytest.mark.parametrize(
    ("changes", "between"),
    [({}, 30), ({"init": "noise", "seed": 7}, 3), ({"optimizer": "adam"}, 3)],
)
def test_three_runs_and_one_after_many_others_are_equal(picture_files, changes, between):
    files = [str(path) for path in picture_files]
    first, *others = (result(files, VALUES | changes) for _ in range(3))
    for seed in range(between):
        result(files[:: 1 if seed % 2 else -1], TINY | {"seed": seed, "size": 64 + seed % 9})
    assert [*others, result(files, VALUES | changes)] == [first] * 3
