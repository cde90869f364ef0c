"""What the page's events do."""

from pathlib import Path

import gradio as gr
import pytest

from nst.settings import PRESET_FIELDS, SPECS
from page import recall
from page.handlers import (
    begin,
    check_picture,
    fail,
    finish,
    go_on,
    paint,
    say_estimate,
    show_pair,
    stop,
    take_example,
    use_kept,
    use_preset,
    use_recipe,
)
from page.runs import stylize_pictures

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 12, "size": 64, "features": "compact"}


def test_a_preset_fills_the_settings_it_names():
    values = dict(zip(PRESET_FIELDS, use_preset("Bold"), strict=True))
    assert values["style_strength"] == 75 and values["color"] == "style"
    with pytest.raises(gr.Error, match="Balanced"):
        use_preset("nonsense")


def test_a_pictures_recipe_fills_every_setting(picture_files):
    files = [str(path) for path in picture_files]
    for path, progress in stylize_pictures(*files, **{**VALUES, "color": "matched"}):
        if progress["done"]:
            *values, features, preset, _ = use_recipe(path)
    assert dict(zip(SPECS, values, strict=True)) == {
        **{name: spec.default for name, spec in SPECS.items()},
        **{name: value for name, value in VALUES.items() if name in SPECS},
        "color": "matched",
    }
    assert features == "compact" and preset is None
    *unchanged, note = use_recipe(files[0])
    assert "no recipe" in note and unchanged == [gr.skip()] * (len(SPECS) + 2)


def test_what_cannot_be_used_is_said_in_its_place(picture_files, tmp_path):
    content, style = map(str, picture_files)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"<b>")
    for given, place, sentence in (
        ((None, style, VALUES), "content_note", "The content image is missing."),
        ((content, str(broken), VALUES), "style_note", "The style image is not a picture"),
        ((content, style, {**VALUES, "size": None}), "bar", "size must be a whole number"),
    ):
        (answer,) = paint(*given[:2], **given[2])
        assert 'role="alert"' in answer[place] and sentence in answer[place]
        assert answer["record"] is None


def test_a_run_ends_with_all_that_came_of_it(picture_files):
    *_, last = paint(*map(str, picture_files), **VALUES)
    (shown,) = _copied(finish(last["record"]))
    assert shown["paint"]["interactive"] and not shown["stop"]["interactive"]
    assert shown["animation_file"] == b"RIFF" and "nst-compare" in shown["compare"]
    assert shown["film"].count("<img") == 13 and shown["record"] is None
    assert shown["strip"]["settings"] == VALUES and "iterations 12" in shown["strip"]["words"]
    assert "bar" not in shown


def test_a_stopped_run_ends_with_what_there_is(picture_files):
    run = paint(*map(str, picture_files), **VALUES)
    record = [next(run)["record"] for _ in range(5)][-1]
    run.close()
    (shown,) = finish(record)
    assert "Stopped at iteration 4 of 12" in shown["bar"]
    assert "stopped at iteration 4" in shown["strip"]["words"]


def test_paint_is_offered_again_whatever_happened():
    assert not begin()["paint"]["interactive"]
    (shown,) = finish(None)
    assert shown["paint"]["interactive"] and "compare" not in shown


def test_a_stopped_run_is_not_said_to_have_failed():
    """Gradio has it fail; what is there then are the updates of `stop`."""
    assert fail(stop()["bar"]) == {}
    refused = fail(begin()["bar"])
    assert "did not start" in refused["bar"] and refused["paint"]["interactive"]


def test_a_picture_is_checked_as_soon_as_it_is_there(picture_files):
    check = check_picture("content image")
    assert check(None) == "" and "96 × 64 pixels" in check(str(picture_files[0]))
    assert 'role="alert"' in check(__file__)


def _copied(answers):
    """The animation is a file that is there only while it is handed over."""
    for answer in answers:
        with Path(answer["animation"]["value"]).open("rb") as file:
            yield {**answer, "animation_file": file.read(4)}


def goes_on(picture, *pictures, **values):
    """What a click on More iterations shows in the end, and every sentence beside the run."""
    answers = list(go_on(picture, *pictures, **values))
    return answers[-1], [answer["status"] for answer in answers if "status" in answer]


def test_more_iterations_go_on_where_the_run_ended(picture_files, tmp_path):
    files = [str(path) for path in picture_files]
    *_, last = paint(*files, **VALUES, resume="")
    assert last["resume"]
    shown, words = goes_on("no picture", *files, **VALUES, resume=last["resume"])
    assert shown["record"].latest["done"] and shown["resume"] != last["resume"] and not words


def test_more_iterations_start_from_the_picture_where_that_is_all_there_is(picture_files):
    files = [str(path) for path in picture_files]
    *_, last = paint(*files, **VALUES, resume="")
    for values, said in (
        (VALUES | {"resume": last["resume"], "style_strength": 20}, "style_strength changed: this"),
        (VALUES | {"resume": "gone"}, "is not kept any more: this"),
        (VALUES | {"resume": ""}, None),
    ):
        shown, words = goes_on(files[1], *files, **values)
        assert shown["record"].latest["done"]
        assert (said in words[0]) if said else not words


def test_a_new_run_does_not_go_on(picture_files):
    *_, last = paint(*map(str, picture_files), **VALUES, resume="not kept")
    assert last["record"].latest["done"]


BESIDE_THE_RESULT = (
    "page.handlers.learn",
    "page.handlers.curves.plot",
    "page.handlers.compare.compare",
    "page.handlers.film.film",
    "page.handlers.film.animation",
    "page.handlers.recall.in_words",
    "page.record.small",
)


@pytest.mark.parametrize("name", BESIDE_THE_RESULT)
def test_whatever_fails_after_a_run_the_result_is_there(picture_files, monkeypatch, caplog, name):
    def broken(*_, **__):
        raise MemoryError("unforeseen")

    monkeypatch.setattr(name, broken)
    *_, last = paint(*map(str, picture_files), **VALUES, resume="")
    assert last["record"].latest["done"] and last["picture"].endswith("stylized.png")
    *_, shown = finish(last["record"])
    assert shown["paint"]["interactive"] and shown["use_as_content"]["interactive"]
    assert "unforeseen" in caplog.text


def test_a_run_that_would_not_fit_again_is_learned_from(picture_files, monkeypatch, caplog):
    files, steps = [str(path) for path in picture_files], []
    for step in paint(*files, **VALUES, resume=""):
        steps.append(step)
        if len(steps) < 3:
            continue
        # Now that the run has its memory, there is none left for another one.
        monkeypatch.setattr("nst.memory.available_bytes", lambda _: 1e6)
    assert steps[-1]["record"].latest["done"] and not caplog.records


def test_expectations_follow_the_runs_that_they_are_about(picture_files, monkeypatch):
    told = []
    monkeypatch.setattr("page.handlers.learn", lambda *run: told.append(run))
    content, style = map(str, picture_files)
    for values in (VALUES, VALUES | {"style_2": style}, VALUES | {"mask": style}):
        list(paint(content, style, **values))
    ((size, values, seconds),) = told
    assert size == (64, 43) and values["iterations"] == 12
    assert seconds > 0


def test_the_estimate_is_said_before_a_run_and_refusals_too(picture_files, monkeypatch):
    content = str(picture_files[0])
    assert say_estimate(None, **VALUES) == "" and say_estimate(__file__, **VALUES) == ""
    assert "This will take about" in say_estimate(content, **VALUES)
    assert say_estimate(content, **VALUES | {"features": "vgg19"}) == ""
    assert "size must be" in say_estimate(content, **VALUES | {"size": "big"})
    monkeypatch.setattr("nst.memory.available_bytes", lambda _: 1e6)
    assert "no size fits" in say_estimate(content, **VALUES)


@pytest.mark.parametrize("sent", [None, {}, {"name": None}, {"name": ["cat"]}, {"name": "../cat"}])
def test_clicks_that_no_page_sends_are_one_sentence(sent):
    event = gr.EventData(None, sent)
    for handler in (show_pair, take_example("content")):
        with pytest.raises(gr.Error, match="There is no example of that name"):
            handler(event)
    assert use_kept(event)[0] == recall.DEFAULTS["iterations"]
