"""Five thousand damaged files into the loader: pictures within limits, or a sentence."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nst.pictures.bounds import MAX_MEGAPIXELS
from nst.pictures.prepared import NOTE
from nst.pictures.reading import open_image
from nst.specs import InputError
from tests.corpus import GIF, JPEG, PNG, WEBP, encoded, exif_loop, gps, picture

SMALL = picture(size=(24, 16))
SEEDS = (
    *(PNG, JPEG, GIF, WEBP),
    encoded(SMALL, "BMP"),
    encoded(SMALL, "PPM"),
    encoded(SMALL, "TIFF", compression="tiff_lzw"),
    encoded(SMALL, "TIFF", compression="jpeg"),
    encoded(SMALL, "AVIF"),
    encoded(SMALL, "HEIF"),
    encoded(SMALL, "JPEG", progressive=True, exif=gps()),
    encoded(SMALL, "JPEG", exif=exif_loop()),
    encoded(SMALL.convert("P"), "PNG", transparency=3),
    encoded(SMALL.convert("I;16"), "PNG"),
)


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Some bytes changed, moved, cut out or doubled; headers are hit as often as all the rest."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 8, 40))):
        end = len(changed) if draw.random() < 0.5 else min(80, len(changed))
        at = draw.randrange(max(1, end))
        kind = draw.random()
        if kind < 0.8:
            changed[at : at + 1] = bytes(
                [draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))]
            )
        elif kind < 0.9:
            del changed[at : at + draw.randrange(1, 50)]
        else:
            changed[at:at] = changed[at : at + draw.randrange(1, 50)]
    return bytes(changed)


@pytest.mark.filterwarnings("ignore")  # what Pillow warns of is no error outside these tests
def test_five_thousand_mutated_files_give_a_picture_or_a_sentence(tmp_path):
    path, pictures = tmp_path / "mutated", []

    @settings(max_examples=5000, deadline=None, database=None, derandomize=True)
    @given(st.sampled_from(SEEDS), st.integers(0, 2**32))
    def load(seed, number):
        path.write_bytes(mutated(seed, random.Random(number)))
        try:
            result = open_image(path)
        except InputError as error:
            text = str(error)
            assert text.startswith("The image ") and text.endswith(".") and "\n" not in text
            return
        pictures.append(result.size)
        assert result.mode in ("RGB", "RGBA") and result.info.keys() <= {NOTE}
        assert result.width * result.height <= MAX_MEGAPIXELS * 10**6

    load()
    # Both outcomes have to occur, or the mutations test nothing.
    assert 500 < len(pictures) < 4500
    path.write_bytes(PNG)
    assert open_image(path).size == (64, 48)
