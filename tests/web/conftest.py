"""A real Chromium, and visits to the page in it; runs that see pictures in tiles."""

import shutil
from collections.abc import Iterator

import pytest

from tests.web.browsing import DESKTOP, FLAGS, PATIENCE, wait_for_settings


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        sync_api.expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def expect():
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture(scope="module")
def usual(browser) -> Iterator:
    """The context of usual visits, one after the other: it has the page's files after the first."""
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def visit(browser, url, usual) -> Iterator:
    """Begin a visit; anything that the page's scripts throw fails the test."""
    contexts, errors = [], []

    def begin(path: str = "", context=None, ready=wait_for_settings, **options):
        is_usual = not (context or options or path.startswith("http") or usual.pages)
        if is_usual:
            context = usual
        elif context is None:
            context = browser.new_context(**{"viewport": DESKTOP, **options})
            contexts.append(context)
        page = context.new_page()
        if is_usual:
            forget_other_visits(page, url)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(path if path.startswith("http") else url + path)
        ready(page)
        return page

    yield begin
    for context in contexts:
        context.close()
    for page in usual.pages:
        page.close()
    assert not errors


def forget_other_visits(page, url: str) -> None:
    """Delete all that the site has stored in the page's context."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    devtools.detach()


@pytest.fixture
def page(visit):
    return visit()


@pytest.fixture
def seen_in_tiles(monkeypatch) -> list[int]:
    """The tiles that runs have seen of pictures, small ones, with a word after each."""
    from nst.costs.memory import VARIABLE
    from nst.loss.tiled import TiledObjective
    from web.runs.attempts import Stream

    seen, own = [], TiledObjective._own
    monkeypatch.setenv(VARIABLE, "32")
    monkeypatch.setattr(TiledObjective, "_own", lambda *given: seen.append(1) or own(*given))
    monkeypatch.setattr(Stream, "words_are_due", lambda *_: True)
    return seen
