"""A visitor's journey through the page, in a real Chromium."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from nst import Settings
from nst.recipe import Recipe

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds, on a slow machine
SHOWN = ".image-frame img, [data-testid=detailed-image]"


@pytest.fixture(scope="module")
def browser() -> Iterator:
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, url) -> Iterator:
    """A fresh visit; anything that the page's scripts throw fails the test."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE)
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(url)
    page.get_by_role("button", name="Paint", exact=True).wait_for()
    yield page
    page.close()
    assert not errors


def screenshot(page, name: str) -> None:
    """Keep a picture of the page for people, where a folder for them is named."""
    if folder := os.environ.get("NST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def upload(page, files) -> None:
    for position, path in enumerate(files):
        page.locator("input[type=file]").nth(position).set_input_files(str(path))
    # Both pictures are shown before the run is asked for.
    page.locator(SHOWN).nth(1).wait_for()


def set_number(page, label: str, value: int) -> None:
    box = page.get_by_label(re.compile(f"number input for {label}"))
    box.fill(str(value))
    box.press("Enter")


def paint(page) -> None:
    page.get_by_role("button", name="Paint", exact=True).click()


def wait_until_ready(page) -> None:
    """Wait until the next run can be started."""
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect(page.get_by_role("button", name="Paint", exact=True)).to_be_enabled(
        timeout=PATIENCE
    )


def test_a_visit_from_first_sight_to_download(page, picture_files, tmp_path):
    screenshot(page, "1-before")
    page.get_by_text(re.compile("Features: compact on the CPU")).wait_for()
    upload(page, picture_files)
    set_number(page, "Iterations", 60)
    paint(page)
    page.get_by_text(re.compile(r"Iteration \d+ of 60")).wait_for()
    assert page.get_by_role("button", name="Stop").is_enabled()
    assert page.get_by_role("button", name="Paint", exact=True).is_disabled()
    screenshot(page, "2-during")
    page.get_by_text("Done: 60 iterations").wait_for()
    wait_until_ready(page)
    screenshot(page, "3-after")
    with page.expect_download() as download:
        page.get_by_text("Download the picture").click()
    path = tmp_path / "downloaded"
    download.value.save_as(path)
    with Image.open(path) as image:
        assert image.format == "PNG" and image.size == (512, 341)


def test_stop_keeps_the_picture_and_the_next_run_starts(page, picture_files):
    upload(page, picture_files)
    set_number(page, "Iterations", 2000)
    paint(page)
    page.get_by_text(re.compile(r"Iteration \d+ of 2000")).wait_for()
    page.get_by_role("button", name="Stop").click()
    wait_until_ready(page)
    assert page.get_by_text(re.compile(r"Iteration \d+ of 2000")).is_visible()
    assert page.locator(SHOWN).count() == 3  # content, style and the picture so far
    screenshot(page, "4-stopped")
    set_number(page, "Iterations", 10)
    paint(page)
    page.get_by_text("Done: 10 iterations").wait_for()


def test_examples_fill_both_pictures(page):
    for label in ("Photographs to start from", "Paintings to start from"):
        page.locator(".block", has_text=label).locator(".gallery-item").first.click()
    page.locator(SHOWN).nth(1).wait_for()
    set_number(page, "Iterations", 4)
    paint(page)
    page.get_by_text("Done: 4 iterations").wait_for()


def test_missing_pictures_are_one_sentence_and_nothing_is_lost(page, picture_files):
    page.locator("input[type=file]").nth(1).set_input_files(str(picture_files[1]))
    page.locator(SHOWN).first.wait_for()
    paint(page)
    page.get_by_text("The content image is missing.").wait_for()
    screenshot(page, "5-error")
    wait_until_ready(page)
    assert page.locator(SHOWN).count() == 1


def test_the_page_fits_a_phone(browser, url):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.get_by_role("button", name="Paint", exact=True).wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    screenshot(page, "6-phone")
    page.close()
    assert width <= 390


def test_presets_and_recipes_set_the_controls(page, picture_files, tmp_path):
    expect = pytest.importorskip("playwright.sync_api").expect
    strength = page.get_by_label("number input for Style strength")
    page.get_by_label("Bold").click()
    expect(strength).to_have_value("75")
    painted, text = tmp_path / "painted.png", PngImagePlugin.PngInfo()
    text.add_text("Recipe", Recipe(Settings(style_strength=66), "compact", "x").text())
    Image.new("RGB", (64, 64)).save(painted, pnginfo=text)
    page.get_by_text("Advanced").first.click()
    button = page.get_by_role("button", name="Use the settings of a picture")
    for path, seen in ((painted, None), (picture_files[0], "no recipe")):
        with page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(path)
        if seen:
            page.get_by_text(re.compile(seen)).first.wait_for()
        expect(strength).to_have_value("66")
    expect(page.get_by_label("Bold")).not_to_be_checked()
