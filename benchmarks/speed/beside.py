"""What a very large picture takes beside the optimiser: memory and seconds, by choice of colour:

    python -m benchmarks.speed.beside [--side 8192]

Each choice has a process of its own, in which a photograph and a mask are read from their files,
prepared, given their colours, and a result is finished and written as a PNG, all as in a run; the
painting has a fourth of the side. Megabytes are what a step has at its peak over what the process
has with torch imported and the optimiser's picture in its memory; what earlier steps hold on to is
in them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from multiprocessing import Queue
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from benchmarks.common.own_process import in_own_process
from nst import Settings, inputs
from nst.pictures import tensors
from nst.pictures.prepared import prepare_mask
from nst.pictures.reading import open_image
from nst.pictures.writing import save_image
from nst.settings import SPECS

STEPS = ("read", "prepared", "coloured", "finished", "written")
HEADER = f"| colour | {' | '.join(f'{step}, MB' for step in STEPS)} | seconds |"
RULE = f"|---{'|---' * (len(STEPS) + 1)}|"
PAINTING = 4
"""The photograph's side is so many times the painting's."""


def drawn(folder: Path, side: int) -> None:
    """A photograph, a painting and a mask."""
    noise = Image.effect_noise((side // 8, side // 8), 80)
    bands = [noise, noise.transpose(Image.Transpose.ROTATE_90), noise.point(lambda x: 255 - x)]
    small = Image.merge("RGB", bands)
    for name, length in (("photograph.jpg", side), ("painting.jpg", side // PAINTING)):
        small.resize((length, length), Image.Resampling.BICUBIC).save(folder / name)
    Image.radial_gradient("L").resize((side, side)).save(folder / "mask.png", compress_level=1)


class Peaks:
    """Steps of a process, and what each of them has of memory at its peak, in megabytes."""

    def __init__(self) -> None:
        self._before = _resident("VmRSS")
        self.megabytes: list[float] = []

    def step(self, function: Callable[..., Any], *arguments: object, **named: object) -> Any:  # noqa: ANN401
        """What a function returns."""
        Path("/proc/self/clear_refs").write_text("5")  # have the peak begin anew
        result = function(*arguments, **named)
        self.megabytes.append(_resident("VmHWM") - self._before)
        return result


def _resident(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def measure(folder: Path, side: int, color: str, answer: Queue) -> None:
    """Megabytes of each step, and seconds of all."""
    settings, pixels = Settings(size=side, color=color), torch.rand(1, 3, side, side)
    peaks, started = Peaks(), time.perf_counter()

    def read() -> dict[str, Image.Image]:
        names = {"content": "photograph.jpg", "style": "painting.jpg", "mask": "mask.png"}
        opened = {what: open_image(folder / name, what, side) for what, name in names.items()}
        return opened | {"mask": prepare_mask(opened["mask"], "mask", side)}

    given = peaks.step(read)
    pictures = peaks.step(inputs.prepare, **given, settings=settings)
    coloured = peaks.step(pictures.coloured, color)
    made = peaks.step(lambda: pictures.finished(tensors.to_image(pixels), color))
    peaks.step(save_image, made, folder / "result.png", "none")
    del coloured
    answer.put((peaks.megabytes, time.perf_counter() - started))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--side", type=int, default=8192, help="in pixels")
    side = parser.parse_args().side
    print(HEADER, RULE, sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        drawn(Path(folder), side)
        for color in SPECS["color"].choices:
            megabytes, seconds = in_own_process(measure, Path(folder), side, color)
            words = " | ".join(f"{each:.0f}" for each in megabytes)
            print(f"| {color} | {words} | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
