"""README and docs are true: snippets run, tables are those of `Settings`, links have ends."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nst.instant.names import instant_styles
from nst.settings import INSTANT_SPECS, SPECS
from nst.specs import Range

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
FENCED = re.compile(r"```(python|bash|javascript)\n(.*?)```", re.DOTALL)
SNIPPETS = list(dict.fromkeys(pair for page in PAGES for pair in FENCED.findall(page.read_text())))
"""Languages and snippets, each once: some are in the README and in docs."""
RUNNERS = {
    "bash": ["bash", "-euc"],
    "python": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}
ADDRESS = "http://127.0.0.1:7860"
NOT_RUN = {
    "pip install": "installs packages: .ci/run begins with it",
    "hf auth login": "needs an account: its options are tested",
    "docker build": "needs Docker, and downloads an image",
    "python app.py": "serves until it is stopped",
    "--ray": "starts a cluster: `-m cluster` has a test of it",
    "@gradio/client": "needs a package of npm's",
}
PRINTED = {
    "for step in stylize": r"(.+\n){49}50 50 .+\n",
    "for image, progress in job": r"(.+\n){5,}50 50 0.0\n",
    "for await ([image, progress]": r"(.+\n){5,}50 50 0\n",
    "except AppError": r"iterations must be a whole number from 1 to 2000, not 0\.\n",
    'api_name="/info"': r"cpu 8192\n[\d.e-]+ \d+\n",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder that looks like the checkout, for one snippet after the other to write into."""
    folder = tmp_path_factory.mktemp("checkout")
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name != "results":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_the_snippet_runs(number, url, checkout):
    language, snippet = SNIPPETS[number]
    for words, reason in NOT_RUN.items():
        if words in snippet:
            pytest.skip(reason)
    if shutil.which(RUNNERS[language][0]) is None:
        pytest.skip(f"{RUNNERS[language][0]} is not installed")
    snippet = snippet.replace(ADDRESS, url).replace(".venv/bin/python", sys.executable)
    snippet = snippet.replace("examples/batch.py", f"examples/batch.py --url {url}")
    snippet = re.sub(r"(curl.sh .+)", rf"\1 {url}", snippet)
    snippet = "\n".join(_quick(line) for line in snippet.splitlines())
    result = subprocess.run(
        [*RUNNERS[language], snippet],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "ITERATIONS": "8", "SIZE": "64"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    for words, pattern in PRINTED.items():
        if words in snippet:
            assert re.search(rf"^{pattern}\Z", result.stdout, re.MULTILINE), result.stdout


def _quick(line: str) -> str:
    """A line whose command, if it paints, paints a small picture and not for long."""
    if "-m nst" not in line and "batch.py" not in line:
        return line
    at_once = "--instant" in line or "nst sheet" in line
    options = "--size 64" if at_once else "--iterations 8 --size 64"
    return line.replace(" -o ", f" {options} -o ")


def test_the_commands_of_the_hub_have_these_options():
    (snippet,) = (text for _, text in SNIPPETS if "hf auth login" in text)
    for line in snippet.splitlines():
        words = line.split()[1:]
        commands = list(itertools.takewhile(lambda word: re.fullmatch("[a-z]+", word), words))
        told = subprocess.run(
            [sys.executable, "-m", "huggingface_hub.cli.hf", *commands, "--help"],
            capture_output=True,
            text=True,
        )
        assert told.returncode == 0
        assert all(word in told.stdout for word in words if word.startswith("--"))


@pytest.mark.parametrize(
    ("name", "spec", "table"),
    [*((name, spec, 0) for name, spec in SPECS.items())]
    + [(name, spec, 1) for name, spec in INSTANT_SPECS.items() if name != "style"],
)
def test_the_table_gives_every_setting_with_its_default(name, spec, table):
    tables = SETTINGS.split("An instant painting has settings of its own:")
    rows = [line for line in tables[table].splitlines() if line.startswith("| `")]
    if re.fullmatch(r"relu\d_1_weight", name):
        name = "relu1_1_weight"
    (row,) = (line for line in rows if f"`{name}`" in line)
    cells = [cell.strip() for cell in row.split("|")]
    default = f"{spec.default:g}" if isinstance(spec, Range) else spec.default
    assert cells[2] == default
    if isinstance(spec, Range) and cells[3]:
        assert cells[3] == f"{spec.minimum:g} … {spec.maximum:g}"


def test_the_table_names_every_instant_style():
    assert f"| {', '.join(instant_styles())} |" in SETTINGS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_links_to_is_there(page):
    for file, heading in re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", page.read_text()):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in _anchors(target), f"{file}#{heading}"


def _anchors(page: Path) -> set[str]:
    """What the headings of a page are linked to by."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_container_gets_files_that_are_there():
    """The Dockerfile's sources exist, are let through to it, and its lists are lists."""
    docker = (ROOT / "Dockerfile").read_text()
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    sources = " ".join(re.findall(r"^COPY (.+) \S+$", docker, re.MULTILINE)).split()
    assert {"app.py", "nst", "web", "examples", "requirements.txt"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists() and f"!{source}" in let_through
    for words in re.findall(r"^ *CMD (.+)$", docker, re.MULTILINE):
        assert json.loads(words)[0] == "python"
