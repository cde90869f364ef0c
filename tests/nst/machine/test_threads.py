import os
import subprocess
import sys

import pytest

from nst.machine import threads
from nst.machine.threads import allowed, choose, used_by_others
from tests.conftest import ROOT

V2, V1 = "0::/app/run\n", "5:cpu,cpuacct:/box\n4:memory:/box\n0::/\n"


@pytest.fixture
def machine(tmp_path):
    """Write files of /proc and /sys under a folder, and return it."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def stat(*processors: tuple[int, int]) -> str:
    """A /proc/stat of processors with ticks of work and of idleness."""
    lines = [f"cpu{i} {work} 0 0 {idle} 0 0 0 0 0 0" for i, (work, idle) in enumerate(processors)]
    return "\n".join(["cpu  9 9 9 9 9 9 9 9 9 9", *lines, "intr 1 2 3", ""])


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("100000", 1), ("150000", 2), ("140000", 1), ("10000", 1), ("400000", 4), ("900000", 8)],
)
def test_a_quota_is_rounded_to_whole_threads(machine, quota, expected):
    files = {"proc__self__cgroup": V2, "sys__fs__cgroup__app__run__cpu.max": f"{quota} 100000\n"}
    assert allowed(8, machine(**files)) == expected


@pytest.mark.parametrize("quota", ["max 100000", "", "-1 100000"])
def test_without_a_quota_the_mask_counts(machine, quota):
    files = {"proc__self__cgroup": V2, "sys__fs__cgroup__app__run__cpu.max": quota}
    assert allowed(3, machine(**files)) == 3


def test_the_least_of_all_groups_counts(machine):
    files = {
        "proc__self__cgroup": V2,
        "sys__fs__cgroup__app__run__cpu.max": "max 100000",
        "sys__fs__cgroup__app__cpu.max": "200000 100000",
        "sys__fs__cgroup__cpu.max": "500000 100000",
    }
    assert allowed(8, machine(**files)) == 2


@pytest.mark.parametrize(("quota", "expected"), [("300000", 3), ("-1", 8)])
def test_version_1_of_control_groups(machine, quota, expected):
    folder = "sys__fs__cgroup__cpu__box__cpu"
    files = {f"{folder}.cfs_quota_us": quota, f"{folder}.cfs_period_us": "100000\n"}
    assert allowed(8, machine(proc__self__cgroup=V1, **files)) == expected


def test_elsewhere_than_on_linux_nothing_is_known(tmp_path):
    assert allowed(8, tmp_path) == 8
    assert used_by_others({0, 1}, tmp_path) == 0


@pytest.fixture
def watched(machine, monkeypatch):
    """Make a machine of two processors, in which others work for so many of the next ticks."""
    monkeypatch.setattr(threads, "_mask", lambda: {0, 1})

    def watch(*work: int):
        root = machine(proc__stat=stat((100, 100), (100, 100), (0, 0)))
        after = stat(*((100 + w, 105 - w) for w in work), (5, 0))
        monkeypatch.setattr(threads.time, "sleep", lambda _: machine(proc__stat=after))
        return root

    return watch


@pytest.mark.parametrize(
    ("work", "policy"), [((0, 0), None), ((1, 1), None), ((5, 0), "passive"), ((2, 3), "passive")]
)
def test_threads_sleep_where_others_work(watched, work, policy):
    environment = {}
    choose(environment=environment, root=watched(*work))
    assert environment == ({"OMP_WAIT_POLICY": policy} if policy else {})


def test_only_processors_that_it_may_run_on_are_watched(watched):
    assert used_by_others({0, 1}, watched(0, 5)) == 1
    assert used_by_others({0}, watched(0, 5)) == 0


def test_others_may_work_where_a_quota_leaves_room(watched, machine):
    root = watched(5, 0)
    machine(proc__self__cgroup="0::/\n", **{"sys__fs__cgroup__cpu.max": "100000 100000"})
    environment = {}
    choose(environment=environment, root=root)
    assert environment == {"OMP_NUM_THREADS": "1"}


def test_a_server_shares_always(watched, monkeypatch):
    root = watched(0, 0)
    monkeypatch.setattr(threads.time, "sleep", pytest.fail)  # nothing has to be watched
    environment = {}
    choose(shared=True, environment=environment, root=root)
    assert environment == {"OMP_WAIT_POLICY": "passive"}


@pytest.mark.parametrize("said", [{"OMP_WAIT_POLICY": "active"}, {"GOMP_SPINCOUNT": "7"}])
def test_what_the_environment_says_stays(watched, machine, said):
    root = watched(5, 5)
    machine(proc__self__cgroup="0::/\n", **{"sys__fs__cgroup__cpu.max": "100000 100000"})
    environment = {"OMP_NUM_THREADS": "5", **said}
    choose(shared=True, environment=environment, root=root)
    assert environment == {"OMP_NUM_THREADS": "5", **said}


CHOSEN_FIRST = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name in ("torch", "spaces", "gradio"):
            import os
            sys.exit(f"{name} with {os.environ.get('OMP_WAIT_POLICY')}")
sys.meta_path.insert(0, Finder())
import nst.machine.threads as threads
threads.used_by_others = lambda *_: 99
sys.argv = sys.argv[1:]
if sys.argv[0] == "app.py":
    runpy.run_path("app.py")
else:
    runpy.run_module("nst", run_name="__main__")
"""
CAT = "examples/content/cat.jpg"


@pytest.mark.parametrize(
    "arguments",
    [
        ["app.py"],
        ["nst", CAT, CAT, "-o", "-"],
        ["nst", CAT, "--instant", "mosaic", "-o", "-"],
        ["nst", "sheet", CAT, "-o", "-"],
    ],
    ids=" ".join,
)
def test_it_is_chosen_before_torch_is_loaded(arguments):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "GOMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", CHOSEN_FIRST, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stderr.strip().endswith(" with passive"), done.stderr
