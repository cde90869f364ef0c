"""The measures of calm: a hatching stands out, grain does not; what a network adds counts."""

import torch

from benchmarks.quality.calm import frames, peak


def grain() -> torch.Tensor:
    return torch.randn(1, 3, 512, 512, generator=torch.Generator().manual_seed(0))


def test_a_hatching_stands_out_of_a_spectrum_and_grain_does_not():
    hatching = torch.sin(torch.arange(512.0) / 3).expand(1, 3, 512, 512)
    assert peak(grain()) < 2
    assert peak(grain() + 0.1 * hatching) > 20


def test_frames_are_as_far_apart_as_they_are_painted():
    scene = torch.full((1, 3, 64, 64), 0.5)
    for gain in (1.0, 3.0):
        times = frames(lambda take, mixture, gain=gain: gain * (take - 0.5) + 0.5, None, scene)
        assert abs(times - gain) < 1e-3
