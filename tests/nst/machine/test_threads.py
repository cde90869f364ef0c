import os
import subprocess
import sys

import pytest

from nst.machine import threads
from nst.machine.threads import allowed, choose
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


@pytest.fixture
def of_two(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 2)


@pytest.mark.usefixtures("of_two")
def test_threads_stay_awake_for_a_moment(tmp_path):
    environment = {}
    choose(environment=environment, root=tmp_path)
    assert environment == {"GOMP_SPINCOUNT": "500"}


@pytest.mark.usefixtures("of_two")
def test_a_quota_is_told(machine):
    environment = {}
    files = {"proc__self__cgroup": "0::/\n", "sys__fs__cgroup__cpu.max": "100000 100000"}
    choose(environment=environment, root=machine(**files))
    assert environment == {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "500"}


@pytest.mark.usefixtures("of_two")
@pytest.mark.parametrize("said", [{"OMP_WAIT_POLICY": "active"}, {"GOMP_SPINCOUNT": "7"}])
def test_what_the_environment_says_stays(machine, said):
    files = {"proc__self__cgroup": "0::/\n", "sys__fs__cgroup__cpu.max": "100000 100000"}
    environment = {"OMP_NUM_THREADS": "5", **said}
    choose(environment=environment, root=machine(**files))
    assert environment == {"OMP_NUM_THREADS": "5", **said}


CHOSEN_FIRST = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name in ("torch", "spaces", "gradio"):
            import os
            sys.exit(f"{name} with {os.environ.get('GOMP_SPINCOUNT')}")
sys.meta_path.insert(0, Finder())
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
    assert done.stderr.strip().endswith(" with 500"), done.stderr
