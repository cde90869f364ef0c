"""“Paint it large”: which size is offered, and what comes of a click."""

import secrets
import shutil
import tempfile
from types import SimpleNamespace

import pytest
from PIL import Image

from nst import InputError
from nst.settings import SPECS
from tests.served import PAINTING, SERVICES
from tests.web.page.test_painting import VALUES, all_of, in_the_end
from web.page.keeping import large
from web.page.keeping.large import is_offered, larger
from web.runs.progress import Progress
from web.server.limits import RUN_SECONDS

OTHERS = {"features": "auto", "style": "style.png"}


@pytest.fixture
def key(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return secrets.token_hex(16)


@pytest.fixture
def files(tmp_path):
    """A photograph, and a picture that was painted of it."""
    paths = tmp_path / "photograph.png", tmp_path / "painted.png"
    Image.new("RGB", (900, 600)).save(paths[0])
    Image.new("RGB", (512, 341)).save(paths[1])
    return [str(path) for path in paths]


class Stub:
    """Costs where a picture takes so many seconds a pixel of its longest side."""

    def __init__(self, each, known=True, fits=8192):
        self.each, self.known, self.fits, self.asked = each, known, fits, []

    def expected(self, content, settings, features, start):
        self.asked.append((content, settings.init, settings.size, features, start))
        if settings.size > self.fits:
            raise InputError("It does not fit.", code="does not fit")
        return self.estimate(content, settings, features, start) if self.known else None

    def estimate(self, content, settings, features, start):
        return SimpleNamespace(seconds=self.each * settings.size)


def size_of(costs, files, **values):
    usual = {name: spec.default for name, spec in SPECS.items()}
    return larger(costs, {**usual, **OTHERS, "content": files[0], **values}, files[1])["size"]


MOST = large.GRANTED * RUN_SECONDS


@pytest.mark.parametrize(
    ("costs", "size"),
    [
        (Stub(MOST / 4096), 4096),
        (Stub(MOST / 4095), 2048),
        (Stub(MOST / 2047), 1024),
        (Stub(MOST / 4096, known=False), 4096),
        (Stub(MOST / 4095, known=False), 2048),
        (Stub(0, fits=4000), 2048),
    ],
)
def test_the_largest_size_that_is_granted_is_taken(costs, size, files):
    assert size_of(costs, files) == size
    assert costs.asked[0] == ((900, 600), "image", 4096, "auto", (512, 341))


def test_masks_take_time(files):
    assert size_of(Stub(MOST / 4096), files, mask="mask.png") == 2048
    assert size_of(Stub(MOST / 4096 / 1.5), files, mask="mask.png") == 4096


def test_all_else_stays_as_it_was_but_for_half_of_the_iterations(files):
    values = {name: spec.default for name, spec in SPECS.items()} | OTHERS
    values |= {"content": files[0], "style_strength": 61.0, "resume": "before", "start": "old.png"}
    changed = larger(Stub(0), values, files[1])
    assert {name for name, value in values.items() if changed[name] != value} == {
        *("size", "init", "start", "resume", "iterations")
    }
    assert changed["iterations"] == SPECS["iterations"].default / 2
    assert (changed["init"], changed["start"], changed["resume"]) == ("image", files[1], "")


def test_where_no_size_is_granted_the_command_line_is_named(files, tmp_path):
    for costs in (Stub(MOST / 1023), Stub(0, fits=1000)):
        with pytest.raises(InputError, match=r"python -m nst with --start and --size"):
            size_of(costs, files)
    Image.new("RGB", (4096, 2731)).save(files[1])
    with pytest.raises(InputError, match=r"python -m nst"):
        size_of(Stub(0), files)


def test_a_picture_that_is_gone_is_said_to_be(files):
    with pytest.raises(InputError, match="The start image"):
        larger(Stub(0), {**OTHERS, "content": files[0]}, None)


@pytest.mark.parametrize(
    ("size", "done", "offered"),
    [(512, True, True), (4095, True, True), (4096, True, False), (512, False, False)],
)
def test_it_is_offered_of_what_is_done_and_could_be_larger(size, done, offered):
    assert is_offered(Progress(iteration=1, total=1, size=size, done=done)) == offered


def paints_large(key, shown, files, **changed):
    values = VALUES | {"resume": shown.get("resume", "")} | changed
    # The page has a copy: what was shown goes when another run begins.
    copy = shutil.copy(shown["picture"], tempfile.mkdtemp())
    return all_of(PAINTING.paint_large(key, copy, *files, **values))


def test_the_result_is_painted_again_larger(key, picture_files, monkeypatch):
    monkeypatch.setattr(large, "SIZES", (160, 96))
    files = [str(path) for path in picture_files]
    first = in_the_end(PAINTING.paint(key, *files, **VALUES))
    assert first["large"]["interactive"]
    answers = paints_large(key, first, files)
    assert not next(a for a in answers if "picture" in a)["large"]["interactive"]
    shown = {name: value for answer in answers for name, value in answer.items()}
    with Image.open(shown["picture"]) as picture:
        assert max(picture.size) == 160
    made_by = shown["strip"]["settings"]
    assert made_by["size"] == 160 and made_by["init"] == "image"
    assert "Done in" in shown["bar"] and shown["more"]["interactive"]
    assert not shown["large"]["interactive"]  # there is nothing larger


def test_where_it_cannot_be_larger_nothing_is_lost(key, picture_files, monkeypatch):
    monkeypatch.setattr(large, "SIZES", (64,))
    files = [str(path) for path in picture_files]
    first = in_the_end(PAINTING.paint(key, *files, **VALUES))
    kept = dict(SERVICES.visits.find(key).shown)
    PAINTING.begin(key, *files)
    (answer,) = paints_large(key, first, files)
    assert 'role="alert"' in answer["bar"] and "python -m nst" in answer["bar"]
    assert answer["more"]["interactive"] and answer["large"]["interactive"]
    visit = SERVICES.visits.find(key)
    assert visit.shown == kept and not visit.waits
    with Image.open(visit.shown["picture"]) as picture:
        assert max(picture.size) == 64


def test_what_cannot_be_used_is_said_in_its_place(key, picture_files):
    files = [str(path) for path in picture_files]
    answers = paints_large(key, {"picture": files[0]}, files, iterations=0)
    assert "iterations must be a whole number" in answers[-1]["bar"]
