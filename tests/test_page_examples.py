"""The examples on the page."""

from PIL import Image

from examples.gallery import PAIRS
from page.examples import described, pairs, pictures


def test_every_pair_of_the_gallery_has_its_result():
    assert set(pairs()) == {f"{content}_{style}" for content, style in PAIRS}
    for pair in pairs().values():
        with Image.open(pair.content) as content, Image.open(pair.result) as result:
            assert max(result.size) == 512
            assert abs(result.width / result.height - content.width / content.height) < 0.01
        assert pair.result.stat().st_size < 200_000


def test_every_picture_is_described():
    for kind in ("content", "styles"):
        assert all(described()[path.name] for path in pictures(kind).values())
    assert pairs()["cat_mosaic"].words.startswith("Chelsea the cat, painted as: A fish")
