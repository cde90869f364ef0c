"""What processes spare a clip whose frames are painted at once, in one run:

    python -m benchmarks.speed.film [--turns 6] [--size 512] [--style starry-night]

The README's clip is painted by two processes and by this one, in turns.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from statistics import median

from nst.batch.processes import Processes
from nst.batch.work import Filming
from nst.machine import threads
from nst.settings import InstantSettings
from nst.video.clip import Frame, result_size
from nst.video.reading import open_clip

CLIP = Path(__file__).parents[2] / "docs" / "film.webp"
PROCESSES, FRAMES = 2, 15
"""How many processes there are, and frames of a turn that are timed."""


def seconds(frames: Iterator[Frame]) -> float:
    """What a frame takes, as they come; the first few, for which a pool is empty, are left out."""
    for _ in islice(frames, PROCESSES + 1):
        pass
    started = time.perf_counter()
    count = sum(1 for _ in islice(frames, FRAMES))
    return (time.perf_counter() - started) / count


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--style", default="starry-night")
    options = parser.parse_args()
    clip, settings = open_clip(CLIP), InstantSettings(style=options.style, size=options.size)
    size = result_size(clip, options.size)
    times: list[tuple[float, float]] = []
    with Processes(Filming(settings=settings, size=size), PROCESSES) as pool:
        threads.choose()  # once those of the processes are, as the command does
        from nst.batch.frames import painted_by
        from nst.instant import painting
        from nst.video import instant
        from nst.video.sequence import taken

        network = painting.load(settings)
        pool.abouts()
        for _ in range(options.turns):
            drawn = painted_by(pool, taken(clip, size))
            with closing(instant.carried_along(drawn, settings)) as frames:
                there = seconds(frames)
                for _ in frames:  # else the processes would be at them in the other's turn
                    pass
            with closing(instant.paint_clip(clip, settings, network=network)) as frames:
                times.append((seconds(frames), there))
            print(f"seconds a frame: here {times[-1][0]:.2f}, by processes {there:.2f}", flush=True)
    ratio = median(here / there for here, there in times)
    print(f"rate of {PROCESSES} processes, of this one's: {ratio:.2f}")


if __name__ == "__main__":
    main()
