"""A short video on the page, in a real Chromium: given, refused, stopped, painted."""

import re

import pytest
from PIL import Image

from tests.web.browsing import PHONE, open_tab, screenshot, style_button, violations

pytestmark = pytest.mark.browser
WAYS = ("Paint", "Stop")


@pytest.fixture
def clip(tmp_path, content, style):
    path = tmp_path / "holiday.gif"
    frames = [Image.blend(content, style.resize(content.size), share / 8) for share in range(8)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


def test_a_video_is_refused_or_painted_or_stopped(visit, expect, clip):
    page = visit(viewport=PHONE, reduced_motion="reduce")
    open_tab(page, "At once")
    page.get_by_text("A video, too").click()
    place = page.locator("#nst-clip")
    paint, stop = (place.get_by_role("button", name=f"{what} the video") for what in WAYS)
    paint.click()
    expect(place.get_by_role("alert")).to_contain_text("Give a video first")
    place.locator("input[type=file]").set_input_files(__file__)
    expect(place.get_by_role("alert")).to_contain_text("no moving picture")
    place.get_by_role("button", name=re.compile("clear|remove", re.IGNORECASE)).first.click()
    place.locator("input[type=file]").set_input_files(clip)
    expect(place).to_contain_text("A video of 0.8 s: 8 frames are to be painted.")
    paint.click()
    expect(place).to_contain_text(re.compile("s left · frame [1-4] of 8"))
    expect(paint).to_be_disabled()
    screenshot(page, "13-a-video-under-way")
    stop.click()
    expect(place).to_contain_text("nothing of the video is kept")
    expect(stop).to_be_disabled()
    page.evaluate("document.querySelector('#nst-clip-work').scrollIntoView({block: 'end'})")
    paint.click()
    expect(place.get_by_role("progressbar")).to_be_in_viewport()
    expect(stop).to_be_in_viewport()
    expect(place).to_contain_text(re.compile(r"8 frames in \d+ s"))
    video = place.locator("video")
    assert video.evaluate("v => v.error === null")
    assert "holiday-in-the-style-of-" in video.evaluate("v => v.currentSrc")
    expect(paint).to_be_enabled()
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    screenshot(page, "13-a-video-painted")
    style_button(page, "Mosaic").click()
    expect(place.get_by_role("combobox", name="Style")).to_have_value("Mosaic")
