"""What is kept of pages that may come back."""

import secrets
import tempfile
import threading
from pathlib import Path

import pytest

from nst import InputError
from web.runs.kept import visits
from web.runs.kept.visits import Visit, Visits
from web.server import limits
from web.server.run_slot import RunSlot


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def quick(folder, ending):
    yield {"bar": "done"}


def endless(folder, ending):
    (folder / "picture.jpg").write_bytes(b"x")
    while not (end := ending()):
        threading.Event().wait(0.01)
        yield {"bar": "painting"}
    yield {"bar": end.name}


def until_ended(run):
    for _ in range(1000):
        if run.ended:
            return
        threading.Event().wait(0.01)
    raise AssertionError("the run did not end")


def keys(number):
    return [secrets.token_hex(16) for _ in range(number)]


def test_a_visit_is_found_by_its_key_alone():
    kept, (key, other) = Visits(RunSlot()), keys(2)
    visit = kept.of(key)
    assert kept.find(key) is visit is kept.of(key)
    assert kept.find(other) is None and kept.find(None) is None and kept.find(["x"]) is None
    # What is no key is nobody's.
    for nonsense in ("", "x", None, 7, key.upper() + " "):
        assert kept.of(nonsense) is not visit and kept.find(nonsense) is None


def test_the_oldest_visits_are_forgotten_with_their_files(monkeypatch):
    monkeypatch.setattr(visits, "VISITS", 2)
    kept, names = Visits(RunSlot()), keys(4)
    made = [kept.of(name) for name in names]
    assert kept.find(names[0]) is None and kept.find(names[3]) is made[3]
    assert not made[0]._folder.exists() and made[3]._folder.exists()


def test_a_visit_is_forgotten_after_a_while_but_for_a_run_under_way(monkeypatch):
    kept, (idle, busy) = Visits(RunSlot()), keys(2)
    kept.of(idle)
    run = kept.of(busy).begin(endless)
    monkeypatch.setattr(visits, "VISIT_SECONDS", -1)
    assert kept.find(idle) is None and kept.find(busy) is not None
    run.stop()
    until_ended(run)
    assert kept.find(busy) is None


def test_a_new_run_takes_the_place_of_the_old_one_and_of_its_files():
    visit = Visit(RunSlot())
    first = visit.begin(endless)
    second = visit.begin(quick)
    until_ended(first)
    until_ended(second)
    assert first.updates[-1] == {"bar": "STOPPED"} and visit.shown == {"bar": "done"}
    until_ended(visit.begin(quick))
    assert len(list(visit._folder.iterdir())) == 1


def test_what_is_shown_is_kept_with_its_picture_but_not_beside_a_run(tmp_path):
    visit, picture = Visit(RunSlot()), tmp_path / "instant.png"
    picture.write_bytes(b"painted")
    update = {"picture": str(picture), "download": {"value": str(picture)}}
    shown = visit.show(update)
    picture.unlink()
    assert Path(shown["picture"]).read_bytes() == b"painted" and shown is visit.shown
    assert shown["download"]["value"] == shown["picture"] != str(picture)
    run = visit.begin(endless)
    assert visit.show(update) is update and visit.run is run
    run.stop()


def test_too_many_runs_at_a_time_are_refused(monkeypatch):
    monkeypatch.setattr(visits, "QUEUE_LENGTH", 1)
    kept, names = Visits(RunSlot()), keys(3)
    runs = [kept.of(name).begin(endless) for name in names[:2]]
    with pytest.raises(InputError, match="The server is busy"):
        kept.of(names[2])
    for run in runs:
        run.stop()


def test_a_run_alone_gives_way_to_those_who_wait(monkeypatch):
    monkeypatch.setattr(limits, "ALONE_SECONDS", 0.05)
    slot = RunSlot()
    run = Visit(slot).begin(endless)
    threading.Event().wait(0.2)
    assert not run.ended  # nobody waits
    with slot.wait() as first, slot.wait() as second:
        list(first)
        next(second)
        until_ended(run)
    assert run.updates[-1] == {"bar": "LEFT"}
