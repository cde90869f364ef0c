"""What a run takes where others want the processors:

    python -m benchmarks.server.shared [--rounds 4]

Three servers are asked in turns, so that whatever else the machine does falls on all. "awake" has
OpenMP's threads as torch has them by itself: one for each processor that the machine has, which
stay awake a while after their part of an operation. In "asleep" they sleep at once. "ours" has what
`nst.machine.threads` chooses when nothing is said.

So many visitors have runs painted, one run after another each; beside neighbours there is a process
that computes without end on every processor. Seconds are a visitor's, from asking to the result:
with several visitors they wait for each other.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.common.busy import busy, used_by_others
from benchmarks.common.cases import CONTENT, STYLE
from benchmarks.server.soak import served
from benchmarks.server.visitors import Endpoint, Visitor
from nst.machine.threads import NUMBER, POLICY, SPINS

SMALL = {"size": 128, "iterations": 10, "features": "compact"}
TINY = {"size": 96, "iterations": 2, "features": "compact"}
"""Between runs so short the threads are as often asleep as awake."""
UNSAID = {k: v for k, v in os.environ.items() if k not in (NUMBER, POLICY, SPINS)}
SERVERS: Mapping[str, Mapping[str, str]] = {
    # libgomp turns 300,000 times before it sleeps, milliseconds, where nothing is said.
    "awake": UNSAID | {NUMBER: str(os.cpu_count()), SPINS: "300000"},
    "asleep": UNSAID | {POLICY: "passive"},
    "ours": UNSAID,
}
"""What is compared -> the environment of its server."""


@dataclass(frozen=True)
class Case:
    """What happens at a time: so many visitors have so many runs each, alone or not."""

    name: str
    values: Mapping[str, object]
    visitors: int
    runs: int
    neighbours: bool


CASES = (
    Case("1 visitor, tiny runs", TINY, 1, 12, neighbours=False),
    *(
        Case(f"{n} visitor{'s' * (n > 1)}{', neighbours' * noisy}", SMALL, n, 2, noisy)
        for noisy in (False, True)
        for n in (1, 2, 4)
    ),
)


class Server:
    """A server as its visitors see it."""

    def __init__(self, url: str) -> None:
        self._url, self._endpoint = url, Endpoint(url, "stylize")

    def seconds(self, case: Case) -> list[float]:
        """What each run of a case takes."""
        with ThreadPoolExecutor(case.visitors) as visitors:
            times = visitors.map(self._visit, [case] * case.visitors)
            return [seconds for visit in times for seconds in visit]

    def _visit(self, case: Case) -> list[float]:
        visitor = Visitor(self._url, self._endpoint)
        with visitor.http:
            files = {"content": visitor.upload(CONTENT), "style": visitor.upload(STYLE)}
            return [self._run(visitor, {**files, **case.values}) for _ in range(case.runs)]

    @staticmethod
    def _run(visitor: Visitor, values: dict[str, object]) -> float:
        started = time.perf_counter()
        said, _ = visitor.outcome(visitor.start(values))
        assert said == "done", said
        return time.perf_counter() - started


def measured(rounds: int) -> dict[tuple[str, str], list[float]]:
    """Seconds of all runs, by case and server."""
    times = defaultdict(list)
    with ExitStack() as stack:
        servers = {}
        for name, environment in SERVERS.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            servers[name] = Server(stack.enter_context(served(folder, environment))[0])
            servers[name].seconds(CASES[1])  # the first runs meet everything for the first time
        for turn in range(rounds):
            others = used_by_others()
            print(f"round {turn + 1}: others use {others:.1f} of {os.cpu_count()} processors")
            order = list(servers)[:: -1 if turn % 2 else 1]
            for case in CASES:
                with busy() if case.neighbours else nullcontext():
                    for name in order:
                        times[case.name, name] += (seconds := servers[name].seconds(case))
                        print(f"{case.name}, {name}: {max(seconds):.2f} s", file=sys.stderr)
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=4)
    times = measured(parser.parse_args().rounds)
    print("\n| median s (worst) |", " | ".join(SERVERS), "|")
    print("|---" * (len(SERVERS) + 1) + "|")
    for case in CASES:
        cells = (times[case.name, name] for name in SERVERS)
        print(f"| {case.name} |", " | ".join(f"{median(x):.2f} ({max(x):.2f})" for x in cells), "|")


if __name__ == "__main__":
    main()
