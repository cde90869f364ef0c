"""Clips painted at once: steady, new after a cut, refused before any work."""

import numpy as np
import pytest
from PIL import Image

from nst import InputError
from nst.instant import painting
from nst.instant.names import instant_styles
from nst.settings import InstantSettings
from nst.video import instant
from tests.nst.video.clips import clip_of, textured

SETTINGS = InstantSettings(style=instant_styles()[0], size=64)


@pytest.fixture(autouse=True)
def painted_small(monkeypatch):
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


@pytest.fixture(scope="module")
def network():
    return painting.load(SETTINGS)


def painted(images, network, settings=SETTINGS):
    frames = instant.paint_clip(clip_of(images), settings, network=network)
    return [frame.image for frame in frames]


def difference(one, other):
    return np.abs(np.asarray(one).astype(float) - np.asarray(other)).mean()


def noisy(image, seed):
    levels = np.asarray(image).astype(float)
    noise = np.random.default_rng(seed).normal(0, 6, levels.shape)
    return Image.fromarray(np.clip(levels + noise, 0, 255).astype(np.uint8))


def test_a_standing_scene_stands(network):
    takes = [noisy(textured(64, 48), seed) for seed in range(2)]
    alone = [painting.paint(take, SETTINGS, network=network) for take in takes]
    first, second = painted(takes, network)
    assert first.tobytes() == alone[0].tobytes()
    assert difference(first, second) < 0.5 * difference(*alone)


def test_a_cut_begins_anew(network):
    images = [textured(64, 48, seed) for seed in (1, 2)]
    _, after = painted(images, network)
    alone = painting.paint(images[1], SETTINGS, network=network)
    assert difference(after, alone) < 3


def test_strength_0_gives_the_clip_back(network):
    images = [textured(64, 48, seed) for seed in (1, 1, 2)]
    for photograph, frame in zip(
        images, painted(images, network, InstantSettings(size=64, strength=0)), strict=True
    ):
        assert photograph.tobytes() == frame.tobytes()


def test_what_cannot_be_painted_is_refused_before_the_first_frame(network):
    clip = clip_of([textured(64, 48)])
    with pytest.raises(InputError, match="painting that you give, and none is given"):
        instant.paint_clip(clip, InstantSettings(style="own", size=64))
    with pytest.raises(InputError, match="too narrow"):
        instant.paint_clip(clip_of([Image.new("RGB", (400, 40))]), SETTINGS, network=network)
    with pytest.raises(InputError, match="does not paint in the style 'own'"):
        own = InstantSettings(style="own", size=64)
        instant.paint_clip(clip, own, style=textured(40, 40), network=network)
