"""Paint every picture of a folder on a running app:

    python examples/batch.py photos/ painting.jpg -o results/

Two jobs are in the app's queue at any time: while one is painted, the next is there already. A
full queue or a lost connection is tried again, later and later. Results are written whole or not
at all, and a picture that has one is left alone: after a stop, the same command goes on.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

import httpx
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
JOBS = 2
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before a refused job is tried again: twice as long each time."""
MOST_REFUSALS = 12
"""After this many in a row, about eight minutes, the app is given up."""
BUSY = ("The queue is full", "Too many runs")
"""Titles of errors that are tried again."""
STOPPED = 130
"""Exit code after Ctrl-C."""

Settings = dict[str, int | float]


def result_of(content: Path, folder: Path) -> Path:
    """Where a picture's result goes; the whole name is kept, so that a.jpg and a.png differ."""
    return folder / f"{content.name}.png"


def save(picture: str, result: Path) -> None:
    """Write a result under its name only when it is complete."""
    partial = result.with_suffix(".part")
    shutil.copyfile(picture, partial)
    partial.replace(result)


def paint(
    client: Client, contents: list[Path], style: Path, folder: Path, settings: Settings
) -> int:
    """Paint the pictures, and return how many could not be."""
    waiting, jobs, refusals, failed = deque(contents), deque(), 0, 0
    try:
        while waiting or jobs:
            while waiting and len(jobs) < JOBS:
                content = waiting.popleft()
                files = {"content": handle_file(str(content)), "style": handle_file(str(style))}
                jobs.append((content, client.submit(**files, **settings, api_name="/stylize")))
            content, job = jobs[0]
            try:
                picture, progress = job.result()
            except (QueueError, httpx.TransportError) as error:
                waiting.appendleft(content)
                refusals += 1
                _wait(refusals, error)
            except AppError as error:
                if error.title in BUSY:
                    waiting.appendleft(content)
                    refusals += 1
                    _wait(refusals, error)
                else:
                    failed += 1
                    print(f"{content.name}: {error}", file=sys.stderr)
            else:
                refusals = 0
                save(picture, result_of(content, folder))
                print(f"{content.name}: {progress['seconds']:.1f} s", flush=True)
            jobs.popleft()
    finally:
        for _, job in jobs:
            job.cancel()
    return failed


def _wait(refusals: int, error: Exception) -> None:
    """Wait for the app to have a place again, a little differently long in every program."""
    if refusals >= MOST_REFUSALS:
        raise error
    seconds = min(FIRST_WAIT * 2 ** (refusals - 1), LONGEST_WAIT) * random.uniform(0.5, 1)
    print(f"{error} Trying again in {seconds:.1f} s.", file=sys.stderr, flush=True)
    time.sleep(seconds)


def main() -> int:
    """Find what is left to do, and do it."""
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("style", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("results"), help="folder")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--iterations", type=int, default=200)
    parser.add_argument("--style-strength", type=float, default=50)
    parser.add_argument("--size", type=int, default=512)
    options = parser.parse_args()
    settings = {name: getattr(options, name) for name in ("iterations", "style_strength", "size")}

    options.out.mkdir(parents=True, exist_ok=True)
    contents = sorted(p for p in options.contents.iterdir() if p.suffix.lower() in PICTURES)
    left = [p for p in contents if not result_of(p, options.out).exists()]
    print(f"{len(left)} of {len(contents)} pictures to paint", flush=True)
    with tempfile.TemporaryDirectory() as downloads:
        try:
            client = Client(options.url, verbose=False, download_files=downloads)
            failed = paint(client, left, options.style, options.out, settings)
        except (QueueError, httpx.TransportError) as error:
            print(f"{error} The same command goes on later.", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("Stopped; the same command goes on.", file=sys.stderr)
            return STOPPED
    return 1 if failed else 0


if __name__ == "__main__":
    code = main()
    if code == STOPPED:
        # A job cancelled while it is sent goes on, and the client's threads would wait for its end.
        # The app stops the runs of programs that are gone.
        os._exit(code)
    sys.exit(code)
