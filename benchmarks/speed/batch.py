"""What a batch costs beside single commands, and whether its memory stays flat, in one run:

    python -m benchmarks.speed.batch [--pictures 40] [--size 512] [--iterations 100]

Different pictures are painted in one batch. It pauses after every fifth, and the command paints
that one by itself: its own word of the seconds, which leaves out its start, is compared with the
batch's, a moment before. Then some are painted by two processes, and again here, in turns.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import mean

from PIL import Image

from nst.batch.here import Here
from nst.batch.jobs import Job, jobs_of
from nst.batch.processes import Processes
from nst.batch.run import PAINTED, Outcome, paint
from nst.batch.tasks import Pool, Worker
from nst.batch.work import Optimising
from nst.machine import threads
from nst.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTENT, STYLE = EXAMPLES / "content" / "astronaut.jpg", EXAMPLES / "styles" / "impasto-night.jpg"
ALONE_EVERY = 5
"""Each of so many pictures is painted by a command of its own, too."""
IN_PROCESSES, PROCESSES = 4, 2
"""Pictures of a turn by processes, and how many these are."""


def make_pictures(count: int, folder: Path) -> list[Path]:
    """Different parts of the example photograph, 4:3, each 480 pixels long."""
    with Image.open(CONTENT) as photograph:
        for number in range(count):
            left, top = 3 * number % 30, 2 * number % 120
            part = photograph.crop((left, top, left + 480, top + 360))
            part.save(folder / f"{number:03}.png")
    return sorted(folder.iterdir())


def ends(jobs: Sequence[Job], pool: Pool) -> Iterator[float]:
    """The seconds from each end of a picture to the next, as they are waited for."""
    started = time.perf_counter()
    for news in paint(jobs, pool):
        if isinstance(news, Outcome):
            assert news.ended == PAINTED, news.note
            yield time.perf_counter() - started
            started = time.perf_counter()


def alone(job: Job, settings: Settings, folder: Path) -> float:
    """The seconds that the command for one picture tells of itself."""
    options = ["--size", str(settings.size), "--iterations", str(settings.iterations)]
    command = [sys.executable, "-m", "nst", str(job.content), str(job.style), *options]
    out = folder / "alone.png"
    done = subprocess.run(
        [*command, "--features", "compact", "-o", str(out)],
        check=True,
        capture_output=True,
        text=True,
        cwd=EXAMPLES.parent,
    )
    assert out.read_bytes() == job.out.read_bytes(), "not the same picture"
    return float(done.stderr.split()[-2])


def peak_memory() -> float:
    """Peak bytes of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def in_this_process(jobs: Sequence[Job], work: Optimising, folder: Path) -> None:
    """Compare a batch in this process with single commands, and print what it takes."""
    both = []
    pool: Here[Worker] = Here(work)
    with pool:
        for number, seconds in enumerate(ends(jobs, pool), start=1):
            if number % ALONE_EVERY == 0:
                both.append((alone(jobs[number - 1], work.settings, folder), seconds))
            if number in (ALONE_EVERY, len(jobs)):
                print(f"peak memory after {number}: {peak_memory() / 1e6:.0f} MB", flush=True)
    singles, batch = (mean(values) for values in zip(*both, strict=True))
    print(f"seconds a picture: alone {singles:.2f}, in the batch {batch:.2f}")
    print(f"rate of the batch, of single commands' without their start: {singles / batch:.2f}")


def by_processes(jobs: Sequence[Job], work: Optimising) -> None:
    """Compare processes with this one, in turns, and print the ratio."""
    here: Here[Worker] = Here(work)
    times: dict[str, list[float]] = {"here": [], "there": []}
    left = iter(jobs)
    with here, Processes(work, PROCESSES) as there:
        there.abouts()
        while len(turn := list(islice(left, 2 * IN_PROCESSES))) == 2 * IN_PROCESSES:
            times["there"].append(sum(ends(turn[:IN_PROCESSES], there)))
            times["here"].append(sum(ends(turn[IN_PROCESSES:], here)))
    if times["here"]:
        ratio = sum(times["here"]) / sum(times["there"])
        print(f"rate of {PROCESSES} processes, of this one's: {ratio:.2f}")


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--iterations", type=int, default=100)
    options = parser.parse_args()
    threads.choose()  # as the command does; nothing here has loaded torch yet
    settings = Settings(size=options.size, iterations=options.iterations)
    work = Optimising(settings=settings, features="compact")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        pictures = make_pictures(options.pictures, folder / "in")
        jobs = jobs_of(pictures, [STYLE], folder)
        in_this_process(jobs, work, folder)
        by_processes(jobs, work)


if __name__ == "__main__":
    main()
