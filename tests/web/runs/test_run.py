"""The run behind the page and the API, without a server."""

import errno
import itertools
import json
import pickle
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from nst import Settings
from nst.settings import SPECS
from tests.served import SERVICES, stylize_pictures
from web.runs import files as run_files
from web.runs.refusals import Refused
from web.runs.run import Asked
from web.server.disk import FULL

DEFAULTS = {name: spec.default for name, spec in SPECS.items()}
VALUES = {**DEFAULTS, "iterations": 12, "size": 64, "features": "compact"}
KEYS = [
    "iteration",
    "total",
    "size",
    "content_loss",
    "style_loss",
    "tv_loss",
    "seconds",
    "eta_seconds",
    "features",
    "device",
    "done",
    "run",
    "note",
    "share",
]


@pytest.fixture
def files(picture_files):
    return [str(path) for path in picture_files]


def test_a_full_disk_is_said_in_one_sentence(files, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run_files, "save_image", full)
    with pytest.raises(gr.Error) as caught:
        list(stylize_pictures(*files, **VALUES))
    assert caught.value.message == FULL


def test_a_run_streams_jpeg_previews_and_ends_with_a_png(files):
    formats, progresses = [], []
    for path, progress in stylize_pictures(*files, **VALUES):
        with Image.open(path) as image:  # it is there while it is shown
            formats.append(image.format)
            features = image.info.get("Features")
        progresses.append(progress)
    assert formats == ["JPEG"] * (len(formats) - 1) + ["PNG"]
    assert features == "compact"
    assert all(list(progress) == KEYS for progress in progresses)
    assert [p["iteration"] for p in progresses] == list(range(13))
    assert [p["done"] for p in progresses] == [False] * 12 + [True]
    assert progresses[-1]["eta_seconds"] == 0
    assert progresses[-1]["features"] == "compact" and progresses[-1]["device"] == "cpu"


def test_something_is_yielded_before_the_gpu_is_asked_for(files, monkeypatch):
    def never(*_):
        raise AssertionError("the GPU was asked for")

    monkeypatch.setattr(SERVICES.runs, "_on_gpu", never)
    run = stylize_pictures(*files, **VALUES)
    path, progress = next(run)
    assert Path(path).exists() and progress["iteration"] == 0
    run.close()


def test_files_are_gone_after_the_run_and_after_a_stop(files):
    folders = set()
    for stop_after in (2, 100):
        run = stylize_pictures(*files, **VALUES)
        for path, _ in itertools.islice(run, stop_after):
            folders.add(Path(path).parent)
        run.close()
    assert len(folders) == 2 and not any(folder.exists() for folder in folders)


def test_a_run_in_tiles_tells_of_them_and_ends_within_one(files, seen_in_tiles):
    run, told = stylize_pictures(*files, **VALUES | {"size": 128}), []
    for path, progress in run:
        picture = Path(path)
        told.append((progress["iteration"] + progress["share"]) / 12)
        if progress["iteration"] == 2 and progress["share"] > 0.5:
            break
    tiles = len(seen_in_tiles)
    assert picture.exists()
    assert len(set(told)) > 20 and told == sorted(told)
    assert progress["eta_seconds"] > 0 and progress["size"] == 128 and progress["style_loss"]
    run.close()
    assert len(seen_in_tiles) == tiles and not picture.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"iterations": 0}, "iterations must be a whole number from 1 to 2000, not 0."),
        ({"iterations": None}, "iterations must be a whole number from 1 to 2000, not None."),
        ({"style_strength": float("nan")}, "style_strength must be a number from 0 to 100"),
        ({"size": "big"}, "size must be a whole number from 64 to 8192, not 'big'."),
        ({"init": ["noise"]}, "init must be one of content, noise, style"),
        ({"features": None}, "features must be one of auto, vgg19, compact, not None."),
    ],
)
def test_bad_values_reach_the_visitor_as_a_sentence(files, change, sentence, caplog):
    with pytest.raises(gr.Error, match="must be") as caught:
        next(stylize_pictures(*files, **{**VALUES, **change}))
    assert caught.value.message.startswith(sentence)
    assert not caught.value.print_exception and not caplog.records


def test_missing_and_damaged_pictures_reach_the_visitor_as_a_sentence(files, tmp_path):
    with pytest.raises(gr.Error, match="The content image is missing"):
        next(stylize_pictures(None, files[1], **VALUES))
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"nothing")
    with pytest.raises(gr.Error, match="The style image is not a picture"):
        next(stylize_pictures(files[0], str(damaged), **VALUES))


def test_unexpected_failures_are_logged_and_not_shown(files, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("a secret path")

    monkeypatch.setattr(SERVICES.runs, "_on_gpu", broken)
    with pytest.raises(gr.Error) as caught:
        list(stylize_pictures(*files, **VALUES))
    assert "secret" not in caught.value.message
    assert "a secret path" in caplog.text


def test_what_crosses_to_the_gpu_worker_can_be_pickled(files):
    content, style = (Image.open(path) for path in files)
    pictures = {"content": content, "style": [style], "mask": None, "start": None}
    asked = Asked(pictures, Settings(iterations=2, size=64), "compact", None)
    pickle.dumps(asked)
    for yielded in SERVICES.runs._on_gpu(asked, 10):
        assert pickle.loads(pickle.dumps(yielded)).step.total == 2


def last(*files, **values):
    *_, (path, progress) = (
        (Path(path).read_bytes(), progress) for path, progress in stylize_pictures(*files, **values)
    )
    return path, progress


def test_a_run_goes_on_where_another_ended(files, tmp_path):
    whole, _ = last(*files, **VALUES | {"iterations": 24})
    _, first = last(*files, **VALUES)
    second, progress = last(*files, **VALUES, resume=first["run"])
    (tmp_path / "second.png").write_bytes(second)
    (tmp_path / "whole.png").write_bytes(whole)
    a, b = (Image.open(tmp_path / name) for name in ("second.png", "whole.png"))
    assert a.tobytes() == b.tobytes()
    assert json.loads(a.info["Recipe"])["before"] == 12
    assert progress["run"] not in (None, first["run"])


def test_a_run_that_cannot_go_on_says_why(files):
    _, first = last(*files, **VALUES)
    for values, said in (
        (VALUES | {"resume": "unheard of"}, "is not kept any more"),
        (VALUES | {"resume": 7}, "is not kept any more"),
        (VALUES | {"resume": first["run"], "size": 80}, "because its size changed"),
    ):
        with pytest.raises(gr.Error, match=said):
            last(*files, **values)


def test_more_styles_masks_and_a_start(files):
    content, style = files
    values = VALUES | {"init": "image", "start": style, "style_2": content, "style_2_mask": style}
    _, progress = last(content, style, **values)
    assert progress["done"]
    with pytest.raises(gr.Error, match="There is a style 3 mask but no style 3 image"):
        last(content, style, **values, style_3_mask=style)
    with pytest.raises(gr.Error, match="The start image is missing"):
        last(content, style, **VALUES | {"init": "image"})


def test_what_is_refused_says_what_it_is_about_even_from_another_process(files):
    with pytest.raises(Refused) as caught:
        next(stylize_pictures(None, files[1], **VALUES))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.subject, again.code) == ("content image", "missing")
    assert again.message == "The content image is missing." and isinstance(again, gr.Error)
