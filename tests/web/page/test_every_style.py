"""The photograph of a visit in every style, in place of the thumbnails."""

import secrets

import pytest

from nst.settings import OWN_STYLE
from tests.served import SERVICES
from web.page.html.thumbnails import in_order
from web.page.shelf import every_style
from web.page.shelf.every_style import EveryStyle
from web.runs.every_style import in_every_style

EVERY = EveryStyle(SERVICES)


@pytest.fixture
def few(monkeypatch):
    """Three styles in place of all."""
    styles = in_order()[:3]
    monkeypatch.setattr(every_style, "in_order", lambda: styles)
    return styles


def test_pictures_come_one_by_one_the_given_paintings_first(few, picture_files):
    content, style = map(str, picture_files)
    shown = [update["previews"] for update in EVERY.paint("", content, style)]
    assert [len(value["pictures"]) for value in shown] == [0, 1, 2, 3, 4, 4]
    assert list(shown[-1]["pictures"]) == [OWN_STYLE, *few]
    assert len({value["of"] for value in shown}) == 1
    assert len(set(shown[-1]["pictures"].values())) == 4
    assert "painted in 4 styles" in shown[0]["said"] and "in 4 styles, in" in shown[-1]["said"]


def test_without_a_painting_there_are_the_styles_by_name(few, picture_files):
    *_, last = EVERY.paint("", str(picture_files[0]), None)
    assert list(last["previews"]["pictures"]) == few


def test_it_ends_when_the_page_has_another_photograph(few, picture_files):
    key = secrets.token_hex(16)
    visit = SERVICES.visits.of(key)
    visit.pictures = {"content": str(picture_files[0])}
    updates = EVERY.paint(key, str(picture_files[0]), None)
    assert [len(next(updates)["previews"]["pictures"]) for _ in range(2)] == [0, 1]
    visit.pictures = {"content": "/another.png"}
    assert list(updates) == []


def test_it_goes_on_when_the_page_is_late_to_say_what_it_has(few, picture_files):
    key = secrets.token_hex(16)
    updates = EVERY.paint(key, str(picture_files[0]), None)
    assert [len(next(updates)["previews"]["pictures"]) for _ in range(2)] == [0, 1]
    SERVICES.visits.of(key).pictures = {"content": str(picture_files[0])}
    *_, last = updates
    assert list(last["previews"]["pictures"]) == few


def test_it_is_painted_beside_a_run_of_the_same_visit(few, picture_files):
    key = secrets.token_hex(16)
    SERVICES.visits.of(key).waits = True
    *_, last = EVERY.paint(key, str(picture_files[0]), None)
    assert list(last["previews"]["pictures"]) == few


def test_what_is_missing_is_said_at_the_button(few, tmp_path):
    assert "Give a photograph first" in EVERY.begin(None)["problem"]
    assert list(EVERY.paint("", None, None)) == [{}]
    broken = tmp_path / "broken.png"
    broken.write_text("nonsense")
    assert EVERY.begin(str(broken))["problem"] == ""
    *_, last = EVERY.paint("", str(broken), None)
    assert last["previews"] is None and "photograph" in last["problem"]


def test_a_painting_that_cannot_be_used_is_left_out(few, picture_files, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_text("nonsense")
    server, content = SERVICES.server, str(picture_files[0])
    painted = in_every_style(server, content, str(broken), few)
    assert [name for name, _ in painted] == few
