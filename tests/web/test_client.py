"""The API through a real server and the Gradio Python client."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

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


def test_cancelling_frees_the_place_for_the_next_run(url, client, pictures):
    long = client.submit(**pictures, size=512, iterations=2000, api_name="/stylize")
    *_, (_, progress) = itertools.islice(long, 4)
    other = Client(url, verbose=False)
    waiting = other.submit(**pictures, **QUICK, api_name="/stylize")
    started = time.monotonic()
    long.cancel()
    assert waiting.result()[1]["done"]
    # Without the cancelling, it would have waited for all that was left.
    assert time.monotonic() - started < progress["eta_seconds"] / 4


def test_info_answers_while_a_picture_is_painted(url, client, pictures):
    long = client.submit(**pictures, size=512, iterations=2000, api_name="/stylize")
    next(iter(long))
    told = Client(url, verbose=False).predict(api_name="/info")
    assert told["features"] == "compact" and told["settings"]["size"]["maximum"] == 8192
    assert not long.done()
    long.cancel()


def test_an_instant_painting(client, pictures):
    values = {"style_name": "mosaic", "second_style": "woodcut", "mix": 30, "size": 128}
    image, info = client.predict(content=pictures["content"], **values, api_name="/instant")
    with Image.open(image) as result:
        assert result.format == "PNG" and result.size == (128, 85)
    assert info["style"] == "mosaic" and info["strength"] == 85 and info["device"] == "cpu"
    assert 0 < info["seconds"] < 60 and len(info["network"]) == 8


def test_an_instant_painting_like_ones_own(client, pictures):
    values = {"style_name": "own", "style": pictures["style"], "color": "content", "size": 96}
    image, info = client.predict(content=pictures["content"], **values, api_name="/instant")
    with Image.open(image) as result:
        assert result.format == "PNG" and result.size == (96, 64)
    assert (info["style"], info["color"]) == ("own", "content")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"style_name": "own"},
            r"^The style 'own' is a painting that you give, and none is given\.",
        ),
        ({"color": "sepia"}, r"^color must be one of style, content, matched, not 'sepia'"),
        ({"style_name": "nonsense"}, r"^style_name must be one of .*mosaic.*, not 'nonsense'"),
        ({"style_name": None}, r"^style_name must be one of"),
        ({"strength": -1}, r"^strength must be a number from 0 to 100, not -1"),
        ({"size": 5000}, r"^size must be a whole number from 64 to 4096, not 5000"),
        ({"second_style": ["a"]}, r"^second_style must be one of"),
        ({"mix": "half"}, r"^mix must be a number from 0 to 100, not 'half'"),
        ({"content": None}, r"^The content image is missing"),
    ],
)
def test_bad_values_of_an_instant_painting_are_one_sentence(client, pictures, values, sentence):
    with pytest.raises(AppError, match=sentence):
        client.predict(**{"content": pictures["content"], **values}, api_name="/instant")


def test_an_instant_painting_does_not_wait_for_a_run(url, client, pictures):
    long = client.submit(**pictures, size=512, iterations=2000, api_name="/stylize")
    next(iter(long))
    other = Client(url, verbose=False)
    other.predict(content=pictures["content"], size=64, api_name="/instant")
    assert not long.done()
    long.cancel()


def test_an_estimate_of_a_run(client):
    told = client.predict(width=640, height=480, **QUICK, api_name="/estimate")
    assert told["seconds"] > 0 and told["bytes"] > 0
    with pytest.raises(AppError, match=r"^width must be a whole number from 8 to \d+, not 0"):
        client.predict(width=0, height=480, api_name="/estimate")
