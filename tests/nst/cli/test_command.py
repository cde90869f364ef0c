import os
import subprocess
import sys

import pytest

import nst.__main__ as cli
from nst import recipe
from tests.conftest import ROOT

INTERRUPTED = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "torch":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
picture = "examples/content/cat.jpg"
sys.argv = ["nst", picture, picture, "-o", "-"]
runpy.run_module("nst", run_name="__main__")
"""


def test_ctrl_c_while_torch_is_loaded_is_no_traceback():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_a_terminal_that_knows_ascii_alone_gets_the_help():
    for arguments in (["--help"], ["--instant", "mosaic", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "nst", *arguments],
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        )
        assert (done.returncode, done.stderr) == (0, b"") and b"default" in done.stdout


REFUSED = """
import contextlib, sys
from nst.__main__ import main
with contextlib.suppress(SystemExit):  # of --help
    main(sys.argv[1:])
print([name for name in ("torch", "scipy", "matplotlib") if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["--instant", "mosaic", "--help"],
        ["sheet", "--help"],
        ["batch", "--help"],
        ["batch", "--instant", "mosaic", "--help"],
        ["batch", "no such folder", "--style", "README.md", "-o", "out"],
        ["batch", "examples/content", "--instant", "no such style", "-o", "out"],
        ["no such file", "no such file", "-o", "out.png"],
        ["README.md", "README.md", "-o", "out.png"],
        ["a.jpg", "b.jpg", "-o", "out.png", "--iterations", "0"],
        ["a.jpg", "b.jpg", "-o", "out.png", "--features", "big"],
        ["a.jpg", "b.jpg", "-o", "out.png", "--recipe", "examples/content/cat.jpg"],
        ["a.jpg", "-o", "out.png", "--instant", "no such style"],
        ["sheet", "a.jpg", "-o", "out.png", "--size", "0"],
    ],
    ids=" ".join,
)
def test_what_needs_no_torch_is_told_without_it(arguments):
    done = subprocess.run(
        [sys.executable, "-c", REFUSED, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr.splitlines()[-1] == "[]", done.stderr
    assert bool(done.stdout) != ("error: " in done.stderr)


def test_the_version_is_the_recipes(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0 and capsys.readouterr().out == f"nst {recipe.VERSION}\n"


def test_what_is_wrong_is_one_line(capsys):
    assert cli.main(["--no-such-option"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and captured.err.startswith("error: ")
