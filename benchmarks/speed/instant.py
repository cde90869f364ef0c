"""How long an instant painting takes, from picture to picture."""

import time
from statistics import median

import torch

from benchmarks.common.cases import CONTENT, STYLE
from nst.instant.arbitrary import load_arbitrary
from nst.instant.named import load_instant
from nst.instant.painting import paint
from nst.pictures.reading import open_image
from nst.settings import OWN_STYLE, InstantSettings

INSTANT_TURNS = 6


def instant_seconds(
    side: int,
    dtype: torch.dtype | None,
    *,
    own: bool,
    device: torch.device | None = None,
    turns: int = INSTANT_TURNS,
) -> float:
    """Median seconds of an instant painting of a square picture, the first one left out.

    Args:
        dtype: of the convolutions; the device's fastest when None.
        own: in the style of a painting that is given, instead of one by name.
        device: what paints; a GPU if there is one when None.
        turns: two at least.
    """
    network = (load_arbitrary if own else load_instant)(device=device, dtype=dtype)
    settings = InstantSettings(size=side, style=OWN_STYLE) if own else InstantSettings(size=side)
    photograph, style = open_image(CONTENT), open_image(STYLE) if own else None
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        paint(photograph, settings, style=style, network=network)  # waits for a GPU
        times.append(time.perf_counter() - start)
    return median(times[1:])
