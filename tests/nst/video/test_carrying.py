"""A painting carried on: steady where it is seen again, new where not, and no duller."""

import torch

from nst.video.carrying import STROKES, carried


def strokes(seed, height=48, width=64):
    """Strokes of a few pixels around a middle grey."""
    noise = torch.randn(1, 3, height, width, generator=torch.Generator().manual_seed(seed))
    return (0.5 + 0.3 * torch.nn.functional.avg_pool2d(noise, 3, 1, 1)).clamp(0, 1)


def test_what_is_not_seen_again_is_painted_anew():
    new = strokes(1)
    result = carried(new, strokes(2), torch.zeros(1, 1, 48, 64))
    assert torch.allclose(result, new, atol=1e-5)


def test_what_is_seen_again_keeps_its_strokes():
    new, old = strokes(1), strokes(2)
    result = carried(new, old, torch.ones(1, 1, 48, 64))
    assert (result - old).abs().mean() < 0.1 * (new - old).abs().mean()


def test_a_softened_painting_is_as_sharp_as_a_new_one():
    new = strokes(1)
    soft = strokes(2).lerp(torch.nn.functional.avg_pool2d(strokes(2), 3, 1, 1), 0.6)
    result = carried(new, soft, torch.ones(1, 1, 48, 64))
    sharpness = [float(x.diff(dim=3).abs().mean()) for x in (new, soft, result)]
    assert sharpness[1] < 0.7 * sharpness[0]
    assert 0.85 * sharpness[0] < sharpness[2] < 1.15 * sharpness[0]


def test_light_is_followed():
    dark, light = torch.full((1, 3, 48, 64), 0.3), torch.full((1, 3, 48, 64), 0.5)
    frame, seen = dark, torch.ones(1, 1, 48, 64)
    for _ in range(10):
        frame = carried(light, frame, seen)
    assert STROKES > 0.9  # by which it would take far longer
    assert (frame - light).abs().max() < 0.03


def test_values_stay_in_range():
    result = carried(strokes(1).round(), strokes(2).round(), torch.ones(1, 1, 48, 64))
    assert result.min() >= 0 and result.max() <= 1
