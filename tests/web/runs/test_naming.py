"""What the file of a result is called."""

import pytest

from web.runs.naming import result_name


@pytest.mark.parametrize(
    ("photograph", "painting", "name"),
    [
        ("/tmp/a1/cat.jpg", "/x/great-wave.jpg", "cat-in-the-style-of-great-wave"),
        ("My Holiday (2).JPG", "mosaic", "my-holiday-2-in-the-style-of-mosaic"),
        ("Größe_ü.png", "波.png", "größe-ü-in-the-style-of-波"),
        ("IMG_1234.jpeg", "../../etc/pass;wd", "img-1234-in-the-style-of-pass-wd"),
        ("image.png", "blob", "photograph-in-the-style-of-painting"),
        ("image (3).png", "webcam.webp", "photograph-in-the-style-of-painting"),
        ("0f8fad5b-d9cb-469f-a165-70867728950e.png", None, "photograph-in-the-style-of-painting"),
        (["cat"], "!!!.png", "photograph-in-the-style-of-painting"),
        ("cat-in-the-style-of-waves-00004.jpg", "mosaic", "cat-in-the-style-of-mosaic"),
        ("z" * 300 + ".jpg", "y" * 39 + "-x", f"{'z' * 40}-in-the-style-of-{'y' * 39}"),
    ],
)
def test_a_result_is_called_by_its_pictures(photograph, painting, name):
    assert result_name(photograph, painting) == name


def test_any_name_has_room_in_a_file_system():
    assert len(f"{result_name('波' * 90, '風' * 90)}-before-and-after.jpg".encode()) < 200
