"""Many visitors on a real server, for a while, and what it looks like afterwards:

    python -m benchmarks.server.soak [--seconds 900] [--crowd 40]

Seven in ten visitors paint a tiny picture, of the others half send what cannot be used and half
cancel or vanish. Meanwhile a visitor opens the page every half second. Then a crowd comes at once,
larger than the queue, and goes. Memory, threads and open files are the server's, read from /proc:
Linux only.
The exit code is 1 if a figure misses its bound.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any

import httpx
from PIL import Image

from benchmarks.server.visitors import Endpoint, Visitor

ROOT = Path(__file__).parents[2]
TINY = {"iterations": 4, "size": 64, "features": "compact"}
LONGER = {"iterations": 400, "size": 192, "features": "compact"}
BAD: tuple[dict[str, Any], ...] = (
    {"iterations": 0},
    {"style_strength": "much"},
    {"size": None},
    {"init": ["noise"]},
    {"content": None},
    {"features": "none"},
)
AT_ONCE = 4
"""Visitors at a time."""
WARM_UP = 1000
"""Jobs after which the server has what it keeps: the state of a tiny run counts as 0.8 MB, and 870
jobs have the 600 good ones that fill 500 MB."""
FEWEST_JOBS = 200
"""Jobs after these that memory is judged by."""
MOST_JOBS = 5000
PAUSE = 0.5
"""Seconds between two looks at the page and the process."""
SETTLING = 15
"""Seconds after the crowd, in which idle threads end."""
COUNTED = {"open files": 2, "threads": 3}
"""What may not be more at the end, when nobody is there, than at first; its place in a sample."""
KB_A_JOB, PAGE_SECONDS = 10, 1.0
"""What must not be exceeded: growth of memory, and the page's 99th percentile."""


@dataclass
class Seen:
    """What the visitors met; lists are appended to by many threads, which is safe.

    Attributes:
        ends: kind of visit and what came of it, with their number.
        pages, previews: seconds.
        samples: (jobs ended, KB of memory, open files, threads), one with each page.
        crowd: the samples that were taken while it was there.
    """

    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: list[float] = field(default_factory=list)
    previews: list[float] = field(default_factory=list)
    samples: list[tuple[int, int, int, int]] = field(default_factory=list)
    crowd: slice = field(default_factory=lambda: slice(None))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self, kind: str, said: str) -> None:
        """Count a visit."""
        with self.lock:
            self.ends[kind, said] += 1


@contextmanager
def served(
    folder: Path, environment: Mapping[str, str] = os.environ
) -> Iterator[tuple[str, subprocess.Popen]]:
    """A server with its temporary files and log.txt in a folder, and an environment otherwise."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = {"GRADIO_SERVER_PORT": str(port), "TMPDIR": str(folder)}
    environment = {**environment, **settings, "GRADIO_ANALYTICS_ENABLED": "False"}
    command = [sys.executable, "app.py"]
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.3)
        yield url, server
    finally:
        server.terminate()
        server.wait()


def visit(url: str, endpoint: Endpoint, pictures: Path, kind: str, seen: Seen) -> None:
    """One visit of a kind: good, bad, cancelled or gone."""
    visitor = Visitor(url, endpoint)
    try:
        values = {name: visitor.upload(pictures / f"{name}.png") for name in ("content", "style")}
        started = time.monotonic()
        if kind in ("good", "bad", "crowd"):
            changes = random.choice(BAD) if kind == "bad" else {}
            said, first = visitor.outcome(visitor.start(values | TINY | changes))
            if first and kind == "good":
                seen.previews.append(first - started)
        else:
            event = visitor.start(values | LONGER)
            messages = visitor.messages()
            for message in messages:
                if message["msg"] in ("process_generating", "process_completed"):
                    break
            if kind == "cancelled":
                visitor.cancel(event)
            messages.close()
            said = "done"
    except Exception as error:  # whatever it is, it is counted
        said = f"{type(error).__name__}: {error}"
    finally:
        visitor.http.close()
    seen.end(kind, said)


def look(url: str, server: subprocess.Popen, seen: Seen, over: Callable[[], bool]) -> None:
    """Open the page, and read what the process holds, over and over."""
    process = Path(f"/proc/{server.pid}")
    while not over():
        started = time.monotonic()
        httpx.get(url, timeout=60).raise_for_status()
        seen.pages.append(time.monotonic() - started)
        status = (process / "status").read_text()
        kb, threads = (int(status.split(f"{k}:")[1].split()[0]) for k in ("VmRSS", "Threads"))
        files = len(list((process / "fd").iterdir()))
        seen.samples.append((seen.ends.total(), kb, files, threads))
        time.sleep(PAUSE)


def soak(url: str, server: subprocess.Popen, pictures: Path, seconds: float, crowd: int) -> Seen:
    """Let visitors come for some seconds, and then a crowd at once."""
    seen, endpoint = Seen(), Endpoint(url, "stylize")
    ends = time.monotonic() + seconds
    ended = threading.Event()
    watching = threading.Thread(target=look, args=(url, server, seen, ended.is_set))
    watching.start()

    def come(chance: random.Random) -> None:
        while time.monotonic() < ends and seen.ends.total() < MOST_JOBS:
            kinds, weights = ("good", "bad", "cancelled", "gone"), (70, 15, 7.5, 7.5)
            visit(url, endpoint, pictures, chance.choices(kinds, weights)[0], seen)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(come, [random.Random(seed) for seed in range(AT_ONCE)]))
    before = len(seen.samples)
    with ThreadPoolExecutor(max(1, crowd)) as pool:
        for _ in range(crowd):
            pool.submit(visit, url, endpoint, pictures, "crowd", seen)
    seen.crowd = slice(before, len(seen.samples))
    time.sleep(SETTLING)
    ended.set()
    watching.join()
    return seen


def failures(seen: Seen) -> list[str]:
    """What was not as it should be, in words."""
    full = "The queue is full, try again in about "
    wrong = [
        f"{count} {kind}: {said}"
        for (kind, said), count in seen.ends.items()
        if (kind != "bad" and said != "done" and not (kind == "crowd" and said.startswith(full)))
        or (kind == "bad" and (said in ("done", "no words", "no answer") or "Error: " in said))
    ]
    if (slope := slope_of(seen) or 0) > KB_A_JOB:
        wrong.append(f"memory grows by {slope:.1f} KB a job")
    if (page := _p(seen.pages, 99)) > PAGE_SECONDS:
        wrong.append(f"99 % of pages came within {page:.2f} s only")
    for what, place in COUNTED.items():
        if (last := seen.samples[-1][place]) > (most := _at_first(seen, place)):
            wrong.append(f"{last} {what} at the end, {most} at most at first")
    return wrong


def _at_first(seen: Seen, place: int) -> int:
    """The largest of a figure in the first tenth of the time."""
    visits = seen.samples[: seen.crowd.start]
    return max(sample[place] for sample in visits[: len(visits) // 10 + 1])


def slope_of(seen: Seen) -> float | None:
    """KB of memory that a job adds, after the warm-up, or None if too few came after it.

    While a picture is painted the process holds more: what stays shows in its low points.
    """
    warm = [sample for sample in seen.samples if sample[0] >= WARM_UP]
    if not warm or warm[-1][0] - warm[0][0] < FEWEST_JOBS:
        return None
    size = max(1, len(warm) // 10)
    parts = [warm[i : i + size] for i in range(0, len(warm), size)]
    low = [min(part, key=lambda sample: sample[1]) for part in parts]
    return linear_regression([s[0] for s in low], [s[1] for s in low]).slope


def _p(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else 0.0


def report(seen: Seen, folder: Path) -> None:
    """Print what was seen."""
    kinds = Counter(kind for kind, _ in seen.ends.elements())
    print(f"jobs: {seen.ends.total()} ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})")
    for (kind, said), count in sorted(seen.ends.items()):
        if said != "done":
            print(f"  {count:4} {kind}: {said}")
    pages = {"page": seen.pages, "page beside the crowd": seen.pages[seen.crowd]}
    for what, values in (pages | {"first preview": seen.previews}).items():
        print(f"{what}: p50 {_p(values, 50):.3f} s, p99 {_p(values, 99):.3f} s")
    memory, slope = [sample[1] / 1000 for sample in seen.samples], slope_of(seen)
    growth = "too few jobs to tell its growth" if slope is None else f"{slope:.1f} KB a job"
    print(f"memory: {memory[0]:.0f} to {memory[-1]:.0f} MB, at most {max(memory):.0f}; {growth}")
    tens = {sample[0] * 10 // (seen.ends.total() + 1): sample[1] // 1000 for sample in seen.samples}
    print(f"memory after each tenth of the jobs: {', '.join(map(str, tens.values()))} MB")
    for what, place in COUNTED.items():
        counts = [sample[place] for sample in seen.samples]
        first = _at_first(seen, place)
        print(f"{what}: at first {first} at most, then {max(counts)}, at the end {counts[-1]}")
    kept = [path for path in folder.rglob("*") if path.is_file()]
    left = len(list(folder.glob("nst-server-*/nst-*")))
    print(f"temporary folders left: {left}; files that Gradio keeps for an hour: {len(kept)}")
    print(f"tracebacks in the log: {(folder / 'log.txt').read_text().count('Traceback')}")


def main() -> int:
    """Soak, report, and say whether every figure is within its bound."""
    parser = argparse.ArgumentParser(description=__doc__.split(":\n")[0])
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--crowd", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, pictures = Path(name) / "server", Path(name) / "pictures"
        folder.mkdir(), pictures.mkdir()
        Image.effect_noise((96, 64), 90).save(pictures / "content.png")
        Image.radial_gradient("L").save(pictures / "style.png")
        with served(folder) as (url, server):
            seen = soak(url, server, pictures, options.seconds, options.crowd)
            report(seen, folder)
        wrong = failures(seen)
        if "Traceback" in (log := (folder / "log.txt").read_text()):
            wrong.append(log[log.index("Traceback") :][:2000])
        if left := list(folder.glob("nst-*")):
            wrong.append(f"{len(left)} temporary folders are left")
    print("\n".join(["failures:", *wrong] if wrong else ["no failures"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
