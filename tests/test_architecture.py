"""The rooms: how large they are, what each says of itself, and who may know whom."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("nst", "web", "training", "benchmarks", "examples", "tests")
SOURCES = [ROOT / "app.py", *(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))]
FORBIDDEN = (
    ("nst", ("web", "gradio", "spaces", "training", "benchmarks")),
    ("web", ("training", "benchmarks", "torch")),
    ("web.server", ("web.runs", "web.page")),
    ("web.runs", ("web.page",)),
    *((f"nst.{low}", ("nst.transfer", "nst.cli")) for low in ("loss", "optim", "features")),
    ("nst.pictures", ("nst.transfer", "nst.cli", "nst.features", "nst.optim", "nst.loss")),
    ("nst.machine", ("nst.transfer", "nst.cli", "nst.pictures", "nst.features", "nst.loss")),
    *((f"nst.{name}", ("torch",)) for name in ("settings", "roles", "instant.names")),
    *((f"nst.machine.{name}", ("torch",)) for name in ("groups", "run_out", "threads")),
    ("nst.pictures.alpha", ("torch",)),
)
"""Who must not import whom, themselves or what is inside them."""
LONGEST_FUNCTION, USUAL_FUNCTION, LONGEST_FILE, MOST_FILES = 40, 22, 300, 14
"""Lines of any function, of nine in ten, of a file; files in a folder of what people run."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_start(path: Path) -> Iterator[str]:
    """The modules that are imported when a file is."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")


@pytest.mark.parametrize(
    ("room", "others"), FORBIDDEN, ids=lambda x: x if isinstance(x, str) else ""
)
def test_floors_only_look_down(room, others):
    looked = {
        (module_of(path), name)
        for path in SOURCES
        if within(module_of(path), room)
        for name in imports_of(path)
        if any(within(name, other) for other in others)
    }
    assert not looked


def test_nobody_imports_in_a_circle():
    modules = {module_of(path): path for path in SOURCES}
    left = {m: {n for n in at_start(p) if n in modules and n != m} for m, p in modules.items()}
    while free := {module for module, needed in left.items() if not needed & left.keys()}:
        left = {module: needed for module, needed in left.items() if module not in free}
    assert not left


def functions_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module_of(path)}.{node.name}", node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_files_say_their_job_and_functions_fit_on_a_screen(path):
    assert within(module_of(path), "tests") or ast.get_docstring(ast.parse(path.read_text()))
    assert [pair for pair in functions_of(path) if pair[1] > LONGEST_FUNCTION] == []
    if not within(module_of(path), "tests"):
        assert len(path.read_text().splitlines()) <= LONGEST_FILE


def test_most_functions_are_short():
    lengths = sorted(length for path in SOURCES for _, length in functions_of(path))
    assert lengths[len(lengths) * 9 // 10] <= USUAL_FUNCTION


def test_folders_can_be_seen_at_a_glance():
    folders = itertools.groupby(sorted(SOURCES), key=lambda path: path.parent)
    sizes = {f.relative_to(ROOT): sum(p.name != "__init__.py" for p in ps) for f, ps in folders}
    ours = {
        folder: size for folder, size in sizes.items() if folder.parts[:1] in (("nst",), ("web",))
    }
    assert {folder: size for folder, size in ours.items() if size > MOST_FILES} == {}


def test_the_app_reads_as_a_table_of_contents():
    assert len((ROOT / "app.py").read_text().splitlines()) < 40
