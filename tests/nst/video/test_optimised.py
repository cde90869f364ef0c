"""Clips painted by optimisation: each frame goes on from the one before."""

import numpy as np
import pytest
from PIL import Image

from nst import InputError, Settings, stylize
from nst.video import optimised
from nst.video.clip import Frame
from tests.nst.video.clips import clip_of, textured

SETTINGS = Settings(iterations=8, size=64)


def painted(images, tiny, settings=SETTINGS):
    clip = clip_of(images)
    frames = optimised.stylize_clip(clip, textured(48, 48, 9), settings, features=tiny)
    return [frame.image for frame in frames]


def alone(image, tiny, settings=SETTINGS):
    *_, last = stylize(image, textured(48, 48, 9), settings, features=tiny)
    return last.image


def difference(one, other):
    return np.abs(np.asarray(one).astype(float) - np.asarray(other)).mean()


def noisy(seed):
    levels = np.asarray(textured(64, 48)).astype(float)
    noise = np.random.default_rng(seed).normal(0, 6, levels.shape)
    return Image.fromarray(np.clip(levels + noise, 0, 255).astype(np.uint8))


def test_the_first_frame_is_a_picture_by_itself(tiny):
    first, *_ = painted([textured(64, 48)] * 2, tiny)
    assert first.tobytes() == alone(textured(64, 48), tiny).tobytes()


def test_a_standing_scene_stands(tiny):
    takes = [noisy(seed) for seed in range(2)]
    first, second = painted(takes, tiny)
    by_themselves = [alone(take, tiny) for take in takes]
    assert difference(first, second) < 0.5 * difference(*by_themselves)


def test_the_temporal_loss_is_what_holds_a_frame(tiny, monkeypatch):
    takes, settings = [noisy(seed) for seed in range(2)], Settings(iterations=48, size=64)
    held = difference(*painted(takes, tiny, settings))
    monkeypatch.setattr(optimised, "STEADINESS", 0.0)
    assert held < 0.7 * difference(*painted(takes, tiny, settings))


def test_a_cut_begins_as_a_picture_by_itself(tiny):
    images = [textured(64, 48, seed) for seed in (1, 2)]
    _, after = painted(images, tiny)
    assert after.tobytes() == alone(images[1], tiny).tobytes()


def test_what_comes_into_view_begins_with_a_painting_at_once(tiny, monkeypatch):
    starts = []

    def begun(pictures, settings, features):
        starts.append(pictures.start)
        return optimise(pictures, settings, features)

    optimise = optimised.optimised
    monkeypatch.setattr(optimised, "optimised", begun)
    whole = textured(120, 48, 3)
    frames = [whole.crop((x, 0, x + 64, 48)) for x in (0, 4)]
    before, _ = painted(frames, tiny)
    start = np.asarray(starts[-1]).astype(float)
    photograph, old = (np.asarray(x).astype(float) for x in (frames[1], before))
    assert np.abs(start[8:-8, 8:40] - old[8:-8, 12:44]).mean() < 8
    assert np.abs(start[:, 61:] - photograph[:, 61:]).mean() > 12


@pytest.mark.parametrize("color", ["content", "matched"])
def test_colours_are_those_that_were_asked_for(color, tiny):
    settings = Settings(iterations=4, size=64, color=color)
    frames = painted([textured(64, 48)] * 2, tiny, settings)
    assert difference(*frames) < 6


def test_frames_come_in_parts_and_can_be_left(tiny):
    closed = []
    parts = optimised.stylize_clip_in_parts(
        clip_of([textured(64, 48)] * 2, closed), textured(48, 48, 9), SETTINGS, features=tiny
    )
    shares = []
    for part in parts:
        if isinstance(part, Frame):
            break
        shares.append(part)
    assert shares == [n / 8 for n in range(1, 8)]
    next(parts)
    parts.close()
    assert closed == [True]


def test_what_cannot_be_painted_is_refused_before_the_first_frame(tiny):
    with pytest.raises(InputError, match="The start image is missing"):
        painted([textured(64, 48)], tiny, Settings(size=64, init="image"))
    with pytest.raises(InputError, match="style"):
        optimised.stylize_clip(clip_of([textured(64, 48)]), [], SETTINGS, features=tiny)
