"""Paint every picture of a folder on a running app:

    python examples/batch.py photos/ painting.jpg -o results/

Two jobs are in the app's queue at any time: while one is painted, the next is there already. A
full queue or a lost connection is tried again, later and later. Results are written whole or not
at all, and a picture that has one is left alone: after a stop, the same command goes on.

Exit codes: 0 when every picture has a result, 1 when some have none, which is said, 2 when nothing
can begin, 130 after Ctrl-C.
"""

import argparse
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import httpx
from gradio_client import Client, handle_file
from gradio_client.client import Job
from gradio_client.exceptions import AppError
from gradio_client.utils import QueueError

PICTURES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp"),
    *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".avif", ".heic", ".heif"),
)
"""Endings of the files that are painted; those that are hidden, like ._x.jpg, are not."""
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
    partial = result.with_name(f".{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(picture, partial)
        partial.replace(result)
    finally:
        partial.unlink(missing_ok=True)


def left(contents: list[Path], out: Path) -> tuple[list[Path], int]:
    """Those pictures that have no result yet, and how many cannot get one, having said why."""
    usable, failed = [], 0
    for content in contents:
        try:
            if not content.is_file():
                raise OSError("it is a folder." if content.is_dir() else "there is no such file.")
            if not result_of(content, out).exists():
                usable.append(content)
        except OSError as error:
            failed += _failed(content, error)
    return usable, failed


def _failed(content: Path, error: Exception) -> int:
    """Say why a picture could not be painted, and count it."""
    print(f"{content.name}: {error}", file=sys.stderr, flush=True)
    return 1


class RefusedError(Exception):
    """The app has no place now, or cannot be reached: to be tried again."""


def answer(job: Job) -> tuple[str, dict[str, Any]]:
    """The file of a job's result and its progress.

    Raises:
        RefusedError: it is to be tried again.
        AppError, OSError, ValueError: it cannot be done.
    """
    try:
        return job.result()
    except (QueueError, httpx.TransportError) as error:
        raise RefusedError(str(error)) from error
    except AppError as error:
        if error.title in BUSY:
            raise RefusedError(str(error)) from error
        raise


def paint(
    client: Client, contents: list[Path], style: Path, folder: Path, settings: Settings
) -> int:
    """Paint the pictures, and return how many could not be.

    Raises:
        RefusedError: for too long.
        OSError: a result cannot be written.
    """
    waiting, jobs, refusals, failed = deque(contents), deque(), 0, 0
    try:
        while waiting or jobs:
            while waiting and len(jobs) < JOBS:
                content = waiting.popleft()
                try:
                    jobs.append((content, submit(client, content, style, settings)))
                except ValueError as error:  # the file went away meanwhile
                    failed += _failed(content, error)
            if not jobs:
                break
            content, job = jobs[0]
            try:
                picture, progress = answer(job)
            except RefusedError as error:
                waiting.appendleft(content)
                refusals += 1
                _wait(refusals, error)
            except (AppError, OSError, ValueError) as error:
                failed += _failed(content, error)
            else:
                refusals = 0
                save(picture, result_of(content, folder))
                print(f"{content.name}: {progress['seconds']:.1f} s", flush=True)
            jobs.popleft()
    finally:
        for _, job in jobs:
            job.cancel()
    return failed


def submit(client: Client, content: Path, style: Path, settings: Settings) -> Job:
    """Send a picture to be painted."""
    files = {"content": handle_file(str(content)), "style": handle_file(str(style))}
    return client.submit(**files, **settings, api_name="/stylize")


def _wait(refusals: int, error: RefusedError) -> None:
    """Wait for the app to have a place again, a little differently long in every program."""
    if refusals >= MOST_REFUSALS:
        raise error
    seconds = min(FIRST_WAIT * 2 ** (refusals - 1), LONGEST_WAIT) * random.uniform(0.5, 1)
    print(f"{error} Trying again in {seconds:.1f} s.", file=sys.stderr, flush=True)
    time.sleep(seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("style", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("results"), help="folder")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--style-strength", type=float, default=50)
    parser.add_argument("--size", type=int, default=512)
    return parser.parse_args()


def _begun(options: argparse.Namespace) -> list[Path]:
    """Make the folder of the results, and return the pictures; `OSError` where that cannot be."""
    if not options.style.is_file():
        raise FileNotFoundError(f"There is no style picture {options.style}.")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=options.out):  # writable: known now, not after the first run
        files = options.contents.iterdir()
        return sorted(p for p in files if p.suffix.lower() in PICTURES and p.name[0] != ".")


def main() -> int:
    """Find what is left to do, and do it."""
    options = _options()
    settings = {name: getattr(options, name) for name in ("iterations", "style_strength", "size")}
    try:
        contents = _begun(options)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    usable, failed = left(contents, options.out)
    print(f"{len(usable)} of {len(contents)} pictures to paint", flush=True)
    with tempfile.TemporaryDirectory() as downloads:
        try:
            client = Client(options.url, verbose=False, download_files=downloads)
            failed += paint(client, usable, options.style, options.out, settings)
        except (RefusedError, httpx.TransportError, OSError) as error:
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
