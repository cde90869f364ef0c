"""Choosing a painting, in a real Chromium: every style, chance, and the shelf."""

import re

import pytest

from tests.web.browsing import (
    DESKTOP,
    LONG,
    PHONE,
    UNDER_WAY,
    choose_file,
    kept,
    open_tab,
    screenshot,
    violations,
    wait_for_settings,
)

pytestmark = pytest.mark.browser
EVERY = "See my photograph in every style"


def take_the_cat(page) -> None:
    open_tab(page, "Paintings")
    with kept(page, "cat.jpg"):
        page.get_by_role("button", name=re.compile("Take the photograph: Chelsea")).click()
    page.get_by_text("451 × 300 pixels").wait_for()


def pressed(page) -> list[str]:
    tiles = page.locator("#nst-choose [aria-pressed=true]:visible")
    return tiles.evaluate_all("all => all.map(tile => tile.dataset.name)")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_ones_photograph_is_seen_in_every_style_until_there_is_another(visit, expect, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce")
    open_tab(page, "At once")
    every = page.get_by_role("button", name=EVERY)
    every.click()
    expect(page.get_by_role("alert")).to_contain_text("Give a photograph first")
    take_the_cat(page)
    open_tab(page, "At once")
    every.click()
    page.get_by_text(re.compile("^Your photograph in 21 styles, in")).wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(every).to_be_enabled()
    painted = page.get_by_role("button", name=re.compile("Your photograph, painted as: "))
    expect(painted).to_have_count(21)
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    screenshot(page, f"12-every-style-{viewport['width']}")
    open_tab(page, "Paintings")
    page.get_by_role("button", name=re.compile("Take the photograph: Falcon")).click()
    open_tab(page, "At once")
    expect(painted).to_have_count(0)
    expect(page.get_by_text("Your photograph in")).to_have_count(0)


def test_chance_begins_a_run_beside_which_a_tile_says_why_not(visit, expect):
    page = visit(LONG, viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="Surprise me").click()
    page.get_by_text(UNDER_WAY).wait_for()
    expect(page.locator("#nst-choose [aria-pressed=true]:visible")).to_have_count(2)
    open_tab(page, "At once")
    last = page.get_by_role("button", name=re.compile("painted as: Waves"))
    last.click()
    alert = page.get_by_text("A picture is being painted")
    expect(alert).to_be_in_viewport(ratio=1)
    expect(last).to_be_in_viewport()
    for button in (
        page.get_by_role("button", name="Surprise me"),
        page.locator(".nst-cards button"),
    ):
        button.first.click()
        toast = page.get_by_test_id("toast-body")
        expect(toast).to_contain_text("A picture is being painted")
        toast.get_by_test_id("toast-close").click()
        expect(toast).to_have_count(0)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text(re.compile("^Stopped at")).wait_for()


def test_ones_own_painting_stays_on_the_shelf(page, expect, picture_files):
    choose_file(page, "style", picture_files[1])
    own = page.locator(".nst-own-tile [data-name]")
    expect(own).to_have_attribute("aria-pressed", "true")
    name = own.get_attribute("data-name")
    with kept(page, "great-wave"):
        page.get_by_role("button", name=re.compile("Take the painting: The Great Wave")).click()
    expect(own).to_have_attribute("aria-pressed", "false")
    assert pressed(page) == ["great-wave"]
    page.reload()
    wait_for_settings(page)
    expect(own).to_have_count(1)
    expect(page.locator("[data-name=great-wave]:visible").first).to_have_attribute(
        "aria-pressed", "true"
    )
    own.focus()
    page.keyboard.press("Enter")
    page.get_by_text("80 × 100 pixels").wait_for()
    expect(own).to_have_attribute("aria-pressed", "true")
    assert pressed(page) == [name]
    assert not violations(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(own).to_have_count(0)
    expect(page.get_by_text("Yours", exact=True)).to_be_hidden()


def test_a_browser_that_keeps_nothing_has_its_shelf_until_it_leaves(visit, expect, picture_files):
    page = visit()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    choose_file(page, "style", picture_files[1])
    expect(page.locator(".nst-own-tile")).to_have_count(1)
    page.reload()
    wait_for_settings(page)


def test_a_page_that_was_loaded_again_comes_to_rest(page):
    take_the_cat(page)
    page.reload()
    page.get_by_text("451 × 300 pixels").wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(10):
        before = len(asked)
        page.wait_for_timeout(1000)
        if len(asked) == before:
            return
    raise AssertionError(asked[-10:])
