"""What is made of a picture that is there: before and after in one, links, the visit's pictures."""

import io
import re
from types import SimpleNamespace

import pytest
from PIL import Image

from nst import InputError
from web.page.html import examples
from web.page.keeping.linked import follow, painting_of, with_link
from web.page.keeping.side_by_side import side_by_side
from web.page.results import for_the_strip
from web.runs.kept.record import Record

RED, GREEN, BLUE = (200, 20, 20), (20, 180, 20), (20, 20, 200)


def jpeg(size, colour) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG", quality=95)
    return file.getvalue()


def near(pixel, colour) -> bool:
    return all(abs(is_ - wanted) < 20 for is_, wanted in zip(pixel, colour, strict=True))


def test_before_and_after_are_beside_each_other_with_the_painting_in_the_photograph():
    made = side_by_side(jpeg((100, 60), RED), jpeg((400, 240), BLUE), jpeg((50, 80), GREEN))
    with Image.open(io.BytesIO(made)) as both:
        assert both.format == "JPEG" and both.size == (806, 240)
        both = both.convert("RGB")
    assert near(both.getpixel((200, 20)), RED) and near(both.getpixel((403, 120)), (255,) * 3)
    assert near(both.getpixel((20, 215)), GREEN) and near(both.getpixel((120, 215)), RED)
    colours = [both.getpixel((x, y)) for x in range(412, 800, 40) for y in range(6, 240, 40)]
    assert all(near(colour, BLUE) for colour in colours)  # nothing hides the result


def test_there_is_one_without_a_painting_too_and_of_the_smallest_pictures():
    with Image.open(io.BytesIO(side_by_side(jpeg((3, 2), RED), jpeg((2, 2), BLUE)))) as both:
        assert both.size == (6, 2)
    side_by_side(jpeg((2, 2), RED), jpeg((2, 2), BLUE), jpeg((320, 9), GREEN))


def test_a_link_names_one_of_the_paintings():
    assert painting_of({}) is None and painting_of({"style_strength": "61"}) is None
    assert painting_of({"style": "starry-night"}) == examples.pictures("styles")["starry-night"]
    for name in ("", "cat", "../starry-night", "<b>"):
        with pytest.raises(InputError, match=re.escape("discs, impasto-night, ")) as caught:
            painting_of({"style": name})
        assert str(caught.value).endswith(f"not {name!r}.")


def test_a_link_fills_in_its_painting_unless_the_page_has_pictures():
    request = SimpleNamespace(query_params={"style": "mosaic"})
    assert follow(False, request)["style"].endswith("mosaic.jpg")
    assert follow(True, request) == {}
    wrong = follow(False, SimpleNamespace(query_params={"style": "<b>"}))
    assert "painting was not used" in wrong["style_note"] and "<b>" not in wrong["style_note"]


@pytest.mark.parametrize("script", ["copy.js", "share.js"])
def test_scripts_know_the_paintings_and_the_usual_settings(script):
    made = with_link(script)
    assert '"great-wave.jpg": "great-wave"' in made and '"style_strength": 50' in made
    assert "// LINK" not in made and "DEFAULTS" not in made and "PAINTINGS" not in made


def test_what_the_visit_keeps_is_small_and_has_its_photograph_once():
    red, blue = jpeg((1024, 700), RED), jpeg((1024, 700), BLUE)
    first, second, other = (
        for_the_strip(Record({}, "cat", before=before, after=blue), "words")
        for before in (red, red, blue)
    )
    assert first["photograph"] == second["photograph"] != other["photograph"]
    assert first["id"] != second["id"] and first["name"] == "cat"
    assert len(first["before"]) < 20_000
