"""The API through a real server and the Gradio Python client."""

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

ROOT = Path(__file__).parents[1]
QUICK = {"iterations": 8, "size": 64, "features": "compact"}


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    yield Client(url, verbose=False)


@pytest.fixture
def pictures(picture_files):
    return {
        name: handle_file(str(path))
        for name, path in zip(("content", "style"), picture_files, strict=True)
    }


def test_the_documented_snippet(client, pictures):
    job = client.submit(**pictures, **QUICK, api_name="/stylize")
    seen = list(job)
    image, progress = job.result()
    assert len(seen) >= 5
    assert all(not p["done"] for _, p in seen[:-1])
    assert Path(seen[1][0]).suffix == ".jpg"
    assert progress["done"] and progress["iteration"] == 8
    with Image.open(image) as result:
        assert result.format == "PNG" and result.size == (64, 43)


def test_the_same_seed_gives_the_same_file(client, pictures):
    results = [
        Path(client.predict(**pictures, **QUICK, init="noise", api_name="/stylize")[0])
        for _ in range(2)
    ]
    assert results[0].read_bytes() == results[1].read_bytes()


@pytest.mark.parametrize("value", [0, -1, 1e9, None, "many", [1], {"a": 1}, True])
def test_bad_values_are_one_sentence(client, pictures, value):
    with pytest.raises(AppError, match=r"^iterations must be a whole number from 1 to 2000, not"):
        client.predict(**pictures, iterations=value, api_name="/stylize")


def test_a_file_that_is_no_picture_is_one_sentence(client, pictures, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a picture")
    with pytest.raises(AppError, match=r"^The style image is not a picture that can be read"):
        client.predict(
            content=pictures["content"], style=handle_file(str(text)), api_name="/stylize"
        )


def test_a_missing_picture_is_one_sentence(client, pictures):
    with pytest.raises(AppError, match=r"^The content image is missing"):
        client.predict(content=None, style=pictures["style"], api_name="/stylize")


def test_cancelling_frees_the_place_for_the_next_run(client, pictures):
    long = client.submit(**pictures, size=64, iterations=2000, api_name="/stylize")
    for _ in itertools.islice(long, 2):
        pass
    long.cancel()
    started = time.monotonic()
    _, progress = client.predict(**pictures, **QUICK, api_name="/stylize")
    assert progress["done"] and time.monotonic() - started < 30


def test_the_example_client(url, picture_files, tmp_path):
    out = tmp_path / "out.png"
    command = [sys.executable, str(ROOT / "examples" / "client.py"), *map(str, picture_files)]
    command += ["-o", str(out), "--url", url, "--iterations", "8", "--size", "64"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("iteration") >= 5
    with Image.open(out) as image:
        assert image.format == "PNG"
