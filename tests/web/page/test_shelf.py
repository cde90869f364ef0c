"""The shelf: what is in its place, the visitor's own paintings, and chance."""

import base64
import io
import secrets
import shutil
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image

from tests.served import SERVICES
from web.page.handlers import BUSY
from web.page.html.examples import pictures
from web.page.shelf.surprise import Surprise
from web.page.shelf.yours import LONGEST, NAME, SENT, in_place, on_the_shelf, take

SURPRISE = Surprise(SERVICES)
SHIPPED = pictures("styles")["great-wave"]


def test_a_shipped_picture_is_known_by_its_name_and_content(tmp_path, picture_files):
    copy = shutil.copy(SHIPPED, tmp_path)
    assert in_place("styles", copy) == in_place("styles", str(SHIPPED)) == "great-wave"
    assert in_place("content", str(pictures("content")["cat"])) == "cat"
    shutil.copy(picture_files[1], copy)  # a visitor's own of that name
    assert NAME.fullmatch(in_place("styles", copy))
    assert in_place("content", str(picture_files[0])) == ""
    assert in_place("styles", None) == in_place("styles", "/gone.png") == ""


def test_a_painting_that_is_given_joins_the_shelf_small(tmp_path):
    file = tmp_path / "my sunflowers.png"
    Image.new("RGBA", (1000, 700), "gold").save(file)
    shelf = on_the_shelf(str(pictures("content")["cat"]), str(file))["own_tiles"]
    assert shelf["content"] == "cat" and shelf["styles"] == shelf["given"]["name"]
    assert shelf["given"]["words"] == "my sunflowers"
    jpeg = base64.b64decode(shelf["given"]["picture"].removeprefix(SENT), validate=True)
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.format == "JPEG" and max(image.size) == LONGEST


def test_what_is_shipped_or_unreadable_does_not_join(tmp_path):
    assert on_the_shelf(None, str(SHIPPED))["own_tiles"]["given"] is None
    assert on_the_shelf(None, None)["own_tiles"] == {"content": "", "styles": "", "given": None}
    broken = tmp_path / "broken.jpg"
    broken.write_text("nonsense")
    assert on_the_shelf(None, str(broken))["own_tiles"]["given"] is None


def test_a_painting_comes_back_from_the_shelf_as_the_same(tmp_path, picture_files):
    given = on_the_shelf(None, str(picture_files[1]))["own_tiles"]["given"]
    for path in take(gr.EventData(None, {"name": given["name"], "picture": given["picture"]})):
        again = on_the_shelf(None, shutil.copy(path, tmp_path))["own_tiles"]
    assert again == {"content": "", "styles": given["name"], "given": None}
    assert not Path(path).exists()


GOOD = f"yours-{'0' * 16}"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"name": GOOD, "picture": None},
        {"name": GOOD, "picture": f"{SENT}§"},
        {"name": GOOD, "picture": "https://example.com/a.jpg"},
        {"name": GOOD, "picture": SENT + "A" * 1_000_000},
        {"name": f"../{GOOD}", "picture": SENT},
        {"name": 1, "picture": SENT},
    ],
)
def test_clicks_that_no_page_sends_are_one_sentence(sent):
    with pytest.raises(gr.Error, match="cannot be read any more"):
        next(take(gr.EventData(None, sent)))


def test_chance_takes_another_painting_and_keeps_the_photograph(monkeypatch):
    offered = []
    monkeypatch.setattr(
        "web.page.shelf.surprise.choice", lambda files: offered.append(files) or files[0]
    )
    filled = SURPRISE.fill("", "/mine.png", str(SHIPPED))
    assert filled == {"style": str(offered[0][0])} and SHIPPED not in offered[0]
    assert {path.parent.name for path in offered[0]} == {"paintings"} and len(offered[0]) > 5
    filled = SURPRISE.fill("", None, None)
    assert SHIPPED in offered[1] and offered[2] == list(pictures("content").values())
    assert filled["content"] == str(offered[2][0])


def test_chance_waits_for_a_run(monkeypatch):
    busy = secrets.token_hex(16)
    SERVICES.visits.of(busy).waits = True
    with pytest.raises(gr.Error, match=BUSY):
        SURPRISE.fill(busy, None, None)
