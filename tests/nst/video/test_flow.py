"""Optical flow between photographs whose motion is known."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst.video import flow as flows
from nst.video.flow import flow
from tests.nst.video.clips import textured


def panned(step, size=(160, 120)):
    whole = textured(220, 180)
    return [
        whole.crop(
            (
                20 + n * step[0],
                20 + n * step[1],
                20 + n * step[0] + size[0],
                20 + n * step[1] + size[1],
            )
        )
        for n in range(2)
    ]


def inner(field):
    return field[:, :, 16:-16, 16:-16]


@pytest.mark.parametrize("step", [(3, 2), (-5, 1), (0, 0)])
def test_flow_points_to_where_things_are(step):
    first, second = panned(step)
    found = flow(second, first)  # what the camera moved by is where it was before
    assert found.shape == (1, 2, 120, 160)
    away = inner(found) - torch.tensor(step).view(1, 2, 1, 1)
    assert away.norm(dim=1).median() < 0.15


def test_flow_of_large_frames_is_in_their_own_pixels(monkeypatch):
    monkeypatch.setattr(flows, "LONGEST", 80)
    found = flow(*reversed(panned((6, 4))))
    assert found.shape == (1, 2, 120, 160)
    assert inner(found).median(3).values.median(2).values[0].tolist() == pytest.approx(
        [6, 4], abs=0.4
    )


def test_noise_hardly_moves():
    levels = np.asarray(textured(160, 120)).astype(float)
    generator = np.random.default_rng(0)
    takes = [
        Image.fromarray(
            np.clip(levels + generator.normal(0, 1.5, levels.shape), 0, 255).astype(np.uint8)
        )
        for _ in range(2)
    ]
    assert flow(*takes).norm(dim=1).median() < 0.15
