import os
import subprocess
import sys

import nst.__main__ as cli
from tests.conftest import ROOT

INTERRUPTED = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "torch":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
sys.argv = ["nst", "a.jpg", "b.jpg", "-o", "out.png"]
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


def test_what_is_wrong_is_one_line(capsys):
    assert cli.main(["--no-such-option"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and captured.err.startswith("error: ")
