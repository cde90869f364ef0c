"""A run as a film: its previews under a slider, and as an animation to download."""

import io
from collections.abc import Sequence

from PIL import Image

from web.runs.kept.jpeg import data_url

SECONDS, LAST_SECONDS = 4, 2
"""How long an animation takes, and how long its last frame stays."""
SLOWEST, QUICKEST = 250, 50
"""Milliseconds that a frame takes."""
PLAY = """
const show = at => element.querySelectorAll('img').forEach((img, i) => img.hidden = i != at);
let timer = null;
element.addEventListener('input', event => { clearInterval(timer); show(event.target.value); });
element.addEventListener('click', event => {
  if (!event.target.closest('button')) return;
  const slider = element.querySelector('input');
  let at = 0;
  clearInterval(timer);
  timer = setInterval(() => {
    if (!slider.isConnected || at > slider.max) return clearInterval(timer);
    slider.value = at;
    show(at++);
  }, 150);
});"""
NOTHING = '<p class="nst-empty">After a run, this shows how the picture came to be.</p>'


def film(frames: Sequence[bytes], iterations: Sequence[int]) -> str:
    """The HTML of JPEG frames under a slider, with the iteration of each."""
    images = "".join(
        f'<img src="{data_url(frame)}" alt="The picture at iteration {iteration}"'
        f"{'' if frame is frames[-1] else ' hidden'}>"
        for frame, iteration in zip(frames, iterations, strict=True)
    )
    last = len(frames) - 1
    return (
        f'<figure class="nst-film">{images}</figure><div class="nst-play">'
        '<button type="button" class="nst-button">▶ Play</button><input type="range" '
        f'max="{last}" value="{last}" aria-label="Moment of the run, from its start to its end">'
        "</div>"
    )


def animation(frames: Sequence[bytes]) -> bytes:
    """The frames as an animated WebP file that plays over and over."""
    images = [Image.open(io.BytesIO(frame)) for frame in frames]
    images = [image.resize(images[-1].size, Image.Resampling.BICUBIC) for image in images]
    each = min(max(1000 * SECONDS // len(images), QUICKEST), SLOWEST)
    durations = [each] * (len(images) - 1) + [1000 * LAST_SECONDS]
    file = io.BytesIO()
    images[0].save(
        file,
        "WEBP",
        save_all=True,
        append_images=images[1:],
        duration=durations,
        loop=0,
        quality=80,
        method=2,
    )
    return file.getvalue()
