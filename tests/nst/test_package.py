"""What the package promises as a whole."""

import subprocess
import sys
from pathlib import Path

import nst

ROOT = Path(nst.__file__).parents[1]


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
