"""What people give that is no picture."""

import pytest

from nst import InputError
from nst.pictures.reading import open_image
from web.page.handlers import check_picture
from web.page.pictures.kinds import SENTENCES, kind_of, said_of_kind

HEADS = {
    "empty": [b""],
    "pdf": [b"%PDF-1.7\n"],
    "svg": [b"<svg xmlns=''/>", b"<?xml version='1.0'?>\n<!DOCTYPE svg>\n<svg>"],
    "page": [b"<!doctype html><p><svg>", b"\n<HTML>", b"<!-- a page --><html>"],
    "video": [b"\0\0\0\x20ftypisom", b"\x1aE\xdf\xa3", b"RIFF\0\0\0\0AVI LIST"],
    "audio": [b"ID3\x04", b"OggS", b"RIFF\0\0\0\0WAVEfmt ", b"\0\0\0\x20ftypM4A "],
    "": [b"just words", b"\0\0\0\x20ftypheic", b"RIFF\0\0\0\0WEBP"],
}


@pytest.mark.parametrize(
    ("kind", "head"), [(k, head) for k, heads in HEADS.items() for head in heads]
)
def test_a_file_is_known_by_its_beginning_whatever_its_name(tmp_path, kind, head):
    path = tmp_path / "picture.jpg"
    path.write_bytes(head)
    assert kind_of(path) == kind
    with pytest.raises(InputError) as error:
        open_image(path)
    assert said_of_kind(path, error.value.code) == SENTENCES.get(kind, "")
    assert SENTENCES.get(kind, "") in check_picture("photograph")(str(path))


def test_what_is_wrong_with_a_picture_is_not_its_kind(tmp_path):
    path = tmp_path / "picture.jpg"
    path.write_bytes(b"%PDF-1.7")
    assert said_of_kind(path, "too large") == said_of_kind(None, "not a picture") == ""
