from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from nst.cli import output
from nst.cli.output import STDOUT, check_out, save, tell
from nst.specs import InputError

RED = Image.new("RGB", (16, 16), "red")


def full(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path):
    kept = tmp_path / "kept.png"
    kept.write_text("an earlier result")
    longest = tmp_path / f"{'n' * 250}.png"
    for out in (kept, longest):
        check_out(out)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.png"]
    assert kept.read_text() == "an earlier result"
    assert save(RED, longest, "compact", "") == longest
    assert longest.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder.png", "is a folder"),
        (f"{'n' * 300}.png", "file name too long"),
        ("file/out.png", "no folder"),
        ("out.gif", "must end in one of"),
        ("no/such/out.png", "no folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(tmp_path, name, said):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=said):
        check_out(tmp_path / name)


def test_a_full_disk_is_refused_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="no space left on device"):
        check_out(tmp_path / "out.png")
    assert not list(tmp_path.iterdir())


def test_a_result_that_cannot_be_written_is_saved_beside_its_place(tmp_path, capsys):
    out = tmp_path / "out.jpg"
    out.mkdir()  # meanwhile
    place = save(RED, out, "compact", "")
    assert place.parent == tmp_path and place.suffix == ".jpg" and place != out
    with Image.open(place) as image:
        assert image.size == (16, 16)
    assert f"the result is in {place}" in capsys.readouterr().err


def test_a_result_whose_folder_is_gone_is_saved_in_the_temporary_one(tmp_path, monkeypatch, capsys):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(output.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    place = save(RED, tmp_path / "gone" / "out.png", "compact", "")
    assert place.parent == tmp_path / "temporary" and place.exists()
    assert str(place) in capsys.readouterr().err


def test_a_result_that_cannot_be_saved_anywhere_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(output, "save_image", full)
    with pytest.raises(InputError, match=r"The result is lost: .* \(no space left on device\)\."):
        save(RED, tmp_path / "out.png", "compact", "")


def test_a_dash_writes_a_png_to_standard_output(monkeypatch):
    stdout = SimpleNamespace(buffer=BytesIO())
    monkeypatch.setattr(output.sys, "stdout", stdout)
    check_out(STDOUT)
    assert save(RED, STDOUT, "compact", "{}") == STDOUT
    with Image.open(stdout.buffer) as image:
        assert (image.format, image.size) == ("PNG", (16, 16))


def test_a_terminal_that_is_gone_stops_nothing(monkeypatch):
    monkeypatch.setattr("builtins.print", full)
    tell("nobody reads this")
