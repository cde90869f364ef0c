"""Pictures by every way that people have, in a real Chromium."""

import itertools
import re
from base64 import b64encode

import pytest
from PIL import Image

from tests.web.browsing import PHONE, SHOWN, choose_file, open_tab, paint_button

pytestmark = pytest.mark.browser
CARRIED = """([data, name, type, words]) => {
  const carried = new DataTransfer();
  if (name) {
    const bytes = Uint8Array.from(atob(data), one => one.charCodeAt(0));
    carried.items.add(new File([bytes], name, {type}));
  }
  for (const [format, text] of Object.entries(words)) carried.setData(format, text);
  return carried;
}"""
NO_PICTURES = {
    "film.mp4": ("video/mp4", b"\0\0\0\x20ftypisom", "That is a video"),
    "paper.pdf": ("application/pdf", b"%PDF-1.7", "That is a PDF"),
    "drawing.svg": ("image/svg+xml", b"<svg/>", "That is an SVG"),
    "song.mp3": ("audio/mpeg", b"ID3", "That is a sound"),
    "shot.nef": ("", b"MM\0*", "camera's raw file"),
    "nothing.png": ("image/png", b"", "That file is empty"),
    "letter.docx": ("application/zip", b"PK", "That is not a picture"),
    "no-name": ("", b"%PDF-1.7", "That is a PDF"),
}


def carry(page, data=b"", name="", kind="", **words):
    """A DataTransfer with a file, or with what was copied or dragged out of a page."""
    words = {format.replace("_", "/", 1).replace("_", "-"): text for format, text in words.items()}
    return page.evaluate_handle(CARRIED, [b64encode(data).decode(), name, kind, words])


def paste(page, carried, into: str = "body") -> None:
    page.locator(into).first.evaluate(
        """(node, carried) => node.dispatchEvent(new ClipboardEvent('paste',
          {clipboardData: carried, bubbles: true, cancelable: true}))""",
        carried,
    )


def drop(page, carried, onto: str) -> None:
    for event in ("dragenter", "dragover", "drop"):
        page.locator(onto).first.dispatch_event(event, {"dataTransfer": carried})


def drop_from_desktop(page, path, onto: str) -> None:
    """Drop a file or a folder as a file manager does."""
    page.locator(onto).first.scroll_into_view_if_needed()
    box = page.locator(onto).first.bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    devtools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "data": data, **at})


def line(page, place: str):
    """What is said under a place."""
    return page.locator(f"#nst-place-{place} .nst-note p")


def said_near(page, place: str):
    """What is said under a place in the settings."""
    return page.locator(f"#nst-{place} ~ .nst-note p").first


def area(place: str) -> str:
    return f"#nst-{place} button.upload-container"


def test_pasted_pictures_fill_the_places_in_turn_and_then_the_one_that_was_touched(
    page, expect, picture_files
):
    content, style = (path.read_bytes() for path in picture_files)
    paste(page, carry(page, content, "image.png", "image/png"))
    expect(line(page, "content")).to_have_text("96 × 64 pixels")
    paste(page, carry(page, style, "image.png", "image/png"))
    expect(line(page, "style")).to_have_text("80 × 100 pixels")
    page.locator("#nst-style .image-frame").click()
    paste(page, carry(page, content, "image.png", "image/png"))
    expect(line(page, "style")).to_have_text("96 × 64 pixels")
    paste(page, carry(page, style, "image.png", "image/png"))
    expect(line(page, "content")).to_have_text("80 × 100 pixels")


def test_what_has_the_focus_is_pasted_into_and_a_field_keeps_its_paste(page, expect, picture_files):
    content = picture_files[0].read_bytes()
    page.locator(area("style")).focus()
    paste(page, carry(page, content, "image.png", "image/png"))
    expect(line(page, "style")).to_have_text("96 × 64 pixels")
    page.get_by_role("tab", name="Settings", exact=True).click()
    words = carry(page, content, "image.png", "image/png", text_plain="http://127.0.0.1/a.png")
    paste(page, words, "input[type=number] >> visible=true")
    paste(page, carry(page, text_plain="just words"))
    page.wait_for_timeout(500)
    expect(line(page, "content")).to_have_count(0)


def test_the_keys_paste_what_is_on_the_clipboard(visit, expect):
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("""async () => {
      const canvas = new OffscreenCanvas(40, 30);
      canvas.getContext('2d').fillRect(0, 0, 20, 20);
      const image = await canvas.convertToBlob({type: 'image/png'});
      await navigator.clipboard.write([new ClipboardItem({'image/png': image})]);
    }""")
    page.keyboard.press("Control+v")
    expect(line(page, "content")).to_have_text("40 × 30 pixels")
    page.evaluate("navigator.clipboard.writeText('http://10.0.0.1/a.png')")
    page.keyboard.press("Control+v")
    expect(line(page, "style")).to_contain_text("not a public one")


def test_web_addresses_are_fetched_by_the_servers_rules(page, expect):
    page.locator("#nst-style").get_by_text("Choose a painting").hover()
    paste(page, carry(page, text_plain="http://127.0.0.1/a.png"))
    expect(line(page, "content")).to_contain_text("not a public one")
    drop(page, carry(page, **{"text_uri-list": "http://10.0.0.1/"}), area("style"))
    expect(line(page, "style")).to_contain_text("not a public one")
    page.get_by_role("button", name="Web address of the photograph").click()
    page.get_by_label("Web address of a picture").fill("http://localhost:1/")
    page.keyboard.press("Enter")
    expect(line(page, "content")).to_contain_text("without a port")


def test_the_pages_own_pictures_can_be_dragged_into_a_place(page, expect):
    own = page.locator(".nst-content-tiles img").first.get_attribute("src")
    drop(page, carry(page, text_html=f'<img src="{own}">'), area("style"))
    expect(line(page, "style")).to_have_text("120 × 90 pixels")
    icon = page.url.rstrip("/") + "/favicon.ico"  # which is an SVG
    drop(page, carry(page, text_uri_list=icon), area("content"))
    expect(line(page, "content")).to_contain_text("That is an SVG")


def test_what_is_no_picture_gets_its_sentence_in_its_place(page, expect):
    for way, name in itertools.product(("chosen", "dropped", "pasted"), NO_PICTURES):
        kind, data, sentence = NO_PICTURES[name]
        if way == "chosen":
            file = {"name": name, "mimeType": kind, "buffer": data}
            page.locator("#nst-content input[type=file]").set_input_files(file)
        elif way == "dropped":
            drop(page, carry(page, data, name, kind), area("content"))
        else:
            paste(page, carry(page, data, name, kind))
        expect(line(page, "content")).to_contain_text(sentence)
        if page.locator(area("content")).count() == 0 or name == "no-name":
            page.get_by_label("Remove Image").first.click()
            # The server empties the line, and would empty it of what the browser says next.
            expect(line(page, "content")).to_have_count(0)
    expect(page.locator(".toast-body")).to_have_count(0)
    expect(line(page, "style")).to_have_count(0)


def test_every_other_place_has_its_own_sentence_and_keeps_what_it_has(page, expect, picture_files):
    open_tab(page, "Settings")
    for title in ("More paintings", "Masks", "Where to start", "Keep and share"):
        page.get_by_role("button", name=title).click()
    data = picture_files[0].read_bytes()
    for place in ("style_2", "mask", "start"):
        drop(page, carry(page, data, "a.png", "image/png"), f"#nst-{place} button")
        # Shown by the browser, then looked at by the server, whose word would come after ours.
        expect(said_near(page, place)).to_have_text("96 × 64 pixels")
        choose_file(page, place, {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"0"})
        expect(said_near(page, place)).to_contain_text("That is a video")
        expect(page.locator(f"#nst-{place} .image-frame img")).to_have_count(1)
    text = {"name": "words.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"}
    choose_file(page, "start", text)
    expect(said_near(page, "start")).to_contain_text("That is a PDF")
    drop(page, carry(page, b"<svg/>", "a.svg", "image/svg+xml"), "#nst-mask_editor")
    expect(said_near(page, "mask_editor")).to_contain_text("That is an SVG")
    drop(page, carry(page, data, "a.png", "image/png"), "#nst-mask_editor")
    expect(line(page, "content")).to_have_text("96 × 64 pixels")
    for name, kind, sentence in (
        ("song.mp3", "audio/mpeg", "That is a sound"),
        ("a.jpg", "image/jpeg", "has no recipe"),
    ):
        choose_file(page, "recipe", {"name": name, "mimeType": kind, "buffer": data})
        expect(page.locator(".nst-link p")).to_contain_text(sentence)
    expect(page.locator(".toast-body")).to_have_count(0)
    expect(line(page, "style")).to_have_count(0)


def test_folders_and_files_come_from_the_desktop(page, expect, picture_files):
    drop_from_desktop(page, picture_files[0].parent, area("style"))
    expect(line(page, "style")).to_contain_text("That is a folder")
    drop_from_desktop(page, picture_files[0], "#nst-place-style .nst-under")
    expect(line(page, "style")).to_have_text("96 × 64 pixels")
    expect(page.locator(".toast-body")).to_have_count(0)


def test_a_phones_heic_is_shown_whatever_type_it_comes_with(page, expect, tmp_path):
    path = tmp_path / "photo.heic"
    Image.new("RGB", (64, 48), (200, 60, 30)).save(path, "HEIF")
    for place, kind in (("content", ""), ("style", "image/heic")):
        drop(page, carry(page, path.read_bytes(), "photo.heic", kind), area(place))
        expect(line(page, place)).to_have_text("64 × 48 pixels")
        shown = page.locator(f"#nst-{place} {SHOWN.split(',')[0]}")
        expect(shown).to_have_js_property("naturalWidth", 64)


def test_a_picture_dropped_beside_the_places_does_not_replace_the_page(page, expect, picture_files):
    carried = carry(page, picture_files[0].read_bytes(), "a.png", "image/png")
    drop(page, carried, "h1")
    expect(line(page, "content")).to_have_text("96 × 64 pixels")
    drop(page, carry(page, picture_files[1].read_bytes(), "b.png", "image/png"), "#nst-content img")
    expect(line(page, "content")).to_have_text("80 × 100 pixels")


def test_a_picture_is_turned_and_cropped_and_nothing_jumps(page, expect, picture_files):
    top = paint_button(page).bounding_box()["y"]
    choose_file(page, "content", picture_files[0])
    expect(line(page, "content")).to_have_text("96 × 64 pixels")
    assert abs(paint_button(page).bounding_box()["y"] - top) < 2
    page.get_by_role("button", name="Turn the photograph").click()
    expect(line(page, "content")).to_have_text("64 × 96 pixels")
    page.get_by_role("button", name="Crop the photograph").click()
    page.get_by_label("Square").check(force=True)
    page.get_by_label("Size", exact=True).fill("50")
    frame = page.get_by_role("group", name=re.compile("arrow keys", re.I))
    before = frame.bounding_box()
    frame.press("ArrowDown")
    assert frame.bounding_box()["y"] > before["y"]
    page.get_by_role("dialog").get_by_role("button", name="Crop").click()
    expect(line(page, "content")).to_have_text("32 × 32 pixels")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_on_a_phone_the_place_itself_offers_the_camera(visit, expect, picture_files):
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    chooser = page.locator("#nst-content input[type=file]")
    expect(chooser).to_have_attribute("accept", "image/*")
    expect(page.get_by_label("Capture from camera").first).to_be_hidden()
    choose_file(page, "content", picture_files[0])
    expect(line(page, "content")).to_have_text("96 × 64 pixels")
    for button in ("Turn the photograph", "Crop the photograph", "Web address of the painting"):
        box = page.get_by_role("button", name=button).bounding_box()
        assert min(box["width"], box["height"]) >= 44, button
