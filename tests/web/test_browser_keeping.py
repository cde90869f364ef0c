"""What a visitor does with a picture that is there, in a real Chromium."""

import io
import re

import pytest
from PIL import Image

from tests.web.browsing import (
    DESKTOP,
    DONE,
    PHONE,
    open_tab,
    paint,
    screenshot,
    set_number,
    style_button,
    upload,
    violations,
    wait_until_ready,
)

pytestmark = pytest.mark.browser
NAME = "content-in-the-style-of-style"
TILE = ".nst-strip li button"
PRESSED = ("Download", "Share", "Save before and after", "Save the film", "Use as photograph")
SHARES = """() => {
  window.shared = [];
  navigator.canShare = given => given.files.length > 0;
  navigator.share = async given => {
    const file = given.files[0];
    window.shared.push([file.name, file.type, file.size]);
  };
}"""
PASTED = """async () => {
  const [item] = await navigator.clipboard.read();
  const bytes = new Uint8Array(await (await item.getType('image/png')).arrayBuffer());
  return [...bytes];
}"""


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def painted(page, files, iterations: int = 6) -> None:
    """Have a small picture painted."""
    upload(page, files)
    paint(page, iterations, size=64)
    page.get_by_text(DONE).wait_for()
    wait_until_ready(page, expect_of(page))


def expect_of(_page):
    return pytest.importorskip("playwright.sync_api").expect


def downloaded(page, name: str) -> tuple[str, Image.Image]:
    """What a button saves: the file's name, and the picture."""
    with page.expect_download() as download:
        button(page, name).click()
    return download.value.suggested_filename, Image.open(download.value.path())


def test_every_file_is_called_by_its_pictures(page, expect, picture_files):
    for name in (*PRESSED, "Paint on from here", "Paint it large"):
        expect(button(page, name)).to_be_disabled()
    painted(page, picture_files)
    name, picture = downloaded(page, "Download")
    assert name == f"{NAME}.png" and picture.size == (64, 43)
    name, film = downloaded(page, "Save the film")
    assert name == f"{NAME}.webp" and film.format == "WEBP" and film.n_frames > 3
    name, both = downloaded(page, "Save before and after")
    assert name == f"{NAME}-before-and-after.jpg"
    assert both.format == "JPEG" and both.size == (130, 43)
    open_tab(page, "At once")
    style_button(page, "Mosaic").click()
    page.get_by_text(re.compile("^Painted as Mosaic")).wait_for()
    expect(button(page, "Save the film")).to_be_disabled()
    assert downloaded(page, "Download")[0] == "content-in-the-style-of-mosaic.png"
    name, both = downloaded(page, "Save before and after")
    assert name == "content-in-the-style-of-mosaic-before-and-after.jpg"
    assert both.width > 2 * both.height


def test_the_picture_goes_to_another_program_or_to_the_clipboard(visit, expect, picture_files):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    painted(page, picture_files)
    said = page.locator(".block.nst-said")
    page.evaluate("delete Navigator.prototype.share; delete Navigator.prototype.canShare")
    button(page, "Share").click()
    expect(said).to_have_text("The picture is copied: paste it anywhere.")
    with Image.open(io.BytesIO(bytes(page.evaluate(PASTED)))) as pasted:
        assert pasted.size == (64, 43)
    page.evaluate("window.ClipboardItem = undefined")
    button(page, "Share").click()
    expect(said).to_have_text("A link to this page with these settings is copied.")
    assert "size=64" in page.evaluate("navigator.clipboard.readText()")
    page.evaluate(SHARES)
    button(page, "Share").click()
    page.wait_for_function("window.shared.length")
    expect(said).to_have_text("")
    ((name, kind, size),) = page.evaluate("window.shared")
    assert (name, kind) == (f"{NAME}.png", "image/png") and size > 1000


def test_a_picture_of_this_visit_is_opened_compared_and_used(visit, expect, picture_files):
    page = visit(reduced_motion="reduce")
    painted(page, picture_files)
    set_number(page, "Style strength", 80)
    tile = page.locator(TILE)
    tile.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="A picture of this visit")
    expect(dialog.get_by_role("img")).to_have_count(2)
    slider = dialog.get_by_label(re.compile("How much of the photograph"))
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert "--at: 1%" in dialog.locator(".nst-compare").get_attribute("style")
    screenshot(page, "12-dialog")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tile).to_be_focused()
    tile.click()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Save this copy").click()
    assert download.value.suggested_filename == f"{NAME}.jpg"
    button(dialog, "Use these settings").click()
    expect(page.get_by_label("number input for Style strength")).to_have_value("50")
    tile.click()
    button(dialog, "Use as photograph").click()
    expect(page.locator(".nst-strip [role=status]")).to_have_text(re.compile("press Paint"))
    expect(page.locator(".block.nst-note").first).to_have_text("64 × 43 pixels")
    paint(page, 4, size=64)
    expect(page.locator(TILE)).to_have_count(2)  # "Done" is there from the last run
    wait_until_ready(page, expect)
    assert downloaded(page, "Download")[0] == f"{NAME}.png"


def test_pictures_of_this_visit_are_kept_small_and_deleted_and_put_back(
    page, expect, picture_files
):
    painted(page, picture_files)
    paint(page, 7, size=64)
    tiles = page.locator(TILE)
    expect(tiles).to_have_count(2)
    kept = page.evaluate("JSON.parse(sessionStorage.getItem('nst-visit'))")
    assert len(kept["items"]) == 2 and len(kept["photographs"]) == 1
    assert not any("before" in item for item in kept["items"])  # it fits into the browser
    newest = tiles.first.get_attribute("data-id")
    tiles.first.focus()
    page.keyboard.press("Delete")
    expect(tiles).to_have_count(1)
    expect(tiles.first).to_be_focused()
    button(page, "Put back").click()
    expect(tiles).to_have_count(2)
    assert tiles.first.get_attribute("data-id") == newest
    tiles.first.click()
    button(page.get_by_role("dialog"), "Delete").click()
    expect(tiles).to_have_count(1)
    page.reload()  # the server shows the last picture again, which was deleted here
    page.get_by_text(DONE).wait_for()
    expect(tiles).to_have_count(1)
    tiles.first.focus()
    page.keyboard.press("Delete")
    expect(button(page, "Put back")).to_be_focused()


def test_a_link_brings_the_painting_and_the_settings(visit, expect):
    page = visit()
    set_number(page, "Style strength", 61)
    open_tab(page, "Paintings")
    page.get_by_role("button", name=re.compile("Take the painting: The Great Wave")).click()
    page.get_by_text("914 × 502 pixels").wait_for()
    open_tab(page, "Settings")
    page.get_by_role("button", name="Keep and share").click()
    page.get_by_role("button", name="Copy a link").click()
    link = page.get_by_role("link", name=re.compile("style_strength=61")).get_attribute("href")
    assert link.endswith("?style=great-wave&style_strength=61")
    other = visit(link)
    other.get_by_text("914 × 502 pixels").wait_for()
    open_tab(other, "Settings")
    expect(other.get_by_label("number input for Style strength")).to_have_value("61")
    wrong = visit("?style=mine")
    expect(wrong.get_by_role("alert")).to_contain_text(
        "The link's painting was not used: style must be one of starry-night, "
    )


def test_a_painting_of_ones_own_is_in_no_link(page, expect, tmp_path, content, style):
    files = [tmp_path / "content.png", tmp_path / "houses.jpg"]
    for image, path in zip((content, style), files, strict=True):
        image.save(path)
    upload(page, files)
    open_tab(page, "Settings")
    page.get_by_role("button", name="Keep and share").click()
    page.get_by_role("button", name="Copy a link").click()
    link = page.locator(".nst-link a")
    link.wait_for()
    assert "houses" not in link.get_attribute("href")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_buttons_are_large_enough_and_stay_where_they_are(
    visit, expect, picture_files, viewport
):
    page = visit(viewport=viewport, reduced_motion="reduce", has_touch=True)
    names = (*PRESSED, "Paint on from here", "Paint it large")
    before = [button(page, name).bounding_box() for name in names]
    painted(page, picture_files)
    expect(button(page, "Save the film")).to_be_enabled()
    after = [button(page, name).bounding_box() for name in names]
    moved = {box["y"] - was["y"] for box, was in zip(after, before, strict=True)}
    assert len({round(step) for step in moved}) == 1  # together, if at all
    least = 44 if viewport is PHONE else 36
    assert all(box["height"] >= least for box in after)
    screenshot(page, f"13-kept-{viewport['width']}")
    page.locator(TILE).click()
    screenshot(page, f"14-large-{viewport['width']}")
    for inside in page.get_by_role("dialog").get_by_role("button").all():
        assert inside.bounding_box()["height"] >= least
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_picture_is_painted_again_large(visit, expect, tmp_path):
    page, files = visit(viewport={"width": 320, "height": 640}), []
    for name, colour in (("content", "#806020"), ("style", "#2040a0")):
        files.append(tmp_path / f"{name}.png")
        # So narrow that even a large one has few pixels.
        picture = Image.effect_noise((320, 16), 60).convert("RGB")
        Image.blend(picture, Image.new("RGB", picture.size, colour), 0.5).save(files[-1])
    upload(page, files)
    paint(page, 3, size=320)
    large = button(page, "Paint it large")
    expect(large).to_be_enabled()
    small = downloaded(page, "Download")[1]
    assert small.size == (320, 16)
    wait_until_ready(page, expect)
    large.click()
    expect(large).to_be_disabled()
    expect(page.locator(".nst-strip li")).to_have_count(2)
    name, picture = downloaded(page, "Download")
    assert name == f"{NAME}.png" and max(picture.size) >= 1024
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wait_until_ready(page, expect)
    assert violations(page) == set()
    screenshot(page, "15-painted-large-320")
