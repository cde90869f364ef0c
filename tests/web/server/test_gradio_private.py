"""Private names of Gradio and ZeroGPU, in one file alone."""

import ast
import re
from pathlib import Path

from web.server import gradio_private

WEB = Path(gradio_private.__file__).parents[1]
PRIVATE = re.compile(
    r"(gradio|gradio_client|spaces)\.(queueing|server_messages|utils|mcp|config|zero|blocks|routes)"
)


def test_they_were_read_from_the_installed_versions():
    assert gradio_private.other_versions() == {}


def test_another_version_is_noticed(monkeypatch):
    monkeypatch.setattr(gradio_private, "version", lambda name: "6.310.1")
    assert gradio_private.other_versions() == {"gradio": "6.310.1", "spaces": "6.310.1"}


def test_no_other_file_knows_any():
    for path in WEB.rglob("*.py"):
        if path == Path(gradio_private.__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not PRIVATE.match(node.module or ""), path
            elif isinstance(node, ast.Import):
                assert not any(PRIVATE.match(alias.name) for alias in node.names), path
            elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                own = isinstance(node.value, ast.Name) and node.value.id in ("self", "os")
                assert own or node.attr.startswith("__"), (path, node.attr)
