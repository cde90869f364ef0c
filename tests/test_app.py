"""The handlers behind the page and the API, without a server."""

import itertools
import pickle
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

import app
from nst import Settings
from nst.settings import FEATURES, PRESET_FIELDS, SPECS

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
]


@pytest.fixture
def files(picture_files):
    return [str(path) for path in picture_files]


def test_a_run_streams_jpeg_previews_and_ends_with_a_png(files):
    formats, progresses = [], []
    for path, progress in app.stylize_pictures(*files, **VALUES):
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

    monkeypatch.setattr(app, "_stylize_on_gpu", never)
    run = app.stylize_pictures(*files, **VALUES)
    path, progress = next(run)
    assert Path(path).exists() and progress["iteration"] == 0
    run.close()


def test_files_are_gone_after_the_run_and_after_a_stop(files):
    folders = set()
    for stop_after in (2, 100):
        run = app.stylize_pictures(*files, **VALUES)
        for path, _ in itertools.islice(run, stop_after):
            folders.add(Path(path).parent)
        run.close()
    assert len(folders) == 2 and not any(folder.exists() for folder in folders)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"iterations": 0}, "iterations must be a whole number from 1 to 2000, not 0."),
        ({"iterations": None}, "iterations must be a whole number from 1 to 2000, not None."),
        ({"style_strength": float("nan")}, "style_strength must be a number from 0 to 100"),
        ({"size": "big"}, "size must be a whole number from 64 to 2048, not 'big'."),
        ({"init": ["noise"]}, "init must be one of content, noise, style"),
        ({"features": None}, "features must be one of auto, vgg19, compact, not None."),
    ],
)
def test_bad_values_reach_the_visitor_as_a_sentence(files, change, sentence, caplog):
    with pytest.raises(gr.Error, match="must be") as caught:
        next(app.stylize_pictures(*files, **{**VALUES, **change}))
    assert caught.value.message.startswith(sentence)
    assert not caught.value.print_exception and not caplog.records


def test_missing_and_damaged_pictures_reach_the_visitor_as_a_sentence(files, tmp_path):
    with pytest.raises(gr.Error, match="The content image is missing"):
        next(app.stylize_pictures(None, files[1], **VALUES))
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"nothing")
    with pytest.raises(gr.Error, match="The style image is not a picture"):
        next(app.stylize_pictures(files[0], str(damaged), **VALUES))


def test_unexpected_failures_are_logged_and_not_shown(files, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("a secret path")

    monkeypatch.setattr(app, "_stylize_on_gpu", broken)
    with pytest.raises(gr.Error) as caught:
        list(app.stylize_pictures(*files, **VALUES))
    assert "secret" not in caught.value.message
    assert "a secret path" in caplog.text


def test_what_crosses_to_the_gpu_worker_can_be_pickled(files):
    images = [Image.open(path) for path in files]
    settings = Settings(iterations=2, size=64)
    pickle.dumps((images, settings))
    for yielded in app._stylize_on_gpu(*images, settings, "compact"):
        assert pickle.loads(pickle.dumps(yielded))[0].total == 2


def test_the_time_asked_of_the_gpu_grows_with_the_work():
    picture = Image.new("RGB", (8, 8))
    quick, slow, large = (
        app._gpu_seconds(picture, picture, settings)
        for settings in (
            Settings(iterations=10),
            Settings(iterations=400),
            Settings(iterations=400, size=2048),
        )
    )
    assert 0 < quick < slow < large


def test_every_setting_has_a_widget_with_its_range_and_default():
    with gr.Blocks():
        for spec in [*SPECS.values(), FEATURES]:
            widget = app._widget(spec)
            assert widget.value == spec.default and widget.info == spec.help
            bounds = {"minimum", "maximum"} if isinstance(widget, gr.Slider) else {"choices"}
            for bound in bounds - {"choices"}:
                assert getattr(widget, bound) == getattr(spec, bound)


def test_only_stylize_is_public():
    endpoints = app.build().get_api_info()["named_endpoints"]
    assert list(endpoints) == ["/stylize"]
    parameters = endpoints["/stylize"]["parameters"]
    expected = ["content", "style", *SPECS, "features"]
    assert [p["parameter_name"] for p in parameters] == expected
    for parameter in parameters[2:-1]:
        assert parameter["parameter_default"] == SPECS[parameter["parameter_name"]].default


def test_the_progress_bar_says_where_the_run_is():
    progress = dict.fromkeys(KEYS, 0.5) | {"iteration": 50, "total": 200, "size": 256}
    progress |= {"seconds": 4.2, "eta_seconds": 12.4, "done": False, "features": "compact"}
    text = app._progress_bar(progress)
    assert 'aria-valuenow="25"' in text and "width: 25.0%" in text
    assert "Iteration 50 of 200 at 256 px · 4 s gone, about 12 s left" in text
    assert "Done: 200 iterations" in app._progress_bar(progress | {"iteration": 200, "done": True})


def test_the_status_line_says_what_runs_and_why(monkeypatch):
    assert "**compact** on **the CPU** (asked for)" in app.describe_features("compact")
    monkeypatch.setenv("NST_VGG19_WEIGHTS", "/nowhere.safetensors")
    app._features.cache_clear()
    assert "cannot be used" in app.describe_features("vgg19")


def test_a_preset_fills_the_settings_it_names():
    values = dict(zip(PRESET_FIELDS, app.use_preset("Bold"), strict=True))
    assert values["style_strength"] == 75 and values["color"] == "style"
    with pytest.raises(gr.Error, match="Balanced"):
        app.use_preset("nonsense")


def test_a_pictures_recipe_fills_every_setting(files):
    for path, progress in app.stylize_pictures(*files, **{**VALUES, "color": "matched"}):
        if progress["done"]:
            *values, features, preset = app.use_recipe(path)
    assert dict(zip(SPECS, values, strict=True)) == {
        **{name: spec.default for name, spec in SPECS.items()},
        **{name: value for name, value in VALUES.items() if name in SPECS},
        "color": "matched",
    }
    assert features == "compact" and preset is None
    with pytest.raises(gr.Error, match="no recipe"):
        app.use_recipe(files[0])
