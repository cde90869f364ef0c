"""The README is true: its snippets run, its table is that of `Settings`, its front matter fits."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import RepoCard

from nst.settings import SPECS, Range

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def run(snippet: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", snippet], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_python_snippet_runs(tmp_path):
    (snippet,) = (s for s in SNIPPETS if "from nst" in s)
    lines = run(snippet.replace("result.png", str(tmp_path / "result.png"))).splitlines()
    assert len(lines) == 50 and lines[-1].startswith("50 50 ")
    assert (tmp_path / "result.png").exists()


def test_the_client_snippet_runs(url):
    (snippet,) = (s for s in SNIPPETS if "gradio_client" in s)
    assert "http://127.0.0.1:7860" in snippet
    lines = run(snippet.replace("http://127.0.0.1:7860", url)).splitlines()
    assert len(lines) >= 6 and lines[-1].startswith("50 50 ")


@pytest.mark.parametrize("name", SPECS)
def test_the_table_gives_every_setting_with_its_default(name):
    spec = SPECS[name]
    rows = [line for line in README.splitlines() if line.startswith("| `")]
    if re.fullmatch(r"relu\d_1_weight", name):
        name = "relu1_1_weight"
    (row,) = (line for line in rows if f"`{name}`" in line)
    cells = [cell.strip() for cell in row.split("|")]
    default = f"{spec.default:g}" if isinstance(spec, Range) else spec.default
    assert cells[2] == default
    if isinstance(spec, Range) and cells[3]:
        assert cells[3] == f"{spec.minimum:g} … {spec.maximum:g}"


def test_the_front_matter_is_a_spaces():
    card = RepoCard.load(ROOT / "README.md").data.to_dict()
    pins = dict(
        line.split("==")
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if "==" in line
    )
    assert card["sdk"] == "gradio" and card["sdk_version"] == pins["gradio"]
    assert (ROOT / card["app_file"]).exists()
    assert len(card["short_description"]) <= 60
    assert card["preload_from_hub"] == ["timm/vgg19.tv_in1k model.safetensors"]


def test_every_file_that_the_readme_names_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
