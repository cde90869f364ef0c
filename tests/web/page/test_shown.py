from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from web.page.pictures.shown import in_a_shown_format

HANDLER = in_a_shown_format("content image")


@pytest.mark.parametrize(
    ("fmt", "mode", "copy"), [("HEIF", "RGB", "JPEG"), ("TIFF", "RGBA", "PNG")]
)
def test_what_no_browser_shows_is_copied(tmp_path, fmt, mode, copy):
    path = tmp_path / "photo"
    colour = (200, 60, 30, 120) if mode == "RGBA" else (200, 60, 30)
    Image.new(mode, (40, 30), colour).save(path, fmt)
    shown = HANDLER(str(path))
    file = Path(next(shown))
    with Image.open(file) as image:
        assert (image.format, image.size) == (copy, (40, 30))
        assert abs(image.convert("RGB").getpixel((9, 9))[0] - 200) < 8
    assert list(shown) == [] and not file.exists()


def test_the_rest_is_left_as_it_is(picture_files, tmp_path):
    broken = tmp_path / "broken.heic"
    broken.write_text("no picture")
    for path in (str(picture_files[0]), str(broken), None):
        assert list(HANDLER(path)) == [gr.skip()]
