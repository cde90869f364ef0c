"""Locks on files, on systems with and without fcntl."""

import importlib
import sys
from types import SimpleNamespace

import pytest

from web.server import file_lock


def test_a_file_is_locked_once_until_it_is_closed(tmp_path):
    path = tmp_path / ".lock"
    with path.open("w") as first, path.open("a") as second:
        file_lock.lock(first)
        with pytest.raises(OSError):
            file_lock.lock(second)
    with path.open("a") as third:
        file_lock.lock(third)


def test_it_works_by_other_means_where_there_is_no_fcntl(monkeypatch, tmp_path):
    calls = []
    windows = SimpleNamespace(LK_NBLCK=7, locking=lambda *given: calls.append(given))
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    there = importlib.reload(file_lock)
    with (tmp_path / ".lock").open("w") as file:
        there.lock(file)
        assert calls == [(file.fileno(), 7, 1)]
    monkeypatch.undo()
    importlib.reload(file_lock)
