"""How good the estimates of time and memory are, beside real runs:

    NST_VGG19_WEIGHTS=vgg19.safetensors python -m benchmarks.speed.estimate [CASE …]

Each case takes two processes of its own. One loads the network, estimates, which calibrates, then
paints, for the time; the other only paints, for the memory, because a calibration leaves some
behind that a run uses again. Memory is the peak over what the process held before the run; on a
GPU, over what PyTorch had allocated of the GPU's. CASE is a number of the table, all when none.
"""

import argparse
import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.common.own_process import in_own_process
from nst import Settings, load_features, stylize
from nst.costs.seconds import estimate
from nst.pictures.reading import open_image
from nst.pictures.tensors import cover

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTENT, STYLE = EXAMPLES / "content" / "astronaut.jpg", EXAMPLES / "styles" / "mosaic.jpg"
SQUARE, WIDE, NARROW = (600, 600), (900, 600), (900, 200)
CLOSE = 1.5
"""An estimate is good within this factor."""
CASES: tuple[tuple[str, tuple[int, int], Settings], ...] = (
    ("compact", SQUARE, Settings(size=128, iterations=200)),
    ("compact", WIDE, Settings(size=256, iterations=100)),
    ("compact", WIDE, Settings(size=512, iterations=200)),
    ("compact", SQUARE, Settings(size=512, iterations=20, optimizer="adam")),
    ("compact", NARROW, Settings(size=768, iterations=100)),
    ("compact", SQUARE, Settings(size=768, iterations=60, optimizer="adam")),
    ("compact", WIDE, Settings(size=384, iterations=50, style_scale=2.0, color="content")),
    ("vgg19", SQUARE, Settings(size=256, iterations=60)),
    ("vgg19", WIDE, Settings(size=512, iterations=50)),
    ("vgg19", NARROW, Settings(size=512, iterations=80, optimizer="adam")),
    ("vgg19", SQUARE, Settings(size=768, iterations=20)),
    ("compact", WIDE, Settings(size=1024, iterations=40)),
)


def _status(field: str) -> int:
    """Bytes of memory of this process: VmRSS, now, or VmHWM, the most so far."""
    # Not getrusage: its maximum is inherited from the parent.
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) * 1024


def _memory_before() -> int:
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated()
    return _status("VmRSS")


def _peak() -> int:
    return torch.cuda.max_memory_allocated() if torch.cuda.is_available() else _status("VmHWM")


def _run(number: int, calibrates: bool, answer: multiprocessing.Queue) -> None:
    """Paint one case, and answer with the estimate, if it is to be made, the seconds and bytes."""
    name, size, settings = CASES[number]
    features = load_features(name)
    content, style = cover(open_image(CONTENT), size), open_image(STYLE)
    estimated = estimate(size, settings, features) if calibrates else None
    before, started = _memory_before(), time.perf_counter()
    for _ in stylize(content, style, settings, features=features):
        pass
    answer.put((estimated, time.perf_counter() - started, _peak() - before))


def _rows(numbers: list[int]) -> Iterator[tuple[str, float, float]]:
    """A row of the table for each case, with the factors by which seconds and bytes are off."""
    for number in numbers:
        name, size, settings = CASES[number]
        estimated, seconds, _ = in_own_process(_run, number, True)
        _, _, amount = in_own_process(_run, number, False)
        factors = estimated.seconds / seconds, estimated.bytes / amount
        shape = f"{size[0]}×{size[1]} to {settings.size} px"
        what = f"{name}, {settings.optimizer}, {shape}, {settings.iterations} iterations"
        yield (
            f"| {number + 1} | {what} | {estimated.seconds:.1f} | {seconds:.1f} | {factors[0]:.2f} "
            f"| {estimated.bytes / 1e6:.0f} | {amount / 1e6:.0f} | {factors[1]:.2f} |",
            *factors,
        )


def main() -> None:
    """Run the cases and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("cases", type=int, nargs="*", help=f"1 to {len(CASES)}; all when none")
    options = parser.parse_args()
    numbers = [n - 1 for n in options.cases] or list(range(len(CASES)))
    print("| case | run | s estimated | s real | ratio | MB estimated | MB real | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    close = [0, 0]
    for row, *factors in _rows(numbers):
        print(row, flush=True)
        close = [c + (1 / CLOSE <= f <= CLOSE) for c, f in zip(close, factors, strict=True)]
    print(
        f"\nwithin a factor of {CLOSE}: time {close[0]}, memory {close[1]} of {len(numbers)} cases"
    )


if __name__ == "__main__":
    main()
