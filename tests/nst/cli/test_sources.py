import io
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from PIL import Image

from nst.cli import sources
from nst.cli.sources import Sources
from nst.specs import InputError
from tests.conftest import ROOT


@pytest.fixture
def served(picture_files):
    """The web address of a server with the pictures."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            return

    handler = partial(Quiet, directory=str(picture_files[0].parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_web_address_is_fetched_once(served, picture_files):
    with Sources.opened() as found:
        address = f"{served}/{picture_files[0].name}"
        file = found.file(address, "content image")
        assert file.read_bytes() == picture_files[0].read_bytes()
        assert found.file(address, "style image") == file
        with Image.open(picture_files[0]) as image:
            assert found.picture(address, "content image").size == image.size
    assert not file.exists()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{served}/none.png", "cannot be read from http://.*: (File )?[Nn]ot [Ff]ound."),
        ("http://127.0.0.1:9/x.png", "Connection refused"),
        ("http://", "cannot be read from http://"),
        ("{folder}", "The content image is a folder, not a picture."),
        ("none.png", "no such file"),
    ],
)
def test_what_gives_nothing_is_one_sentence(served, tmp_path, source, said):
    with Sources.opened() as found, pytest.raises(InputError, match=said) as caught:
        found.picture(source.format(served=served, folder=tmp_path), "content image")
    assert str(caught.value).startswith("The content image ") and "\n" not in str(caught.value)


def test_pipes_are_read(picture_files, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = picture_files[0].read_bytes()
    threading.Thread(target=pipe.write_bytes, args=[data]).start()
    with Sources.opened() as found:
        assert found.file(str(pipe), "content image").read_bytes() == data


def test_what_is_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(sources, "MAX_FILE_MEGABYTES", 1)
    monkeypatch.setattr(sources.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(bytes(2**20 + 1))))
    with Sources.opened() as found, pytest.raises(InputError, match="1 MB at most"):
        found.file("-", "style image")


def test_a_picture_comes_by_standard_input_and_goes_by_standard_output(picture_files):
    content, style = picture_files
    words = [sys.executable, "-m", "nst", "-", str(style), "-o", "-"]
    words += ["--size", "64", "--iterations", "2", "--features", "compact"]
    done = subprocess.run(words, cwd=ROOT, input=content.read_bytes(), capture_output=True)
    assert done.returncode == 0, done.stderr
    with Image.open(io.BytesIO(done.stdout)) as image:
        assert image.size == (64, 43)
