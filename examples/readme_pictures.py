"""Make the README's pictures of the page:  python -m examples.readme_pictures [ADDRESS]

A Chromium opens the page of a running app, has an example painted, and leaves `docs/page.jpg`, the
page with the result beside its photograph, and `docs/film.webp`, how the picture came to be.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

from PIL import Image, ImageSequence
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLE = "rocket_starry-night"
WIDTH, HEIGHT = 1280, 800
LONGEST = 240_000
"""Milliseconds that the run may take."""
FILM_WIDTH, FILM_QUALITY = 512, 75
"""Of the film, in pixels, and its quality: it is to have 2 MB at most."""


def take(page: Any, address: str) -> None:  # noqa: ANN401 - Playwright's
    """Have the example painted on the page, and write both pictures."""
    page.goto(address)
    page.locator(f"[data-name={EXAMPLE}]").click()
    page.get_by_text("Done in").wait_for(timeout=LONGEST)
    film = DOCS / "film.webp"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the film").click()
    download.value.save_as(film)
    shrink(film)
    page.get_by_role("tab", name="Compare").click()
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)  # transitions end
    page.screenshot(path=DOCS / "page.jpg", quality=88, type="jpeg")


def shrink(film: Path) -> None:
    """Write an animation again, smaller, and with a longer look at its end."""
    with Image.open(film) as image:
        frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(image)]
    height = round(frames[0].height * FILM_WIDTH / frames[0].width)
    first, *others = [frame.resize((FILM_WIDTH, height)) for frame in frames]
    durations = [200] * len(others) + [3000]
    options = {"save_all": True, "append_images": others, "duration": durations, "loop": 0}
    first.save(film, quality=FILM_QUALITY, method=6, **options)


def main() -> None:
    """Read the address, and make the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:7860/")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1)
        take(page, options.address)
        browser.close()


if __name__ == "__main__":
    main()
