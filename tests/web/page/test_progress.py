"""A run's progress in words."""

from dataclasses import replace

from web.page.handlers import PageHandlers
from web.page.html.progress import alert, progress_bar
from web.runs.progress import Progress
from web.runs.services import Services
from web.server.server import Server


def test_the_progress_bar_says_where_the_run_is():
    progress = Progress(iteration=50, total=200, size=256, seconds=4.2, eta_seconds=12.4)
    text = progress_bar(progress)
    assert 'aria-valuenow="25"' in text and "width: 25.0%" in text
    assert "<b>25%</b><span>about 12 s left · laying out the large shapes</span>" in text
    assert "painting the strokes" in progress_bar(replace(progress, iteration=100))
    assert "working out the details" in progress_bar(replace(progress, iteration=200))
    assert "<b>Done in 4 s</b>" in progress_bar(replace(progress, iteration=200, done=True))
    assert "<b>Stopped at 25%</b>" in progress_bar(progress, stopped=True)


def test_a_note_is_said_and_a_first_look_is_named():
    step = Progress(iteration=0, total=9, note="A first look <1>")
    assert progress_bar(step).count("A first look &lt;1&gt;") == 1
    assert "It was made smaller." in progress_bar(
        replace(step, iteration=3, note="It was made smaller.")
    )


def test_the_status_line_says_what_runs_and_why(monkeypatch):
    handlers = PageHandlers(Services(Server()))
    assert "**compact** on **the CPU** (asked for)" in handlers.say_features("compact")
    monkeypatch.setenv("NST_VGG19_WEIGHTS", "/nowhere.safetensors")
    assert "cannot be used" in handlers.say_features("vgg19")


def test_a_run_that_waits_says_so():
    assert "Waiting" in progress_bar(None) and 'aria-valuenow="0"' in progress_bar(None)


def test_an_error_is_text_only():
    assert alert("<b> & co") == '<p class="nst-alert" role="alert">&lt;b&gt; &amp; co</p>'
