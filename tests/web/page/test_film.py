"""A run as a film."""

import io

from PIL import Image

from web.page.html.film import LAST_SECONDS, animation, film


def frame(width: int, shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, width // 2), (shade, 0, 0)).save(file, "JPEG")
    return file.getvalue()


def test_the_animation_has_all_frames_in_the_last_ones_size():
    data = animation([frame(64, 0), frame(32, 120), frame(128, 240)])
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.n_frames, image.size) == ("WEBP", 3, (128, 64))
        reds, durations = [], []
        for i in range(3):
            image.seek(i)
            image.load()
            reds.append(image.convert("RGB").getpixel((60, 30))[0])
            durations.append(image.info["duration"])
    assert reds == sorted(reds) and reds[0] < 20 and reds[2] > 220
    assert durations[-1] == 1000 * LAST_SECONDS > durations[0] == durations[1]


def test_only_the_last_frame_is_shown_at_first_and_each_says_what_it_is():
    html = film([frame(32, 0), frame(32, 9), frame(32, 90)], [0, 10, 20])
    assert html.count("<img") == 3 and html.count(" hidden>") == 2
    assert 'alt="The picture at iteration 20">' in html and 'max="2"' in html
