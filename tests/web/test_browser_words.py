"""The page in other languages, in a real Chromium."""

import re

import pytest

from tests.web.browsing import (
    LONG,
    PHONE,
    choose_file,
    paint_button,
    screenshot,
    violations,
    wait_for_settings,
)

pytestmark = pytest.mark.browser
LANGUAGE = "nst-language"
COUNTED = re.compile(r"^\d+\.\ds$", re.MULTILINE)  # seconds, by Gradio, until an answer is there


@pytest.fixture
def in_language(visit):
    """Open the page in a browser of some language."""

    def begin(locale: str, **options):
        return visit(locale=locale, ready=wait_for_tiles, **options)

    return begin


def wait_for_tiles(page) -> None:
    """Wait for the page, whatever its language."""
    page.locator(".nst-cards button").first.wait_for()
    page.locator(".nst-styles-tiles button").first.wait_for()


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def spoken(page) -> str:
    return page.evaluate("document.documentElement.lang")


def words(page):
    return page.locator(".gradio-container").first


@pytest.mark.parametrize(
    ("locale", "language", "paint", "said"),
    [
        ("de-DE", "de", "Malen", "Zuerst ein Foto wählen"),
        ("zh-CN", "zh-Hans", "开始画", "请先选照片"),
    ],
)
def test_the_page_speaks_the_browsers_language(in_language, expect, locale, language, paint, said):
    page = in_language(locale)
    button(page, paint).click()
    expect(page.get_by_role("alert").first).to_contain_text(said)
    assert spoken(page) == language
    expect(page.locator(".nst-language select")).to_have_value(language)


def test_english_is_spoken_to_everybody_else(in_language, expect, locale="it-IT"):
    page = in_language(locale)
    expect(paint_button(page)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your photograph, as a painting")
    assert spoken(page) == "en"


def test_another_language_is_chosen_and_remembered_and_english_comes_back(in_language, expect):
    page = in_language("en-US")
    wait_for_settings(page)
    expect(words(page)).not_to_contain_text(COUNTED, use_inner_text=True)
    before = words(page).inner_text()
    page.get_by_label("Language").select_option("Deutsch")
    expect(button(page, "Malen")).to_be_visible()
    page.reload()
    expect(button(page, "Malen")).to_be_visible()
    page.get_by_label("Sprache").select_option("English")
    wait_for_settings(page)
    expect(words(page)).to_have_text(before, use_inner_text=True)
    assert spoken(page) == "en"
    assert page.evaluate(f"localStorage.getItem('{LANGUAGE}')") == "en"


def test_a_run_is_told_of_in_german_on_a_narrow_phone(in_language, expect, picture_files):
    narrow = {**PHONE, "width": 320}
    options = {"viewport": narrow, "has_touch": True, "reduced_motion": "reduce"}
    page = in_language("de-DE", path=LONG, **options)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for place, path in zip(("content", "style"), picture_files, strict=True):
        choose_file(page, place, path)
    page.get_by_text("96 × 64 Pixel").wait_for()
    page.get_by_text("80 × 100 Pixel").wait_for()
    expect(page.get_by_text(re.compile(r"^Das dauert etwa \d+ (s|min)\.$"))).to_be_visible()
    button(page, "Malen").click()
    page.get_by_text(re.compile(r"^noch etwa \d+ s · ")).wait_for()
    button(page, "Stopp").click()
    page.get_by_text(re.compile(r"^Bei \d+ % gestoppt$")).wait_for()
    expect(button(page, "Malen")).to_be_enabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.mouse.click(1, 1)  # away from what is drawn otherwise under the pointer
    assert not violations(page)
    screenshot(page, "14-german-320")
