"""What the tests in a real Chromium share: waiting, pressing and filling in, as a visitor does."""

import json
import os
import re
from pathlib import Path

import pytest

from web.runs.files import PICTURES

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The first two are pages of the address bar's own, loaded with every window: a fifth of what
    # a visit costs. The others are those of Playwright's that matter here: the last list counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "DestroyProfileOnBrowserClose,HttpsUpgrades,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,MediaRouter,OptimizationHints",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENCE = 60_000  # milliseconds, on a slow machine
SHOWN = ".image-frame img, [data-testid=detailed-image]"
UNDER_WAY, DONE = re.compile("s left ·"), re.compile("Done in")
LONG = "?iterations=2000"  # where nothing ends before it is stopped, on no machine
TRANSITIONS_END = """() => Promise.allSettled(document.getAnimations()
  .filter(each => each instanceof CSSTransition).map(each => each.finished))"""
DESKTOP, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}


def screenshot(page, name: str) -> None:
    """Keep a picture of the page for people, where a folder for them is named."""
    if folder := os.environ.get("NST_SCREENSHOTS"):
        page.wait_for_timeout(500)  # transitions end
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def wait_for_settings(page) -> None:
    """Wait for what the page says to the curious when the settings of the last visit are there."""
    curious = page.get_by_role("button", name="For the curious")
    curious.click()
    page.get_by_text(re.compile("Features: compact on the CPU")).wait_for()
    curious.click()


def upload(page, files) -> None:
    for name, path in zip(("content", "style"), files, strict=True):
        choose_file(page, name, path)
    # Both pictures are shown before the run is asked for.
    page.get_by_text(re.compile(r"^\d+ × \d+ pixels$")).nth(1).wait_for()


def kept(page, file: str):
    """A context in which the server gets to know, for a reload, that the page has a file."""

    def is_told(response) -> bool:
        if "run/predict" not in response.url:
            return False
        data = json.loads(response.request.post_data or "{}").get("data", [])
        # The visit's key, and all of its pictures.
        return len(data) == 1 + len(PICTURES) and isinstance(data[0], str) and file in str(data)

    return page.expect_response(is_told)


def choose_file(page, name: str, file: Path | dict) -> None:
    page.locator(f"#nst-{name} input[type=file]").set_input_files(file)


def open_tab(page, name: str) -> None:
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.get_attribute("aria-selected") != "true":
        tab.click()


def set_number(page, label: str, value: int) -> None:
    open_tab(page, "Settings")
    box = page.get_by_label(re.compile(f"number input for {label}")).filter(visible=True)
    box.fill(str(value))
    box.press("Enter")


def paint_button(page):
    return page.get_by_role("button", name="Paint", exact=True)


def paint(page, iterations: int, size: int = 128) -> None:
    """Have the pictures painted, small if not told otherwise: the page is what is looked at."""
    set_number(page, "Iterations", iterations)
    set_number(page, "Size", size)
    paint_button(page).click()


def wait_until_ready(page, expect) -> None:
    """Wait until the next run can be started."""
    expect(paint_button(page)).to_be_enabled()


def style_button(page, title: str):
    return page.get_by_role("button", name=re.compile(f"painted as: {title}"))


def violations(page) -> set[tuple[str, str]]:
    """What axe finds on the page, which moves no more from now on, but for Gradio's foot."""
    # Or a button that fades in is read with the contrast of that moment.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(TRANSITIONS_END)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, context={"exclude": [["footer"]]}).response["violations"]
    return {(each["id"], node["html"][:200]) for each in found for node in each["nodes"]}
