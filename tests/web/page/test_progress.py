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
    assert "Iteration 50 of 200 at 256 px · 4 s gone, about 12 s left" in text
    assert "Done: 200 iterations" in progress_bar(replace(progress, iteration=200, done=True))


def test_the_status_line_says_what_runs_and_why(monkeypatch):
    handlers = PageHandlers(Services(Server()))
    assert "**compact** on **the CPU** (asked for)" in handlers.say_features("compact")
    monkeypatch.setenv("NST_VGG19_WEIGHTS", "/nowhere.safetensors")
    assert "cannot be used" in handlers.say_features("vgg19")


def test_a_run_that_waits_says_so():
    assert "Waiting" in progress_bar(None) and 'aria-valuenow="0"' in progress_bar(None)


def test_an_error_is_text_only():
    assert alert("<b> & co") == '<p class="nst-alert" role="alert">&lt;b&gt; &amp; co</p>'
