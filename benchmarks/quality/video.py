"""How steady moving pictures are, and what that costs of style and sharpness:

    python -m benchmarks.quality.video PHOTOGRAPH … --style PAINTING --name STYLE

A camera pans over photographs by fractions of pixels, so that the true flow is known. Each clip is
painted at once in the style by name and in the painting's, and by optimisation.

warping: the mean difference between a frame and the one before, moved by the true flow, in levels
of 255, and as a share of what frames have that are painted each by itself. noise: the difference
between two frames that are takes of one photograph, which differ by Gaussian noise of 1.6 levels in
the mean. style left (`benchmarks.quality.neutral`) and sharpness (the mean difference of
neighbouring pixels) are the last frame's, and in brackets those of the same frame by itself.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from PIL import Image

from benchmarks.common.pictures import sized
from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import Yardstick
from nst.features.loading import load_features
from nst.instant import painting
from nst.pictures import tensors
from nst.pictures.reading import open_image
from nst.settings import OWN_STYLE, InstantSettings, Settings
from nst.transfer import stylize
from nst.video import instant, optimised
from nst.video.clip import Clip, Frame
from nst.video.warp import warp

STEP = 2.5, 1.3
"""Pixels across and down by which the camera moves from frame to frame."""
SHAPE = 1.5
"""Width over height of a frame."""
NOISE = 1.6
"""Levels of 255 by which two takes differ in the mean."""
BORDER = 8
"""Pixels that are not looked at where new things come into a frame."""


@dataclass(frozen=True)
class Way:
    """A way to paint clips, and pictures by themselves."""

    name: str
    clip: Callable[[Clip], Iterable[Frame]]
    picture: Callable[[Image.Image], Image.Image]


def ways(style: Image.Image, name: str, size: int) -> Iterator[Way]:
    """All of them."""
    named, own = (InstantSettings(style=s, size=size) for s in (name, OWN_STYLE))
    by_name, by_any = painting.load(named), painting.load(own)
    features, settings = load_features("auto"), Settings(size=size)
    yield Way(
        f"instant {name}",
        lambda clip: instant.paint_clip(clip, named, network=by_name),
        lambda picture: painting.paint(picture, named, network=by_name),
    )
    yield Way(
        "instant, own",
        lambda clip: instant.paint_clip(clip, own, style=style, network=by_any),
        lambda picture: painting.paint(picture, own, style=style, network=by_any),
    )

    def painted(picture: Image.Image) -> Image.Image:
        *_, last = stylize(picture, style, settings, features=features)
        return last.image

    yield Way(
        "optimised",
        lambda clip: optimised.stylize_clip(clip, style, settings, features=features),
        painted,
    )


def clip_of(images: Sequence[Image.Image]) -> Clip:
    """A clip of pictures that are at hand."""
    return Clip(
        path=Path("none"),
        size=images[0].size,
        frames=len(images),
        seconds=len(images) / 25,
        sound=False,
        most_frames=len(images),
        _read=lambda path: (Frame(image, i / 25) for i, image in enumerate(images)),
    )


def pan(photograph: Image.Image, frames: int, size: int) -> list[Image.Image]:
    """What a camera sees that moves over a photograph: frames `size` pixels wide."""
    frame = size, round(size / SHAPE / 2) * 2
    way = [side + step * frames for side, step in zip(frame, STEP, strict=True)]
    scale = min(photograph.width / way[0], photograph.height / way[1])
    boxes = [(scale * STEP[0] * i, scale * STEP[1] * i) for i in range(frames)]
    return [
        photograph.resize(
            frame, Image.Resampling.LANCZOS, (x, y, x + scale * frame[0], y + scale * frame[1])
        )
        for x, y in boxes
    ]


def takes(photograph: Image.Image, size: int) -> list[Image.Image]:
    """Two noisy takes of one scene."""
    levels = np.asarray(pan(photograph, 1, size)[0], dtype=np.float64)
    generator = np.random.default_rng(0)
    deviation = NOISE * np.sqrt(np.pi) / 2  # |a - b| of two of them has the mean 2σ/√π
    noisy = (levels + generator.normal(0, deviation, levels.shape) for _ in range(2))
    return [Image.fromarray(np.clip(n + 0.5, 0, 255).astype(np.uint8)) for n in noisy]


def warping_error(frames: Sequence[Image.Image]) -> float:
    """In levels of 255, by the true flow of `pan`."""
    errors = []
    for before, after in pairwise(map(tensors.to_tensor, frames)):
        flow = torch.tensor(STEP).view(1, 2, 1, 1).expand(1, 2, *before.shape[2:])
        difference = (warp(before, flow) - after).abs()
        errors.append(255 * float(difference[:, :, :-BORDER, :-BORDER].mean()))
    return mean(errors)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean, in levels of 255."""
    return 255 * float((tensors.to_tensor(one) - tensors.to_tensor(other)).abs().mean())


def sharpness(image: Image.Image) -> float:
    """The mean difference of neighbouring pixels, in levels of 255."""
    levels = tensors.to_tensor(image)
    return 255 * float(levels.diff(dim=2).abs().mean() + levels.diff(dim=3).abs().mean())


def measure(
    way: Way, photograph: Image.Image, style: Image.Image, size: int, frames: int, by: Reference
) -> Iterator[tuple[str, Image.Image | None]]:
    """What is found out about a way, in words; and the last frame."""
    camera, noisy = pan(photograph, frames, size), takes(photograph, size)
    started = time.perf_counter()
    painted = [frame.image for frame in way.clip(clip_of(camera))]
    each = (time.perf_counter() - started) / frames
    alone = [way.picture(picture) for picture in camera]
    steady, flickering = warping_error(painted), warping_error(alone)
    yield f"warping {steady:5.2f} ({steady / flickering:.2f} of {flickering:.2f})", painted[-1]
    twice = [frame.image for frame in way.clip(clip_of(noisy))]
    single = [way.picture(picture) for picture in noisy]
    yield f"noise {difference(*twice):5.2f} ({difference(*single):5.2f})", None
    content, wanted = tensors.to_tensor(camera[-1]), sized(style, size)
    yardstick = Yardstick(by, content, wanted)
    left = [yardstick.measure(tensors.to_tensor(p)).style_left for p in (painted[-1], alone[-1])]
    yield f"style left {left[0]:.3f} ({left[1]:.3f})", alone[-1]
    sharp = sharpness(painted[-1]), sharpness(alone[-1])
    yield f"sharpness {sharp[0]:4.1f} ({sharp[1]:4.1f})  {each:.2f} s a frame", None


def main() -> None:
    """Measure, and print a line for each photograph and way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", nargs="+", type=Path)
    parser.add_argument("--style", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--pictures", type=Path, help="a folder for the last frames")
    options = parser.parse_args()
    style, by = open_image(options.style), load_reference("cpu")
    for file in options.photographs:
        photograph = open_image(file)
        for way in ways(style, options.name, options.size):
            told = []
            found = measure(way, photograph, style, options.size, options.frames, by)
            for number, (words, image) in enumerate(found):
                told.append(words)
                if image and options.pictures:
                    kind = "alone" if number else "clip"
                    image.save(options.pictures / f"{file.stem}-{way.name}-{kind}.png")
            print(f"{file.stem:12} {way.name:22} {'; '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
