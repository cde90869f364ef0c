"""A run on the page: what it shows, its end, and a page that comes back to it."""

import asyncio
import itertools
import re
import secrets
import shutil
import tempfile
from pathlib import Path

import gradio as gr
import pytest

from nst.settings import SPECS
from tests.served import PAINTING, SERVER, SERVICES
from web.page.painting import ready
from web.server.limits import FRAMES

VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 12, "size": 64, "features": "compact"}


@pytest.fixture
def key(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return secrets.token_hex(16)


def all_of(answers, most=None):
    """What an asynchronous generator gives, up to a number of answers, after which it is closed."""

    async def collected():
        got = []
        async for answer in answers:
            got.append(answer)
            if len(got) == most:
                break
        await answers.aclose()
        return got

    return asyncio.run(collected())


def in_the_end(answers):
    """What the page shows when all answers came."""
    shown = {}
    for answer in all_of(answers):
        shown |= answer
    return shown


def test_what_cannot_be_used_is_said_in_its_place(key, picture_files, tmp_path):
    content, style = map(str, picture_files)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"<b>")
    for given, place, sentence in (
        ((None, style, VALUES), "content_note", "The photograph is missing"),
        ((content, str(broken), VALUES), "style_note", "The painting is not a picture"),
        ((content, style, {**VALUES, "style_3": str(broken)}), "bar", "The painting 3 is not a"),
        ((content, style, {**VALUES, "size": None}), "bar", "size must be a whole number"),
    ):
        (answer,) = all_of(PAINTING.paint(key, *given[:2], **given[2]))
        assert 'role="alert"' in answer[place] and sentence in answer[place]


def test_a_run_ends_with_all_that_came_of_it(key, picture_files):
    shown = in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES))
    assert Path(shown["animation"]["value"]).read_bytes()[:4] == b"RIFF"
    assert Path(shown["animation"]["value"]).name == "content-in-the-style-of-style.webp"
    both = Path(shown["both"]["value"])
    assert both.name == "content-in-the-style-of-style-before-and-after.jpg" and both.exists()
    assert shown["film"].count("<img") == 13 and "nst-compare" in shown["compare"]
    assert shown["strip"]["settings"] == VALUES and "iterations 12" in shown["strip"]["words"]
    assert "Done in" in shown["bar"] and shown["more"]["interactive"]


def stop_at(monkeypatch, key, at):
    """Have the visit's run stopped at an update."""

    def stopping(values, record, folder):
        for number, update in enumerate(shown(values, record, folder)):
            if number == at:  # a word from there could come after the run's own, and hide it
                assert "bar" not in PAINTING.stop(key)
            yield update

    shown = PAINTING._shown
    monkeypatch.setattr(PAINTING, "_shown", stopping)


def test_a_run_stopped_at_its_first_look_keeps_that(key, picture_files, monkeypatch):
    stop_at(monkeypatch, key, 3)
    shown = in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES))
    assert "Stopped at 17%" in shown["bar"] and shown["picture"].endswith("-first-look.jpg")
    assert shown["download"]["value"] == shown["picture"] and shown["more"]["interactive"]
    assert shown["strip"]["words"] == "A first look, painted at once"


def test_a_stopped_run_ends_with_what_there_is(key, picture_files, monkeypatch):
    stop_at(monkeypatch, key, 5)
    shown_last = in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES))
    assert "Stopped at 33%" in shown_last["bar"]
    assert "stopped at iteration 4" in shown_last["strip"]["words"]
    # Not the first look, which was in sight.
    assert shown_last["picture"].endswith("/content-in-the-style-of-style-00004.jpg")
    assert shown_last["download"]["value"] == shown_last["picture"]
    assert "Stopped." in PAINTING.stop(key)["bar"]  # there is no run that would say so


def test_a_run_stopped_within_an_iteration_ends_there(
    key, picture_files, monkeypatch, seen_in_tiles
):
    bars, tiles = [], []

    def stopping(values, record, folder, shown=PAINTING._shown):
        for update in shown(values, record, folder):
            bars.append(update["bar"])
            progress = record.latest
            if progress and progress.iteration == 4 and progress.share > 0.5:
                tiles.append(len(seen_in_tiles))
                PAINTING.stop(key)
            yield update

    monkeypatch.setattr(PAINTING, "_shown", stopping)
    shown = in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES | {"size": 128}))
    assert tiles == [len(seen_in_tiles)]
    assert "Stopped at 38%" in shown["bar"] and shown["picture"].endswith("-00004.jpg")
    assert Path(shown["picture"]).exists() and "stopped at iteration 4" in shown["strip"]["words"]
    shares = [float(share) for bar in bars for share in re.findall(r"width: ([\d.]+)%", bar)]
    assert shares == sorted(shares) and len(set(shares)) > 40


def test_a_run_stopped_before_its_first_step_says_so(key, picture_files, monkeypatch):
    def waiting(values, record, folder):
        PAINTING.stop(key)
        yield {"status": "waiting"}

    monkeypatch.setattr(PAINTING, "_shown", waiting)
    assert "Stopped." in in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES))["bar"]


def test_what_is_missing_is_asked_for_and_nothing_else_changes(key):
    for given, asked in (
        ((None, None), {"content_note", "style_note"}),
        (("photograph", None), {"style_note"}),
        (("photograph", "painting"), {"bar"}),  # why it did not begin is not known
    ):
        if not all(given):
            with pytest.raises(gr.Error):  # so that nothing is queued
                PAINTING.begin(key, *given)
        assert PAINTING.not_begun(*given).keys() == asked
    assert not SERVICES.visits.find(key)


def test_paint_is_offered_again_whatever_happened(key):
    assert (
        not PAINTING.begin(key, "photograph", "painting")["paint"]["interactive"]
        and SERVICES.visits.find(key).waits
    )
    assert PAINTING.rest(key) == {}  # said of the run before, when this one was asked for
    refused = PAINTING.fail(key)
    assert "did not start" in refused["bar"] and refused["paint"]["interactive"]
    assert not SERVICES.visits.find(key).waits
    assert PAINTING.rest(key) == ready()
    assert ready()["paint"]["interactive"] and not ready()["stop"]["interactive"]


def test_what_was_stopped_before_its_request_came_does_not_begin(key, picture_files):
    files = [str(path) for path in picture_files]
    PAINTING.begin(key, *files)
    assert "Stopped" in PAINTING.stop(key)["bar"]
    (said,) = all_of(PAINTING.paint(key, *files, **VALUES, resume=""))
    assert "Stopped" in said["bar"] and SERVICES.visits.find(key).run is None
    assert PAINTING.rest(key) == ready()
    PAINTING.begin(key, *files)
    assert is_done(in_the_end(PAINTING.paint(key, *files, **VALUES, resume="")))


def goes_on(key, picture, *pictures, **values):
    """What a click on “Paint on from here” shows in the end."""
    return in_the_end(PAINTING.go_on(key, picture, *pictures, **values))


def is_done(shown):
    return "Done in" in shown["bar"]


def test_more_iterations_go_on_where_the_run_ended(key, picture_files):
    files = [str(path) for path in picture_files]
    first = in_the_end(PAINTING.paint(key, *files, **VALUES, resume=""))
    assert first["resume"]
    shown = goes_on(key, "no picture", *files, **VALUES, resume=first["resume"])
    assert is_done(shown) and shown["resume"] != first["resume"] and "status" not in shown


def test_more_iterations_start_from_the_picture_where_that_is_all_there_is(key, picture_files):
    files = [str(path) for path in picture_files]
    first = in_the_end(PAINTING.paint(key, *files, **VALUES, resume=""))
    for values, said in (
        (
            VALUES | {"resume": first["resume"], "style_strength": 20},
            "its style strength changed: this",
        ),
        (VALUES | {"resume": "gone"}, "is not kept any more: this"),
        (VALUES | {"resume": ""}, None),
    ):
        shown = goes_on(key, files[1], *files, **values)
        assert is_done(shown) and shown["strip"]["settings"]["init"] == "image"
        assert said in shown["bar"] if said else "starts from" not in shown["bar"]


def test_a_new_run_does_not_go_on(key, picture_files):
    assert is_done(
        in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES, resume="not kept"))
    )


BESIDE_THE_RESULT = (
    "web.server.costs.Costs.learn",
    "web.page.html.curves.plot",
    "web.page.html.compare.compare",
    "web.page.html.film.film",
    "web.page.html.film.animation",
    "web.page.results.side_by_side",
    "web.page.painting.fitted",
    "web.page.recall.in_words",
    "web.runs.kept.record.small",
)


@pytest.mark.parametrize("name", BESIDE_THE_RESULT)
def test_whatever_fails_after_a_run_the_result_is_there(
    key, picture_files, monkeypatch, caplog, name
):
    def broken(*_, **__):
        raise MemoryError("unforeseen")

    monkeypatch.setattr(name, broken)
    values = VALUES | {"iterations": 2, "resume": ""}
    shown = in_the_end(PAINTING.paint(key, *map(str, picture_files), **values))
    assert is_done(shown) and shown["picture"].endswith("/content-in-the-style-of-style.png")
    assert shown["use_as_content"]["interactive"] and "unforeseen" in caplog.text


def test_a_run_that_would_not_fit_again_is_learned_from(key, picture_files, monkeypatch, caplog):
    def without_memory(values, record, folder):
        for number, update in enumerate(shown(values, record, folder)):
            if number == 3:
                # Now that the run has its memory, there is none left for another one.
                monkeypatch.setattr("nst.costs.memory.available_bytes", lambda _: 1e6)
            yield update

    shown = PAINTING._shown
    monkeypatch.setattr(PAINTING, "_shown", without_memory)
    assert is_done(in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES, resume="")))
    assert not caplog.records


def test_expectations_follow_the_runs_that_they_are_about(key, picture_files, monkeypatch):
    told = []
    monkeypatch.setattr(SERVER.costs, "learn", lambda *run: told.append(run))
    content, style = map(str, picture_files)
    for values in (VALUES, VALUES | {"style_2": style}, VALUES | {"mask": style}):
        all_of(PAINTING.paint(key, content, style, **values))
    ((size, settings, _, seconds, start),) = told
    assert (size, start) == ((96, 64), None) and settings.iterations == 12
    assert seconds > 0


def test_a_run_goes_on_without_its_page_which_comes_back_to_it(key, picture_files):
    files = [str(path) for path in picture_files]
    PAINTING.keep_pictures(("content", "style"))(key, *files)
    seen = all_of(
        PAINTING.paint(key, *files, **VALUES | {"iterations": 40}), most=3
    )  # and the page is gone
    assert "bar" in seen[-1]
    first, *later = all_of(PAINTING.come_back(key, True))
    assert first["content"] == files[0] and first["style"] == files[1]
    shown = dict(itertools.chain.from_iterable(answer.items() for answer in [first, *later]))
    assert "Done in" in shown["bar"] and Path(shown["picture"]).exists()
    assert shown["film"].count("<img") == FRAMES  # no moment of it was missed
    assert later[-1] == ready()
    (again,) = all_of(PAINTING.come_back(key, True))
    assert again["picture"] == shown["picture"] and again["strip"] == shown["strip"]


def test_a_page_that_nothing_is_kept_of_is_told_so_if_it_had_anything(key, picture_files):
    assert all_of(PAINTING.come_back(key, False)) == [{}]
    (told,) = all_of(PAINTING.come_back(key, True))
    assert "add them again" in told["bar"] and "settings are still here" in told["bar"]
    gone = picture_files[0].parent / "gone.png"
    PAINTING.keep_pictures(("content", "style"))(key, str(gone), str(picture_files[1]))
    (told,) = all_of(PAINTING.come_back(key, True))
    assert "add them again" in told["bar"] and "content" not in told
    assert told["style"] == str(picture_files[1])


def test_a_run_that_had_not_begun_is_not_forgotten_silently(key):
    PAINTING.begin(key, "photograph", "painting")
    (told,) = all_of(PAINTING.come_back(key, True))
    assert "press Paint again" in told["bar"]
    PAINTING.stop(key)
    (told,) = all_of(PAINTING.come_back(key, True))
    assert "bar" not in told


def test_files_that_are_gone_are_not_shown_again(key, picture_files):
    shown = in_the_end(PAINTING.paint(key, *map(str, picture_files), **VALUES))
    for button in ("animation", "both"):
        Path(shown[button]["value"]).unlink()
    (again,) = all_of(PAINTING.come_back(key, True))
    assert "animation" not in again and "both" not in again
    assert again["picture"] == shown["picture"]
    shutil.rmtree(Path(shown["picture"]).parent)
    (again,) = all_of(PAINTING.come_back(key, True))
    assert "picture" not in again
