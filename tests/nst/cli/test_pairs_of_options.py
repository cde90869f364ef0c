"""Every option of the command line, and every pair of them, has an effect or is refused."""

import itertools

import numpy as np
import pytest
from PIL import Image

from nst import InputError
from nst.cli.paint import run
from nst.cli.sources import Sources
from nst.settings import SPECS

BASE = ["--size", "64", "--iterations", "3"]
OTHERS = {"mask": "mask.png", "style-mask": "mask.png", "start": "start.png"}
VALUES = {
    "iterations": "4",
    "style-strength": "80",
    "size": "80",
    "style-scale": "0.5",
    "color": "matched",
    "init": "noise",
    "seed": "5",
    "optimizer": "adam",
    "tv-weight": "60",
    "style-loss": "gram",
    **{name.replace("_", "-"): "5" for name in SPECS if name.endswith("weight")},
} | {"tv-weight": "60"}


@pytest.fixture
def painted(tiny, tmp_path, picture_files, monkeypatch):
    """A command's picture, as bytes; None if it is refused."""
    monkeypatch.setattr("nst.cli.optimisation.load_features", lambda name: tiny)
    monkeypatch.setattr("nst.cli.optimisation.tell", lambda words: None)
    mask = np.zeros((64, 96), np.uint8)
    mask[:, :50] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    with Image.open(picture_files[1]) as style:
        style.resize((96, 64)).save(tmp_path / "start.png")
    others = {name: str(tmp_path / file) for name, file in OTHERS.items()}
    out, seen = tmp_path / "out.png", {}

    def paint(names):
        if names not in seen:
            given = ((f"--{name}", (VALUES | others)[name]) for name in sorted(names))
            given = itertools.chain.from_iterable(given)
            command = [*map(str, picture_files), "-o", str(out), *BASE, *given]
            try:
                with Sources.opened() as sources:
                    assert run(command, sources) == 0
                with Image.open(out) as image:
                    seen[names] = image.size, image.tobytes()
            except InputError:
                seen[names] = None
        return seen[names]

    return paint


def test_every_option_and_every_pair_of_them_has_an_effect_or_is_refused(painted):
    assert {name.replace("-", "_") for name in VALUES} == set(SPECS)
    names = [*VALUES, *OTHERS]
    silent = [name for name in names if painted(frozenset({name})) == painted(frozenset())]
    for one, other in itertools.combinations(names, 2):
        both = painted(frozenset({one, other}))
        for alone in ({one}, {other}):
            if both is not None and both == painted(frozenset(alone)):
                silent.append((one, other, alone))
    assert silent == []
