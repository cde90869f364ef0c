"""What was painted before, moved along, and where it is seen: by hand, and at edges."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst.video.warp import alike, motion, visible, warp
from tests.nst.video.clips import textured


def constant(across, down, height=12, width=16):
    return torch.tensor([float(across), float(down)]).view(1, 2, 1, 1).expand(1, 2, height, width)


def test_whole_pixels_are_fetched_as_they_are():
    image = torch.arange(12.0).view(1, 1, 3, 4)
    moved = warp(image, constant(1, 0, 3, 4))
    # Each pixel fetches its right neighbour; beyond the border is the last one.
    assert moved[0, 0].tolist() == [[1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]]
    moved = warp(image, constant(0, -1, 3, 4))
    assert moved[0, 0].tolist() == [[0, 1, 2, 3], [0, 1, 2, 3], [4, 5, 6, 7]]


def test_no_flow_changes_nothing():
    image = torch.rand(1, 3, 9, 7)
    assert torch.equal(warp(image, torch.zeros(1, 2, 9, 7)), image)


def test_parts_of_pixels_are_interpolated_sharply():
    x = torch.arange(64.0).view(1, 1, 1, 64).expand(1, 1, 16, 64)
    wave = (x * 0.9).sin()  # seven pixels long
    moved = wave
    for _ in range(8):
        moved = warp(moved, constant(0.5, 0, 16, 64))
    expected = ((x + 4) * 0.9).sin()
    assert (moved - expected)[..., 8:-12].abs().max() < 0.08  # a bilinear one loses 0.57 of it


def test_what_comes_back_to_where_it_was_is_seen():
    backward, forward = constant(2, 1), constant(-2, -1)
    seen = visible(backward, forward)
    assert seen.shape == (1, 1, 12, 16)
    # Only what comes from beyond the right and the lower border is new.
    assert seen[0, 0, :-1, :-2].eq(1).all() and seen[0, 0, :, -2:].eq(0).all()
    assert seen[0, 0, -1].eq(0).all()


def test_what_does_not_come_back_is_hidden():
    # Eq. 5: |2 - 0|² = 4 is more than 0.01 · (4 + 0) + 0.5.
    assert visible(constant(2, 0), constant(0, 0)).eq(0).all()
    # |0.7 - 0|² = 0.49 is less than 0.5 and a little.
    assert visible(constant(0.7, 0), constant(0, 0))[..., :-2].eq(1).all()


def test_the_edge_of_a_motion_is_hidden():
    backward = torch.zeros(1, 2, 12, 16)
    backward[:, 0, :, 8:] = 0.4
    seen = visible(backward, -backward)
    # Eq. 6: the difference across two pixels, halved and squared, 0.04, is more than 0.0036.
    assert seen[0, 0, 5].tolist() == [1] * 7 + [0, 0] + [1] * 7


def test_photographs_that_differ_are_not_alike():
    photograph = torch.full((1, 3, 8, 8), 0.5)
    assert alike(photograph, photograph).eq(1).all()
    assert alike(photograph, photograph + 0.1).eq(1).all()  # a change of light
    assert alike(photograph, photograph + 0.3).eq(0).all()


def test_a_cut_leaves_nothing_to_be_seen():
    moves = motion(textured(96, 64, 1), textured(96, 64, 2))
    assert moves.seen.mean() < 0.05


def test_what_a_thing_uncovers_is_hidden_and_the_rest_is_seen():
    def scene(place):
        image = textured(200, 140, 3)
        image.paste(textured(70, 70, 4), (place, 20))
        return image

    moves = motion(scene(20), scene(29))
    seen, thing = moves.seen[0, 0], (slice(28, 82), slice(37, 91))
    assert seen[24:86, 20:28].mean() < 0.1  # what was behind it
    assert seen[thing].mean() > 0.95 and seen[:, 119:].mean() > 0.95
    assert moves.backward[0, :, *thing].mean((1, 2)).tolist() == pytest.approx([-9, 0], abs=0.3)
    assert moves.backward[..., 119:].eq(0).all()  # the camera stands


def test_two_takes_of_one_scene_stand_still():
    levels = np.asarray(textured(96, 64)).astype(float)
    generator = np.random.default_rng(0)
    first, second = (
        Image.fromarray(
            np.clip(levels + generator.normal(0, 1.5, levels.shape), 0, 255).astype(np.uint8)
        )
        for _ in range(2)
    )
    moves = motion(first, second)
    assert moves.seen.mean() > 0.97
    painting = torch.rand(1, 3, 64, 96)
    assert torch.equal(moves.moved(painting), painting)
