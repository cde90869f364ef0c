"""Temporary files: one folder, bounded, and gone after whatever end."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import gradio as gr
import pytest
from gradio.utils import get_upload_folder

from page import folder

ROOT = Path(__file__).parents[1]
LIVES = """
import sys, tempfile
from page.folder import temporary_files
with temporary_files():
    tempfile.mkdtemp(prefix="nst-")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(folder, "YOUNG_SECONDS", -1)
    monkeypatch.setenv("GRADIO_TEMP_DIR", "unset")
    monkeypatch.setattr(gr.mcp, "DEFAULT_TEMP_DIR", "unset")


def test_everything_is_in_one_folder_that_nobody_else_can_read(tmp_path):
    with folder.temporary_files() as own:
        assert own.parent == tmp_path and own.stat().st_mode & 0o077 == 0
        assert Path(tempfile.mkdtemp(prefix="nst-")).parent == own
        assert Path(get_upload_folder()).parent == own
        assert get_upload_folder() == gr.mcp.DEFAULT_TEMP_DIR
    assert not list(tmp_path.iterdir()) and tempfile.tempdir == str(tmp_path)


def test_what_a_killed_server_left_is_swept_and_a_living_ones_is_not(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", LIVES],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for server in servers:
        assert server.stdout.readline() == b"ready\n"
    left = set(tmp_path.iterdir())
    assert len(left) == 2
    servers[0].send_signal(signal.SIGKILL)
    servers[0].wait()
    other = tmp_path / "nst-else"
    other.mkdir()
    folder.sweep()
    now = set(tmp_path.iterdir())
    assert len(now & left) == 1 and other in now
    servers[1].communicate()
    assert set(tmp_path.iterdir()) == {other}


def test_the_oldest_files_go_when_there_are_too_many_bytes(tmp_path):
    cache = tmp_path / "gradio"
    for number in range(5):
        path = cache / str(number) / "picture.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(1000))
        os.utime(path, (number, number))  # what counts is when it came, not what it says
    folder.trim(tmp_path, most_bytes=2500)
    assert sorted(path.name for path in cache.iterdir()) == ["3", "4"]
    folder.trim(tmp_path, most_bytes=2500)
    assert len(list(cache.iterdir())) == 2


def test_old_files_go_in_any_case(tmp_path, monkeypatch):
    (tmp_path / "upload").write_bytes(b"x")
    folder.trim(tmp_path)
    assert (tmp_path / "upload").exists()
    monkeypatch.setattr(folder, "OLDEST_SECONDS", -1)
    folder.trim(tmp_path)
    assert not (tmp_path / "upload").exists()
