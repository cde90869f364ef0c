"""Pictures seen in tiles: every pixel once, and moments as of the whole."""

import pytest
import torch

from nst.features.loading import load_features
from nst.instant import view
from nst.instant.transport import Transport
from nst.instant.view import View, tiles


@pytest.fixture(scope="module")
def transport() -> Transport:
    return Transport(load_features("compact", "cpu", torch.float32))


@pytest.mark.parametrize("size", [(64, 64), (768, 769), (897, 2000), (1700, 100)])
def test_tiles_have_every_pixel_once(size):
    count = torch.zeros(1, 1, *size)
    for tile in tiles(*size):
        count[:, :, tile.rows, tile.columns] += 1
        whole = torch.arange(size[0] * size[1]).view(1, 1, *size)
        own = whole[:, :, tile.rows, tile.columns]
        assert torch.equal(tile.inner(tile.of(whole)), own)
    assert (count == 1).all()


def test_a_narrow_rest_belongs_to_the_tile_before():
    assert [tile.rows for tile in tiles(768 + 128, 64)] == [slice(0, 896)]
    assert [tile.rows for tile in tiles(768 + 129, 64)] == [slice(0, 768), slice(768, 897)]


@torch.inference_mode()
def test_moments_of_tiles_are_those_of_the_whole(transport, monkeypatch):
    image = torch.rand(1, 3, 304, 248, generator=torch.Generator().manual_seed(0))
    whole = View(transport, image).moments()
    monkeypatch.setattr(view, "SIDE", 64)
    parts = View(transport, image)
    assert len(parts.tiles) > 4
    for layer, pair in parts.moments().items():
        for part, own in zip(pair, whole[layer], strict=True):
            torch.testing.assert_close(part, own, rtol=2e-3, atol=2e-4)


@torch.inference_mode()
def test_what_was_seen_of_one_tile_is_taken_once(transport, monkeypatch):
    image, looks = torch.rand(1, 3, 48, 32), []
    see = transport.see
    monkeypatch.setattr(transport, "see", lambda x: looks.append(1) or see(x))
    seen = View(transport, image)
    seen.moments()
    for _ in range(2):
        seen.take(seen.tiles[0])
    assert len(looks) == 2
