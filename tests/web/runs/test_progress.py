"""What is made of a step."""

from dataclasses import replace

from PIL import Image

from nst import Settings
from web.runs.files import first_step
from web.runs.progress import Progress


def test_the_seconds_left_are_the_steps():
    step = first_step(Image.new("RGB", (8, 8)), Settings())
    assert Progress.of(step, 0.0).eta_seconds is None
    progress = Progress.of(replace(step, iteration=1, seconds_left=12.346), 3.0)
    assert (progress.seconds, progress.eta_seconds) == (3.0, 12.35)
