"""Weights that ship with the project, in every way in which a file can be broken."""

import os

import pytest
import torch
from safetensors.torch import load_file, save_file

import app
import nst.__main__ as cli
from nst import InputError, load_features
from nst.features import compact
from nst.features.compact import COMPACT_FILE
from nst.features.vgg19 import load_vgg19
from nst.instant import named
from nst.instant.names import INSTANT_FILE, instant_styles
from web.server.serve import serve
from web.server.server import Server

LOADERS = {COMPACT_FILE: "compact", INSTANT_FILE: "instant"}


def load(path, original, monkeypatch):
    if original == INSTANT_FILE:
        return named.load_instant(path=path)
    monkeypatch.setattr(compact, "COMPACT_FILE", path)
    return load_features("compact")


def broken(how, original, tmp_path):
    """A copy of a file of weights that is broken in a way."""
    path = tmp_path / original.name
    whole = original.read_bytes()
    if how in ("empty", "truncated", "header only"):
        path.write_bytes(whole[: {"empty": 0, "truncated": len(whole) // 2, "header only": 9}[how]])
    elif how == "folder":
        path.mkdir()
    elif how != "missing":
        weights = load_file(original)
        name = next(iter(weights))
        if how == "nan":
            weights[name].view(-1)[0] = torch.nan
        elif how == "huge":
            weights[name] = weights[name].float()
            weights[name].view(-1)[0] = 1e30
        else:
            weights = {"other": torch.zeros(3)}
        save_file(weights, path)
    return path


@pytest.mark.parametrize("original", LOADERS, ids=LOADERS.values())
@pytest.mark.parametrize(
    "how", ["missing", "empty", "truncated", "header only", "folder", "nan", "huge", "other"]
)
def test_a_broken_file_is_one_sentence(how, original, tmp_path, monkeypatch):
    path = broken(how, original, tmp_path)
    with pytest.raises(InputError, match=f"are missing or damaged: get {original.name}"):
        load(path, original, monkeypatch)


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "folder", "other"])
def test_without_their_file_there_are_no_instant_styles(how, tmp_path):
    assert instant_styles(broken(how, INSTANT_FILE, tmp_path)) == ()


def test_the_command_line_says_it(tmp_path, monkeypatch, capsys, picture_files):
    monkeypatch.setattr(compact, "COMPACT_FILE", broken("truncated", COMPACT_FILE, tmp_path))
    words = [*map(str, picture_files), "-o", str(tmp_path / "out.png"), "--features", "compact"]
    assert cli.main(words) == 2
    assert capsys.readouterr().err.startswith("error: The weights of the compact network")


def test_the_server_says_it_and_does_not_start(monkeypatch):
    def missing():
        raise InputError("The weights of the compact network are missing.")

    server = Server()
    monkeypatch.setattr(server.networks, "load", missing)
    with pytest.raises(SystemExit, match="error: The weights of the compact network are missing"):
        serve(server, app.build, began=0.0)


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "vgg19.safetensors"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match=r"cannot be used \(vgg19.safetensors\)"):
        load_vgg19(pipe)
