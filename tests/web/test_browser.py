"""A visitor's journey through the page, in a real Chromium."""

import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image, PngImagePlugin

from nst import Settings
from nst.recipe import Recipe
from tests.web.browsing import (
    DESKTOP,
    DONE,
    LONG,
    PHONE,
    SHOWN,
    UNDER_WAY,
    choose_file,
    open_tab,
    paint,
    paint_button,
    screenshot,
    set_number,
    style_button,
    upload,
    violations,
    wait_for_settings,
    wait_until_ready,
)
from tests.wire import Wire

pytestmark = pytest.mark.browser


def open_group(page, title: str) -> None:
    open_tab(page, "Settings")
    page.get_by_role("button", name=title).click()


def keep_what_is_said(page) -> None:
    """Keep every sentence that the progress bar's place shows from now on, however briefly."""
    page.evaluate("""() => {
      const bar = document.querySelector('.block.nst-progress');
      const keep = () => said.push(bar.innerText);
      window.said = [];
      new MutationObserver(keep).observe(bar, {childList: true, subtree: true});
    }""")


def said_of_failure(page) -> list[str]:
    """What was said of a run that did not start, since `keep_what_is_said`."""
    return page.evaluate("said.filter(words => words.includes('did not start'))")


def test_a_visit_from_first_sight_to_download(page, expect, picture_files, tmp_path):
    screenshot(page, "1-before")
    upload(page, picture_files)
    expect(page.locator(".block.nst-note").first).to_have_text("96 × 64 pixels")
    paint(page, 200, size=256)
    page.get_by_text(UNDER_WAY).wait_for()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_enabled()
    expect(paint_button(page)).to_be_disabled()
    screenshot(page, "2-during")
    page.get_by_text(DONE).wait_for()
    wait_until_ready(page, expect)
    screenshot(page, "3-after")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    path = tmp_path / "downloaded"
    download.value.save_as(path)
    with Image.open(path) as image:
        assert image.format == "PNG" and image.size == (256, 171)


CARRY = """async (data) => {
    const response = await fetch(data);
    const carried = new DataTransfer();
    carried.items.add(new File([await response.blob()], "dropped.png", {type: "image/png"}));
    return carried;
}"""


def test_pictures_come_from_the_camera(visit, expect):
    page = visit(permissions=["camera"])
    content = page.locator("#nst-content")
    content.get_by_role("button", name="Capture from camera").click()
    content.get_by_text("Click to Access Webcam").click()
    page.wait_for_function("document.querySelector('#nst-content video')?.videoWidth > 0")
    content.get_by_role("button", name="capture photo").click()
    expect(page.get_by_text(re.compile(r"^\d+ × \d+ pixels$"))).to_have_count(1)


def test_pictures_can_be_dropped(page, expect, picture_files):
    for name, path in zip(("content", "style"), picture_files, strict=True):
        carried = page.evaluate_handle(CARRY, as_url(path))
        target = page.locator(f"#nst-{name}").get_by_role(
            "button", name=re.compile("or drop it here")
        )
        for event in ("dragenter", "dragover", "drop"):
            target.dispatch_event(event, {"dataTransfer": carried})
    notes = page.get_by_text(re.compile(r"^\d+ × \d+ pixels$"))
    expect(notes).to_have_text(["96 × 64 pixels", "80 × 100 pixels"])


def as_url(path: Path) -> str:
    return f"data:image/png;base64,{b64encode(path.read_bytes()).decode()}"


def test_after_a_run_it_can_be_compared_and_watched_and_used(page, expect, picture_files, tmp_path):
    upload(page, picture_files)
    paint(page, 20)
    expect(page.locator(".nst-strip li")).to_have_count(1)
    page.get_by_role("tab", name="Compare").click()
    slider = page.get_by_label(re.compile("How much of the photograph"))
    slider.press("ArrowRight")
    assert "--at: 51%" in page.locator(".nst-compare").get_attribute("style")
    page.get_by_role("tab", name="Film").click()
    frames = page.locator(".nst-film img")
    assert frames.count() >= 20 and frames.last.is_visible()
    page.get_by_label(re.compile("Moment of the run")).press("Home")
    assert frames.first.is_visible() and not frames.last.is_visible()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.nst-play input').value == 3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the film").click()
    download.value.save_as(tmp_path / "film")
    with Image.open(tmp_path / "film") as film:
        assert film.format == "WEBP" and film.n_frames >= 20
    page.get_by_role("button", name="For the curious").click()
    expect(page.get_by_role("img", name=re.compile("Losses at iteration 20"))).to_be_visible()
    page.get_by_role("button", name="Use as photograph").click()
    expect(page.locator(".block.nst-note").first).to_have_text("128 × 85 pixels")


def test_more_iterations_go_on_and_say_when_they_cannot(page, expect, picture_files):
    upload(page, picture_files)
    page.get_by_text(re.compile("This will take about")).wait_for()
    paint(page, 6)
    expect(page.locator(".nst-strip li")).to_have_count(1)
    more = page.get_by_role("button", name="Paint on from here")
    more.click()
    expect(page.locator(".nst-strip li")).to_have_count(2)
    expect(page.get_by_text(DONE).first).to_be_visible()
    expect(page.get_by_text("starts from its picture")).to_have_count(0)
    set_number(page, "Style strength", 80)
    expect(more).to_be_enabled()
    more.click()
    page.get_by_text(re.compile("its style strength changed: this one starts")).wait_for()
    expect(page.locator(".nst-strip li")).to_have_count(3)


def test_a_mask_is_painted_on_the_photograph(page, expect, tmp_path):
    white, blue = Image.new("RGB", (200, 150), "white"), Image.new("RGB", (90, 80), "#0040c0")
    blue.paste("#e0c020", (20, 0, 50, 80))
    files = [tmp_path / "white.png", tmp_path / "blue.png"]
    for image, path in zip((white, blue), files, strict=True):
        image.save(path)
    upload(page, files)
    open_group(page, "Masks: what is painted")
    canvas = page.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # the photograph is laid under the brush
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 30, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Keep that a photograph").click()
    expect(page.locator("#nst-mask").locator(SHOWN)).to_be_visible()
    screenshot(page, "6-mask")
    paint(page, 12, size=64)
    page.get_by_text(DONE).wait_for()
    wait_until_ready(page, expect)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    download.value.save_as(tmp_path / "result.png")
    with Image.open(tmp_path / "result.png") as result:
        assert result.getpixel((32, 24)) == (255, 255, 255)
        assert result.getpixel((5, 5)) != (255, 255, 255)


def test_stop_keeps_the_picture_and_the_next_run_starts(page, expect, picture_files):
    upload(page, picture_files)
    paint(page, 2000, size=512)
    page.get_by_text(UNDER_WAY).wait_for()
    keep_what_is_said(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_until_ready(page, expect)
    page.get_by_text(re.compile("^Stopped at")).wait_for()
    assert page.evaluate("said.length") and not said_of_failure(page)
    assert page.locator(SHOWN).count() == 3  # content, style and the picture so far
    screenshot(page, "4-stopped")
    paint(page, 10)
    page.get_by_text(DONE).wait_for()
    expect(page.locator(".nst-strip li")).to_have_count(2)


def test_an_example_is_painted_and_can_be_changed(visit, expect):
    page = visit(LONG)
    page.get_by_role(
        "button", name=re.compile("Paint the example Chelsea the cat, painted as: The Great Wave")
    ).click()
    page.get_by_text(UNDER_WAY).wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_until_ready(page, expect)
    for note in ("451 × 300 pixels", "914 × 502 pixels"):
        page.get_by_text(note, exact=True).wait_for()
    page.get_by_role("tab", name="Compare").click()
    after = page.locator(".nst-compare img").last
    # What was in sight stays: a fast machine is past the first look by then.
    expect(after).to_have_attribute("alt", re.compile("A first look|stopped at iteration"))
    screenshot(page, "5-example")
    open_tab(page, "Paintings")
    page.get_by_role("button", name=re.compile("Take the painting: Misty mountains")).click()
    paint(page, 4)
    page.get_by_text(DONE).wait_for()


def test_what_is_wrong_is_said_in_its_place(page, expect, picture_files, tmp_path):
    notes = page.locator(".block.nst-note")
    choose_file(page, "style", picture_files[1])
    expect(notes.nth(1)).to_have_text("80 × 100 pixels")
    paint(page, 4)
    expect(notes.nth(0).get_by_role("alert")).to_contain_text("Choose a photograph first")
    screenshot(page, "6-missing")
    wait_until_ready(page, expect)
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(picture_files[0].read_bytes()[:200])
    choose_file(page, "content", damaged)
    expect(notes.nth(0).get_by_role("alert")).to_contain_text("The photograph")
    expect(notes.nth(0)).not_to_contain_text("Choose")
    expect(notes.nth(1)).to_have_text("80 × 100 pixels")
    screenshot(page, "7-damaged")
    assert page.get_by_text("Error", exact=True).count() == 0


def test_two_visitors_never_see_each_others_pictures(visit, expect, picture_files, tmp_path):
    """One paints a red picture, the other a blue one, at the same time."""
    visitors = {}
    for name in ("red", "blue"):
        path = tmp_path / f"{name}.png"
        Image.new("RGB", (96, 96), name).save(path)
        visitors[name] = visit()
        upload(visitors[name], [path, path])
    for page in visitors.values():
        paint(page, 20)
    for name, page in visitors.items():
        page.get_by_text(DONE).wait_for()
        wait_until_ready(page, expect)
        expect(page.locator(".nst-strip li")).to_have_count(1)
        page.get_by_role("tab", name="Film").click()
        for picture in (page.locator(".nst-strip img"), page.locator(".nst-film img").last):
            red, _, blue = page.evaluate(MIDDLE, picture.get_attribute("src"))
            assert (red > blue) == (name == "red")


def take_an_example(page) -> None:
    """Fill both pictures with examples."""
    open_tab(page, "Paintings")
    page.get_by_role("button", name=re.compile("Take the photograph: Chelsea")).click()
    page.get_by_role("button", name=re.compile("Take the painting:")).first.click()
    page.get_by_text(re.compile(r"^\d+ × \d+ pixels$")).nth(1).wait_for()


def has_come_back(page, expect) -> None:
    """See the run of 2000 iterations again, with its pictures, and end it."""
    page.get_by_text(UNDER_WAY).wait_for()
    expect(page.locator(SHOWN)).to_have_count(3)  # content, style and the picture so far
    expect(paint_button(page)).to_be_disabled()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text(re.compile("^Stopped at")).wait_for()
    wait_until_ready(page, expect)
    expect(page.locator(".nst-strip li")).to_have_count(1)


def test_a_run_survives_a_reload_and_so_does_its_result(page, expect):
    take_an_example(page)
    paint(page, 2000, size=512)
    page.get_by_text(UNDER_WAY).wait_for()
    page.reload()
    has_come_back(page, expect)
    page.reload()
    wait_for_settings(page)
    page.get_by_text(re.compile("^Stopped at")).wait_for()
    expect(page.locator(SHOWN)).to_have_count(3)
    expect(page.locator(".nst-strip li")).to_have_count(1)
    set_number(page, "Iterations", 4)
    page.get_by_role("button", name="Paint on from here").click()
    page.get_by_text(DONE).wait_for()
    page.get_by_role("tab", name="At once").click()
    style_button(page, "Mosaic").click()
    page.get_by_text(re.compile("^Painted as Mosaic")).wait_for()
    page.reload()
    page.get_by_text(re.compile("^Painted as Mosaic")).wait_for()
    expect(page.locator(SHOWN)).to_have_count(3)


def test_a_run_survives_a_lost_connection(visit, url, expect):
    with Wire(url) as wire:
        page = visit(wire.address)
        take_an_example(page)
        paint(page, 2000, size=512)
        page.get_by_text(UNDER_WAY).wait_for()
        wire.cut()
        page.wait_for_timeout(4000)
        with page.expect_event("load"):  # Gradio's page loads itself again
            wire.mend()
        has_come_back(page, expect)


def test_after_a_restart_of_the_server_the_page_says_what_is_missing(
    visit, expect, url, start_server, picture_files
):
    with Wire(url) as wire:
        page = visit(wire.address)
        set_number(page, "Style strength", 61)
        upload(page, picture_files)
        wire.cut()
        wire.lead_to(start_server()[0])  # which knows of no visit, as one that was restarted
        wire.mend()
        page.reload()
        page.get_by_text("please add them again. Your settings are still here.").wait_for()
        open_tab(page, "Settings")
        expect(page.get_by_label("number input for Style strength")).to_have_value("61")
        page.reload()
        untouched = visit(wire.address)
        expect(untouched.get_by_text("please add them again")).to_have_count(0)


def test_a_copied_tab_is_a_visit_of_its_own(visit, expect):
    page = visit()
    take_an_example(page)
    key = "sessionStorage.getItem('nst-visit-key')"
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")  # with a copy of the storage
    other = opened.value
    wait_for_settings(other)
    other.wait_for_function(f"{key} !== {page.evaluate(key)!r}")
    expect(other.locator(SHOWN)).to_have_count(0)
    page.reload()
    expect(page.locator(SHOWN)).to_have_count(2)


def test_a_visitor_who_waits_can_leave_the_queue(visit, expect, picture_files):
    first, second = visit(), visit()
    upload(first, picture_files)
    paint(first, 2000, size=512)
    first.get_by_text(UNDER_WAY).wait_for()
    choose_file(second, "content", picture_files[0])
    paint(second, 4)  # too early: it is to begin nothing that would wait
    second.get_by_text("Choose a painting first").wait_for()
    choose_file(second, "style", picture_files[1])
    expect(second.get_by_text("Choose a painting first")).to_have_count(0)
    paint_button(second).click()
    second.get_by_text("Waiting for a free place").wait_for()
    keep_what_is_said(second)
    second.get_by_role("button", name="Stop", exact=True).click()
    wait_until_ready(second, expect)
    expect(second.locator(".block.nst-progress")).to_have_text("Stopped.")
    assert not said_of_failure(second)
    assert first.get_by_text(UNDER_WAY).is_visible()
    paint_button(second).click()
    second.get_by_text("Waiting for a free place").wait_for()
    first.get_by_role("button", name="Stop", exact=True).click()
    second.get_by_text(DONE).wait_for()


MIDDLE = """async source => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def test_the_page_fits_a_phone(visit, expect):
    page = visit(LONG, viewport=PHONE, has_touch=True)
    page.get_by_role("button", name=re.compile("Paint the example")).first.click()
    page.get_by_text(UNDER_WAY).wait_for()
    expect(page.locator("#nst-result")).to_be_in_viewport()  # the result comes into view
    stop = page.get_by_role("button", name="Stop", exact=True)
    for part in ("#nst-content", ".nst-cards"):
        page.locator(part).scroll_into_view_if_needed()
        expect(stop).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("progressbar")).to_be_in_viewport(ratio=1)
    stop.click()
    wait_until_ready(page, expect)
    for group in ("Strokes and colours", "Where to start", "For the curious", "Keep and share"):
        open_group(page, group)
    for scheme in in_both_schemes(page, expect):
        screenshot(page, f"8-phone-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, scheme
    paint(page, 4)
    expect(page.locator("#nst-result")).to_be_in_viewport()
    page.get_by_text(DONE).wait_for()


def in_both_schemes(page, expect):
    """Show the page light, and then dark; the scheme that it is in."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body.dark")).to_have_count(int(scheme == "dark"))
        yield scheme


def test_it_all_goes_by_keyboard(visit, expect):
    """From Paint, soon reached, to an example's run and its stop, with Tab and Enter alone."""
    page = visit(LONG, ready=lambda page: paint_button(page).wait_for())  # it begins at its top
    walk(page, "Tab", paint_button(page), 8)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Choose a photograph first")
    walk(page, "Tab", page.locator("[data-name=coffee_composition-vii]"), 80)
    page.keyboard.press("Enter")
    page.get_by_text(UNDER_WAY).wait_for()
    walk(page, "Shift+Tab", page.get_by_role("button", name="Stop", exact=True), 80)
    page.keyboard.press("Enter")
    page.get_by_text(re.compile("^Stopped at")).wait_for()


def walk(page, key: str, target, most: int) -> None:
    """Press a key until a control has the focus, so many times at most."""
    for _ in range(most):
        page.keyboard.press(key)
        if target.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError(f"not reached in {most} steps: {target}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(visit, expect, picture_files, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    for group in ("Strokes and colours", "Where to start", "For the curious", "Keep and share"):
        open_group(page, group)
    found = violations(page)
    upload(page, picture_files)
    paint(page, 20)
    expect(page.locator(".nst-strip li")).to_have_count(1)
    wait_until_ready(page, expect)
    for tab in ("Film", "Compare", "Picture"):
        page.get_by_role("tab", name=tab).click()
        found |= violations(page)
    page.locator(".nst-strip button").click()
    screenshot(page, f"9-dialog-{scheme}")
    assert not found | violations(page)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_instant_style_paints_at_a_click_and_is_refined(visit, expect, viewport):
    page = visit(LONG, viewport=viewport, reduced_motion="reduce")
    page.get_by_role("tab", name="At once").click()
    style_button(page, "Mosaic").click()
    expect(page.get_by_role("alert")).to_contain_text("The photograph is missing")
    open_tab(page, "Paintings")
    page.get_by_role("button", name=re.compile("Take the photograph: Chelsea")).click()
    expect(page.locator(".nst-note p").first).to_have_text("451 × 300 pixels")
    open_tab(page, "At once")
    refine = page.get_by_role("button", name="Paint it properly, starting from this")
    expect(refine).to_be_disabled()
    expect(page.get_by_label("number input for Share of the second style")).to_be_disabled()
    style_button(page, "Mosaic").focus()
    page.keyboard.press("Enter")
    page.get_by_text(re.compile("^Painted as Mosaic: 512 × 341 pixels in")).wait_for()
    expect(page.locator("#nst-result")).to_be_in_viewport()
    expect(style_button(page, "Mosaic")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".nst-strip li")).to_have_count(1)
    page.get_by_label("range slider for Strength").last.press("ArrowLeft")
    page.get_by_text(re.compile("^Painted as Mosaic, strength 84: ")).wait_for()
    strength = page.get_by_label("number input for Strength").last
    strength.fill("85")
    strength.press("Enter")
    page.get_by_text(re.compile("^Painted as Mosaic: ")).wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    strength.focus()
    page.keyboard.press("Tab")  # past a number that stays what it is
    screenshot(page, f"10-instant-{viewport['width']}")
    assert not violations(page)
    assert not [url for url in asked if "queue/join" in url]
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.get_by_role("tab", name="Compare").click()
    page.get_by_label(re.compile("How much of the photograph")).press("ArrowRight")
    assert "--at: 51%" in page.locator(".nst-compare").get_attribute("style")
    refine.click()
    _refines_until_stopped(page, expect)


def test_a_painting_of_ones_own_is_painted_like_at_once(page, expect, picture_files):
    open_tab(page, "At once")
    own = page.get_by_role("button", name="The painting above")
    own.click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a painting first")
    upload(page, picture_files)
    own.click()
    page.get_by_text(re.compile("^Painted as your painting: 512 × 341 pixels in")).wait_for()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_label("The photograph's", exact=True).last.check()  # of the colours
    page.get_by_text(
        re.compile("^Painted as your painting, colours: the photograph's: ")
    ).wait_for()
    screenshot(page, "11-own-painting")
    page.get_by_role("tab", name="Paintings").click()
    paint(page, 200, size=512)
    page.get_by_text("A first look, painted at once").wait_for()


def _refines_until_stopped(page, expect):
    page.get_by_text(UNDER_WAY).wait_for()
    expect(page.locator("#nst-style").locator(SHOWN)).to_be_visible()
    # One result at a time: a style is refused until the run has ended.
    page.get_by_role("tab", name="At once").click()
    style_button(page, "Woodcut").click()
    expect(page.get_by_role("alert")).to_contain_text("A picture is being painted")
    page.get_by_role("tab", name="Paintings").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_until_ready(page, expect)
    expect(page.locator(".nst-strip li")).to_have_count(4)
    open_group(page, "Where to start")
    expect(page.get_by_label("A picture", exact=True)).to_be_checked()


def test_presets_and_recipes_set_the_controls(page, expect, picture_files, tmp_path):
    strength = page.get_by_label("number input for Style strength")
    open_tab(page, "Settings")
    expect(page.get_by_label("Balanced")).to_be_checked()
    page.get_by_label("Bold").click()
    expect(strength).to_have_value("75")
    painted, text = tmp_path / "painted.png", PngImagePlugin.PngInfo()
    text.add_text("Recipe", Recipe(Settings(style_strength=66), "compact", "x").text())
    Image.new("RGB", (64, 64)).save(painted, pnginfo=text)
    open_group(page, "Keep and share")
    button = page.get_by_role("button", name="Use the settings of a picture")
    for path, seen in ((painted, None), (picture_files[0], "no recipe")):
        with page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files(path)
        if seen:
            page.get_by_text(re.compile(seen)).first.wait_for()
        expect(strength).to_have_value("66")
    expect(page.get_by_label("Bold")).not_to_be_checked()
    expect(page.get_by_text("Preset (changed)")).to_be_visible()


def test_a_control_that_does_not_apply_is_disabled_with_the_reason(page, expect):
    open_group(page, "Where to start")
    seed = page.get_by_label("number input for Seed")
    expect(seed).to_be_disabled()
    expect(page.get_by_text("Only noise is drawn from a seed")).to_be_visible()
    page.get_by_label("noise", exact=True).click()
    expect(seed).to_be_enabled()
    expect(page.get_by_text("Only noise is drawn from a seed")).to_have_count(0)


def test_settings_come_back_from_a_link_and_from_the_last_visit(visit, expect):
    page = visit()
    set_number(page, "Style strength", 61)
    open_group(page, "Keep and share")
    page.get_by_role("button", name="Copy a link").click()
    link = page.get_by_role("link", name=re.compile("style_strength=61"))
    query = urlsplit(link.get_attribute("href")).query
    assert parse_qs(query) == {"style_strength": ["61"]}
    strength = "number input for Style strength"
    again = visit("", context=page.context)
    other = visit("?style_strength=33&color=content")
    wrong = visit("?style_strength=1000")
    for opened in (again, other, wrong):
        open_tab(opened, "Settings")
    expect(again.get_by_label(strength)).to_have_value("61")
    expect(other.get_by_label(strength)).to_have_value("33")
    expect(wrong.get_by_role("alert")).to_have_text(
        "The link's settings were not used: style_strength must be a number from 0 to 100, "
        "not 1000.0."
    )
    expect(wrong.get_by_label(strength)).to_have_value("50")
