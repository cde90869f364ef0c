"""What stays where it is: nothing jumps, nothing is cut off, and Stop is always in view."""

import pytest

from tests.web.browsing import DONE, UNDER_WAY, open_tab, violations

pytestmark = pytest.mark.browser
SIZES = {1440: 900, 1024: 768, 768: 1024, 390: 844, 320: 640}
WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver(list => shifts.push(
    ...list.getEntries().filter(entry => !entry.hadRecentInput).map(entry => entry.value)
  )).observe({type: 'layout-shift', buffered: true});
}"""
MOST_SHIFT = 0.05
"""Cumulative layout shift from the address to the picture; up to 0.1 is called good."""


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_nothing_jumps_in_a_whole_run_and_stop_stays_in_view(visit, expect, width):
    page = visit("?iterations=100&size=128", viewport={"width": width, "height": SIZES[width]})
    page.evaluate(WATCH)
    page.locator(".nst-cards button").first.click()
    page.get_by_text(UNDER_WAY).wait_for()
    for place in ("0", "document.documentElement.scrollHeight"):
        page.evaluate(f"window.scrollTo({{top: {place}, behavior: 'instant'}})")
        expect(page.get_by_role("button", name="Stop", exact=True)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("progressbar")).to_be_in_viewport(ratio=1)
    page.get_by_text(DONE).wait_for()
    expect(page.locator(".nst-strip li")).to_have_count(1)
    shifts = page.evaluate("shifts")
    assert sum(shifts) < MOST_SHIFT, shifts


def test_nothing_is_cut_off_or_in_anybodys_way_at_any_width(visit):
    page = visit()
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(500)  # tabs that do not fit go into a menu
        for tab in ("At once", "Settings", "Paintings"):
            if (one := page.get_by_role("tab", name=tab, exact=True)).count():
                one.dispatch_event("click")
            page.wait_for_timeout(200)  # it is laid out anew
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, tab)
        assert not violations(page), width


def test_pictures_of_a_setting_come_when_they_are_looked_at_and_move_nothing(visit, expect):
    asked = []
    page = visit(viewport={"width": 390, "height": SIZES[390]})
    page.on("request", lambda request: asked.append(request.url))
    open_tab(page, "Settings")
    hint = page.get_by_text("Style strength: see the difference")
    hint.scroll_into_view_if_needed()
    assert not [url for url in asked if url.endswith(".webp")]
    # Before they are there, they have the height that they have then.
    page.route("**/*.webp", lambda route: route.abort())
    hint.click()
    images = page.locator(".nst-see[open] img")
    empty = [images.nth(i).bounding_box() for i in range(2)]
    page.unroute("**/*.webp")
    images.evaluate_all("all => all.forEach(image => { image.src = image.src; })")
    for i in range(2):
        expect(images.nth(i)).to_have_js_property("naturalWidth", 160)
        assert images.nth(i).bounding_box() == empty[i]
    page.set_viewport_size({"width": 320, "height": SIZES[320]})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
