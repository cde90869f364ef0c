"""python -m nst sheet CONTENT -o OUT: one command, one sheet, plain refusals."""

import pytest
from PIL import Image

from nst.__main__ import main


@pytest.fixture(autouse=True)
def painted_small(monkeypatch):
    """Paint at the size of the sheet's pictures: near 512 pixels, twenty styles take a while."""
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


def test_one_command_paints_all_styles(picture_files, tmp_path, capsys):
    out = tmp_path / "sheet.jpg"
    assert main(["sheet", str(picture_files[0]), "--size", "64", "-o", str(out)]) == 0
    with Image.open(out) as image:
        assert image.format == "JPEG" and image.width > 3 * 64
    assert "styles" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--size", "9"], "error: size must be a whole number from 64 to 1024, not 9."),
        (["--strength", "nan"], "error: strength must be a number from 0 to 100"),
        (["--iterations", "3"], "error: Unrecognized arguments: --iterations"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_work(
    picture_files, tmp_path, capsys, words, sentence
):
    out = tmp_path / "sheet.jpg"
    assert main(["sheet", str(picture_files[0]), *words, "-o", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(sentence) and error.count("\n") == 1 and not out.exists()


def test_a_place_that_cannot_be_written_is_refused(picture_files, tmp_path, capsys):
    assert main(["sheet", str(picture_files[0]), "-o", str(tmp_path / "no" / "x.jpg")]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_help_names_its_options(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["sheet", "--help"])
    text = capsys.readouterr().out
    assert caught.value.code == 0 and "--strength" in text and "--size" in text
