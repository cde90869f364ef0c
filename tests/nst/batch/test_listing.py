import io

import pytest

from nst.batch.listing import listed
from nst.specs import InputError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the test is: a folder of empty files."""
    for name in ("b.jpg", "a.PNG", ".hidden.jpg", "notes.txt", "sub/c.heic", "sub/d.tif"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(words, **options):
    return [str(path) for path in listed(words, **options)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["."], ["a.PNG", "b.jpg"]),
        (["sub"], ["sub/c.heic", "sub/d.tif"]),
        (["*"], ["a.PNG", "b.jpg"]),
        (["**"], ["a.PNG", "b.jpg", "sub/c.heic", "sub/d.tif"]),
        (["**/*.tif"], ["sub/d.tif"]),
        (["notes.txt", ".hidden.jpg", "gone.jpg"], ["notes.txt", ".hidden.jpg", "gone.jpg"]),
        (["b.jpg", ".", "./b.jpg"], ["b.jpg", "a.PNG"]),
        (["*.webp"], []),
    ],
)
def test_what_words_mean(folder, words, expected):
    assert names(words) == expected


def test_a_list_is_relative_to_itself_and_has_comments(folder):
    (folder / "sub" / "list.txt").write_text("# a list\n\n  d.tif \n../*.jpg\n-\n")
    assert names(["@sub/list.txt"]) == ["sub/d.tif", "sub/../b.jpg"]


def test_a_list_can_come_from_standard_input(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("b.jpg\nsub\n"))
    assert names(["-"]) == ["b.jpg", "sub/c.heic", "sub/d.tif"]


def test_results_are_no_photographs_unless_they_are_named(folder):
    assert names(["**"], without=folder / "sub") == ["a.PNG", "b.jpg"]
    assert names(["sub/d.tif", "sub"], without=folder / "sub") == ["sub/d.tif"]


def test_a_magic_name_that_is_there_is_a_file(folder):
    (folder / "b[1].jpg").touch()
    assert names(["b[1].jpg"]) == ["b[1].jpg"]


def test_lists_that_cannot_be_read_are_refused(folder):
    with pytest.raises(InputError, match=r"@none\.txt cannot be read: No such file"):
        listed(["@none.txt"])
    (folder / "round.txt").write_text("@round.txt\n")
    with pytest.raises(InputError, match="goes round in a circle"):
        listed(["@round.txt"])
