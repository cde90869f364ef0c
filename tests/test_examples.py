"""The examples: pictures that are usable, credited and drawn by the script; programs that run."""

import importlib
import io
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.utils import Status
from PIL import Image

from web.server.limits import PLACES

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CONTENTS = sorted((EXAMPLES / "content").glob("*.*"))
PAINTINGS = sorted((EXAMPLES / "paintings").glob("*.*"))
STYLES = sorted((EXAMPLES / "styles").glob("*.*"))
# The quickest styles to draw stand for all in the tests that draw.
QUICK = ("pointillism", "waves")


@pytest.fixture
def draw_styles(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    return importlib.import_module("draw_styles")


def pixels(picture):
    return np.asarray(picture.convert("RGB"), np.float32)


def test_there_is_a_choice_of_pictures():
    assert len(CONTENTS) >= 4
    assert len(PAINTINGS) >= 8
    assert len(STYLES) >= 7


@pytest.mark.parametrize("path", CONTENTS, ids=lambda path: path.name)
def test_content_is_a_light_rgb_jpeg(path):
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert 450 <= max(picture.size) <= 768
    assert path.stat().st_size <= 150_000


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_style_is_a_light_rgb_jpeg_full_of_structure(path):
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert picture.size == (768, 576)
        grey = np.asarray(picture.convert("L"), np.float32)
    assert path.stat().st_size <= 250_000
    # No patch of a style may be flat: its texture is what the transfer takes from it.
    patches = grey.reshape(6, 96, 8, 96).std(axis=(1, 3))
    assert patches.min() > 3


@pytest.mark.parametrize("path", PAINTINGS, ids=lambda path: path.name)
def test_painting_is_a_light_rgb_jpeg_without_a_profile_of_its_own(path):
    with Image.open(path) as picture:
        picture.load()
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert 700 <= max(picture.size) <= 1024
        assert "icc_profile" not in picture.info and not picture.getexif()
    assert path.stat().st_size <= 150_000


@pytest.mark.parametrize("path", PAINTINGS, ids=lambda path: path.name)
def test_painting_is_by_a_painter_who_died_seventy_years_ago(path):
    credits_text = (EXAMPLES / "CREDITS.md").read_text(encoding="utf-8")
    row = next(line for line in credits_text.splitlines() if f"| `paintings/{path.name}` " in line)
    _, _, what, painter, year, rights, changed, _ = map(str.strip, row.split("|"))
    died = int(re.search(r"\(\d{4}–(\d{4})\)", painter)[1])
    assert died < 1956 and rights == "Public domain" and changed
    assert painter.partition(" (")[0] in what and year[0].lower() + year[1:] in what


@pytest.mark.parametrize("path", CONTENTS + PAINTINGS + STYLES, ids=lambda path: path.name)
def test_credits_name_every_file(path):
    credits_text = (EXAMPLES / "CREDITS.md").read_text(encoding="utf-8")
    assert f"`{path.parent.name}/{path.name}`" in credits_text


def test_every_style_is_shipped_and_none_beside_them(draw_styles):
    assert {path.stem for path in STYLES} == set(draw_styles.STYLES)


def test_drawing_is_deterministic(draw_styles):
    first, second = (draw_styles.draw_style(QUICK[0], width=256) for _ in range(2))
    assert first.size == (256, 192)
    np.testing.assert_array_equal(pixels(first), pixels(second))


@pytest.mark.parametrize("name", QUICK)
def test_shipped_file_is_what_the_script_draws(draw_styles, name):
    drawn = Image.open(io.BytesIO(draw_styles.encode(draw_styles.draw_style(name))))
    with Image.open(EXAMPLES / "styles" / f"{name}.jpg") as shipped:
        difference = np.abs(pixels(drawn) - pixels(shipped)).mean()
    # 0 with the same pillow and numpy; others may rasterise an edge a little differently.
    assert difference < 4


def test_script_writes_the_named_styles_only(draw_styles, tmp_path):
    draw_styles.main(["--out", str(tmp_path), QUICK[0]])
    assert [path.name for path in tmp_path.iterdir()] == [f"{QUICK[0]}.jpg"]


def test_script_refuses_an_unknown_style(draw_styles, capsys):
    with pytest.raises(SystemExit):
        draw_styles.main(["no-such-style"])
    assert "no such style: no-such-style" in capsys.readouterr().err


@pytest.fixture
def photographs(tmp_path):
    """A folder of three pictures, two of which differ in the ending only."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("a.jpg", "a.png", "b.jpg"):
        Image.effect_noise((96, 64), 64).convert("RGB").save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    return folder


def command(*words, url):
    """The command of the example batch, quick."""
    script = str(EXAMPLES / "batch.py")
    options = ["--url", url, "--iterations", "8", "--size", "64"]
    return [sys.executable, script, *map(str, words), *options]


def run(words):
    result = subprocess.run(words, capture_output=True, text=True, timeout=120)
    return result.returncode, result.stdout, result.stderr


def test_the_client_paints_and_prints_the_progress(url, picture_files, tmp_path):
    out = tmp_path / "out.png"
    script = str(EXAMPLES / "client.py")
    options = ["-o", str(out), "--url", url, "--iterations", "8", "--size", "64"]
    code, printed, errors = run([sys.executable, script, *map(str, picture_files), *options])
    assert code == 0, errors
    assert printed.count("iteration") >= 5
    with Image.open(out) as image:
        assert image.format == "PNG"


@pytest.mark.parametrize("out", ["folder.png", "no/such/folder/out.png", f"{'n' * 300}.png"])
def test_the_client_proves_the_place_before_it_asks(picture_files, tmp_path, out):
    (tmp_path / "folder.png").mkdir()
    words = [sys.executable, str(EXAMPLES / "client.py"), *map(str, picture_files)]
    code, printed, errors = run([*words, "-o", str(tmp_path / out), "--url", "http://127.0.0.1:9"])
    assert (code, printed) == (2, "") and errors.startswith("error: ")
    assert errors.count("\n") == 1 and "127.0.0.1" not in errors


def test_a_batch_paints_what_has_no_result_and_nothing_else(url, photographs, tmp_path):
    words = command(photographs, STYLES[0], "-o", tmp_path / "out", url=url)
    code, printed, errors = run(words)
    assert (code, errors) == (0, "") and "3 of 3 pictures" in printed
    results = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in results] == ["a.jpg.png", "a.png.png", "b.jpg.png"]
    for path in results:
        with Image.open(path) as image:
            assert image.size == (64, 43)
    kept = results[0].stat().st_mtime_ns
    results[1].unlink()
    code, printed, _ = run(words)
    assert code == 0 and "1 of 3 pictures" in printed and "a.png: " in printed
    assert results[1].exists() and results[0].stat().st_mtime_ns == kept


def test_a_batch_goes_on_after_a_picture_that_cannot_be_used(url, photographs, tmp_path):
    (photographs / "a.jpg").write_text("not a picture")
    code, _, errors = run(command(photographs, STYLES[0], "-o", tmp_path / "out", url=url))
    assert code == 1 and errors.startswith("a.jpg: The content image is not a picture")
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_batch_goes_on_after_names_that_are_no_pictures(url, photographs, tmp_path):
    (photographs / "dead.jpg").symlink_to("/nowhere.jpg")
    (photographs / "album.jpg").mkdir()
    (photographs / "a.jpg").rename(photographs / "a.jfif")
    (photographs / "._b.jpg").write_text("what a Mac writes beside b.jpg")
    (photographs / ".DS_Store").write_text("and into every folder")
    code, printed, errors = run(command(photographs, STYLES[0], "-o", tmp_path / "out", url=url))
    assert code == 1 and "3 of 5 pictures" in printed
    assert errors == "album.jpg: it is a folder.\ndead.jpg: there is no such file.\n"
    results = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert results == ["a.jfif.png", "a.png.png", "b.jpg.png"]


@pytest.mark.parametrize("missing", ["style", "folder", "place"])
def test_a_batch_that_cannot_begin_says_why(photographs, tmp_path, missing):
    (tmp_path / "file").write_text("where the folder of results should be")
    folder = tmp_path / "none" if missing == "folder" else photographs
    style = tmp_path / "none.jpg" if missing == "style" else STYLES[0]
    out = tmp_path / ("file" if missing == "place" else "out")
    code, _, errors = run(command(folder, style, "-o", out, url="http://127.0.0.1:9"))
    assert code == 2
    assert errors.startswith("error: ") and errors.count("\n") == 1


def test_a_batch_that_is_stopped_leaves_whole_pictures_and_goes_on(url, photographs, tmp_path):
    words = command(photographs, STYLES[0], "-o", tmp_path / "out", url=url)
    slow = [*words[:-3], "2000", "--size", "512"]
    with subprocess.Popen(slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as batch:
        assert "3 of 3 pictures" in batch.stdout.readline()
        time.sleep(1)
        batch.send_signal(signal.SIGINT)
        assert batch.wait(60) == 130
        assert batch.stderr.read() == "Stopped; the same command goes on.\n"
    assert not list((tmp_path / "out").iterdir())
    assert run(words)[0] == 0 and len(list((tmp_path / "out").iterdir())) == 3


def test_a_batch_tries_again_when_the_queue_is_full(url, photographs, picture_files, tmp_path):
    pictures = [handle_file(str(path)) for path in picture_files]
    jobs = []
    while not any(job.done() for job in jobs):  # until one is refused
        other = Client(url, verbose=False)
        for _ in range(PLACES):
            job = other.submit(*pictures, size=512, iterations=2000, api_name="/stylize")
            while job.status().code in (Status.STARTING, Status.JOINING_QUEUE, Status.SENDING_DATA):
                time.sleep(0.01)
            jobs.append(job)
    words = command(photographs, STYLES[0], "-o", tmp_path / "out", url=url)
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as batch:
        assert batch.stderr.readline().startswith("The queue is full, try again in about")
        for job in jobs:
            job.cancel()
        assert batch.wait(120) == 0
    assert len(list((tmp_path / "out").iterdir())) == 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_the_curl_script_paints_and_passes_errors_on(url, picture_files, tmp_path, monkeypatch):
    monkeypatch.setenv("ITERATIONS", "8")
    monkeypatch.setenv("SIZE", "64")
    # Names in which curl's -F finds more than a name.
    content = picture_files[0].rename(tmp_path / 'a;type=b, "c".png')
    files = [str(content), str(picture_files[1]), str(tmp_path / "out.png")]
    words = [str(EXAMPLES / "curl.sh"), *files, url]
    code, printed, errors = run(words)
    assert code == 0, errors
    assert printed.count("iteration") >= 5
    with Image.open(tmp_path / "out.png") as image:
        assert image.format == "PNG" and image.size == (64, 43)
    monkeypatch.setenv("ITERATIONS", "0")
    code, _, errors = run(words)
    assert code != 0 and "iterations must be a whole number" in errors
