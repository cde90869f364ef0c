"""Every odd and hostile file of `tests/corpus.py`: a picture, or one plain sentence."""

import pytest
from PIL import Image

from nst.pictures.bounds import MAX_MEGAPIXELS
from nst.pictures.prepared import NOTE
from nst.pictures.reading import open_image
from nst.specs import InputError
from tests.corpus import FILES, SENTENCES, made


def test_the_corpus_is_large_enough():
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
@pytest.mark.filterwarnings("ignore")  # what Pillow warns of is no error outside these tests
def test_a_file_gives_a_picture_or_its_sentence(name, tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(made(name))
    said = FILES[name][0]
    if not said:
        picture = open_image(path)
        assert picture.mode in ("RGB", "RGBA") and picture.info.keys() <= {NOTE}
        assert picture.width * picture.height <= MAX_MEGAPIXELS * 10**6
        return
    with pytest.raises(InputError) as caught:
        open_image(path, "content image")
    text = str(caught.value)
    assert text.startswith("The content image ") and SENTENCES[said] in text
    assert text.endswith(".") and "\n" not in text and len(text) < 200


def test_the_links_of_a_visitor_lead_nowhere(tmp_path):
    """A link is opened like the file that it names: what counts is that no visitor can make one."""
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    for name in ("loop.png", "zero.png"):
        with pytest.raises(InputError, match="cannot be opened"):
            open_image(tmp_path / name)


def test_a_camera_and_a_place_do_not_survive(tmp_path):
    path = tmp_path / "gps.jpg"
    path.write_bytes(made("gps"))
    with Image.open(path) as original:
        assert original.getexif().get_ifd(0x8825)
    result = tmp_path / "result.jpg"
    open_image(path).save(result)
    assert b"SecretCamera" not in result.read_bytes() and b"Exif" not in result.read_bytes()
