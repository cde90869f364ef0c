"""A real Chromium, and visits to the page in it."""

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


@pytest.fixture
def visit(browser, url) -> Iterator:
    """Begin a visit; anything that the page's scripts throw fails the test."""
    contexts, errors = [], []

    def begin(path: str = "", context=None, ready=wait_for_settings, **options):
        if context is None:
            context = browser.new_context(**{"viewport": DESKTOP, **options})
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(path if path.startswith("http") else url + path)
        ready(page)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def page(visit):
    return visit()
