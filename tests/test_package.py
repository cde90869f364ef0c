"""What the package promises as a whole."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nst

ROOT = Path(nst.__file__).parents[1]
SOURCES = sorted(
    path
    for folder in (".", "nst", "page", "training", "benchmarks")
    for path in (ROOT / folder).glob("*.py")
)


def test_public_names_are_exactly_these():
    assert sorted(nst.__all__) == ["InputError", "Settings", "Step", "load_features", "stylize"]


def test_settings_need_no_torch():
    """A value can be refused without loading half a gigabyte of libraries."""
    code = (
        "import sys, types\n"
        "package = types.ModuleType('nst'); package.__path__ = ['nst']\n"
        "sys.modules['nst'] = package  # without its __init__, which imports everything\n"
        "import nst.settings; print('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr


def test_tensors_stay_in_nst():
    for path in [ROOT / "app.py", *(ROOT / "page").glob("*.py")]:
        assert "import torch" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_fit_on_a_screen_and_files_say_their_job(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name
