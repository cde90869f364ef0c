"""Temporary files: one folder, bounded, and gone after whatever end."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio.utils import get_upload_folder
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from web.server import disk

ROOT = Path(__file__).parents[3]
LIVES = """
import sys, tempfile
from web.server.disk import temporary_files
with temporary_files():
    tempfile.mkdtemp(prefix="nst-")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(disk, "YOUNG_SECONDS", -1)
    monkeypatch.setenv("GRADIO_TEMP_DIR", "unset")
    monkeypatch.setattr(gr.mcp, "DEFAULT_TEMP_DIR", "unset")


def test_everything_is_in_one_folder_that_nobody_else_can_read(tmp_path):
    with disk.temporary_files() as own:
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
    disk.sweep()
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
    disk.trim(tmp_path, most_bytes=2500)
    assert sorted(path.name for path in cache.iterdir()) == ["3", "4"]
    disk.trim(tmp_path, most_bytes=2500)
    assert len(list(cache.iterdir())) == 2


def test_old_files_go_in_any_case(tmp_path, monkeypatch):
    (tmp_path / "upload").write_bytes(b"x")
    disk.trim(tmp_path)
    assert (tmp_path / "upload").exists()
    monkeypatch.setattr(disk, "OLDEST_SECONDS", -1)
    disk.trim(tmp_path)
    assert not (tmp_path / "upload").exists()


@pytest.fixture
def tiny_disk(monkeypatch):
    """A disk of 8 kB, which holds what is in the folder alone."""

    def usage(place):
        used = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
        return SimpleNamespace(total=8000, free=8000 - used)

    monkeypatch.setattr(disk.shutil, "disk_usage", usage)


def results(place, count):
    for number in range(count):
        path = place / f"{number}.png"
        path.write_bytes(bytes(1000))
        time.sleep(0.01)  # as files are told apart by when they came
    return place


def test_on_a_small_disk_the_oldest_results_make_room(tmp_path, tiny_disk, monkeypatch):
    results(tmp_path, 7)
    disk.trim(tmp_path)
    assert len(list(tmp_path.iterdir())) == 7  # all of them may still be fetched
    monkeypatch.setattr(disk, "IN_USE_SECONDS", 0)
    disk.trim(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.png" for n in range(1, 7)]


def test_room_is_made_in_the_servers_own_folder_alone(tmp_path, tiny_disk, monkeypatch):
    monkeypatch.setattr(disk, "IN_USE_SECONDS", 0)
    own = tmp_path / f"{disk.PREFIX}own"
    own.mkdir()
    for place in (tmp_path, own):
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        results(place, 8)
        disk.make_room()
        assert len(list(place.glob("*.png"))) == (8 if place == tmp_path else 6)


def test_the_keeper_goes_on_after_a_failure(tmp_path, monkeypatch, caplog):
    done, times = threading.Event(), []

    def trim(_):
        times.append(0)
        if len(times) == 1:
            raise FileNotFoundError("gone under it")
        done.set()

    monkeypatch.setattr(disk, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(disk, "trim", trim)
    disk._keep_small(tmp_path, done)
    assert len(times) == 2 and "not tidied up" in caplog.text


def test_a_file_that_vanishes_meanwhile_is_no_failure(tmp_path, monkeypatch):
    results(tmp_path, 3)
    found = [(0, 1000, tmp_path / "gone.png"), *disk._files(tmp_path)]
    monkeypatch.setattr(disk, "_files", lambda _: found)
    disk.trim(tmp_path, most_bytes=0)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of 6 MB, where this process may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_server_on_a_small_disk_goes_on_painting(
    start_server, small_disk, picture_files, monkeypatch
):
    """Each run leaves a quarter of a megabyte, which visitors have a while to fetch."""
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    address, _, _ = start_server(small_disk)
    client = Client(address, verbose=False, download_files=str(small_disk.parent / "results"))
    files = (handle_file(str(path)) for path in picture_files)
    values = {"iterations": 1, "size": 384, "features": "compact", "init": "noise"}
    values |= dict(zip(("content", "style"), files, strict=True))
    for _ in range(14):  # without room made, the eleventh fails
        try:
            client.predict(**values, api_name="/stylize")
        except AppError as error:
            assert str(error) == disk.FULL
            time.sleep(disk.IN_USE_SECONDS + 1)
            assert client.predict(**values, api_name="/stylize")[1]["done"]
