"""The work of a run and its parts, by hand."""

import pytest

from nst.costs import work
from nst.scales import Scale


@pytest.mark.parametrize(
    ("device", "expected"), [("cpu", 37_000), ("cuda", 730_000), ("mps", 37_000)]
)
def test_an_iteration_is_its_pixels_and_what_it_takes_at_any_size(device, expected):
    assert work.of_iteration(30_000, device) == expected


@pytest.mark.parametrize(("style_scale", "setup"), [(1.0, 1.5), (2.0, 3.75)])
def test_the_first_iteration_of_each_scale_has_its_setup(style_scale, setup):
    scales = [Scale((200, 100), 3), Scale((400, 200), 2)]
    coarse, fine = work.of_run(scales, "cpu", style_scale)
    assert coarse == pytest.approx([27_000 * (1 + setup), 27_000, 27_000])
    assert fine == pytest.approx([87_000 * (1 + setup), 87_000])


@pytest.mark.parametrize(("device", "side"), [("cpu", 2048), ("cuda", 4096), ("mps", 2048)])
def test_very_large_pictures_are_in_tiles_which_takes_longer(device, side):
    whole, tiled = side**2, side**2 + 1
    assert (work.in_tiles(whole, device), work.in_tiles(tiled, device)) == (False, True)
    more = work.of_iteration(tiled, device) - work.of_iteration(whole, device)
    assert more == pytest.approx((work.TILED - 1) * side**2, rel=1e-3)
