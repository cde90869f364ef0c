"""The checks for a GPU, with a processor in its place: table, sections, budget, what is marked."""

import subprocess
import time

import pytest
import torch
from safetensors.torch import save_file

from benchmarks.common import cases
from benchmarks.gpu import iterations, memory, parity, whole
from benchmarks.gpu.__main__ import SECTIONS, UNMEASURED, main
from benchmarks.gpu.plan import Plan, named_weights, objective_of, vgg19
from benchmarks.gpu.rows import LEFT_OUT, MISSED, REACHED, Budget, Check, Row, summary, table
from benchmarks.gpu.timing import FEWEST, milliseconds
from benchmarks.speed import instant
from nst.features.network import VGG19, FeatureNetwork
from nst.machine.graph import FIRST_CALLS, Recorder

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
SMALL = ("--device", "cpu", "--sizes", "64", "--networks", "compact", "--iterations", "5")


def cells(line):
    return [cell.strip() for cell in line.strip("|\n").split("|")]


@pytest.fixture
def small(monkeypatch, tiny):
    """A network of a few channels in the place of all, in float32."""
    monkeypatch.setenv("NST_PRECISION", "float32")
    for module in (parity, iterations, whole):
        monkeypatch.setattr(module, "load", lambda name, device, dtype: tiny)


def test_without_a_gpu_one_sentence_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert main([]) == 0
    assert capsys.readouterr().out == f"{UNMEASURED}\n"


def test_every_section_gives_its_rows_on_a_processor(small, monkeypatch, capsys):
    monkeypatch.setattr(instant, "paint", lambda *pictures, **options: time.sleep(0.01))
    assert main([*SMALL, "--turns", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [cells(line) for line in lines[2:] if line.startswith("|")]
    assert {len(row) for row in rows} == {5}
    sections = {section for names in SECTIONS.values() for section in names}
    assert {row[0] for row in rows} == {*sections, "machine", "optimiser", "memory", "ratio"}
    assert "0 error, 0 left out" in lines[-1]
    figures = {row[1]: row[2] for row in rows}
    # The same arithmetic twice: nothing differs.
    differ = [row for row in rows if row[0] == "parity" and row[2]]
    assert len(differ) == 18 and {row[2] for row in differ} == {"0.0000"}
    parts = [figures[f"compact, 64 px: {part}"] for part in ("import", "load", "first run")]
    whole = figures["compact, 64 px: import, load, first run"]
    assert float(whole[:-2]) == pytest.approx(sum(float(part[:-2]) for part in parts), abs=0.03)
    assert float(figures["by name, 64 px"][:-3]) >= 10


def test_only_what_is_asked_for_is_checked(small, capsys):
    assert main([*SMALL, "--sections", "runs", "--turns", "1"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert {cells(line)[0] for line in rows[2:] if line.startswith("|")} == {"machine", "run"}


def test_no_time_leaves_all_out_and_says_so(small, capsys):
    assert main([*SMALL, "--budget", "-1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [cells(line) for line in lines[2:] if line.startswith("|")]
    assert len(rows) > 8 and all(row[4].startswith(LEFT_OUT) for row in rows)
    assert f"{len(rows)} left out" in lines[-1]


def fails():
    yield Row("b", "before it failed", 1.0)
    raise torch.OutOfMemoryError("too much |\nof it")


def test_what_does_not_fit_is_left_out_and_what_fails_holds_nobody_up():
    checks = [
        Check("a", "too long", 100, lambda: [Row("a", "never", 1.0)]),
        Check("b", "broken", 1, fails),
        Check("c", "sound", 1, lambda: [Row("c", "after", 2.0, aim=1.0)]),
    ]
    rows = list(table(checks, Budget(60)))
    assert [row.what for row in rows] == ["too long", "before it failed", "broken", "after"]
    lines = [cells(str(row)) for row in rows]
    assert {len(line) for line in lines} == {5}
    assert "may take 100" in lines[0][4] and "OutOfMemoryError: too much / of it" in lines[2][4]
    assert summary(rows) == "1 missed, 1 error, 1 left out."


def test_a_budget_runs_out_by_the_clock():
    assert Budget(10, started=time.perf_counter() - 7).left() == pytest.approx(3, abs=0.5)
    assert Budget(10, started=time.perf_counter() - 12).left() < 0


@pytest.mark.parametrize(
    ("figure", "aim", "mark"),
    [(1.2, 1.2, REACHED), (1.21, 1.2, MISSED), (float("nan"), 1.2, MISSED), (9.0, None, "")],
)
def test_a_figure_beyond_its_aim_is_marked(figure, aim, mark):
    assert Row("s", "w", figure, "ms", aim).mark == mark


@pytest.mark.parametrize("loss", ["wasserstein", "gram"])
def test_another_network_is_no_parity_and_the_same_is(loss, tiny):
    other = FeatureNetwork("other", tiny.table)
    other.load_state_dict(
        {k: v * (1.05 if "weight" in k else 1) for k, v in tiny.state_dict().items()}
    )
    here, again = (parity.descent(*objective_of(tiny, loss, 64)) for _ in range(2))
    there = parity.descent(*objective_of(other.requires_grad_(False), loss, 64))
    assert parity.differences(again, here) == (0, 0, 0)
    assert parity.differences(there, here)[0] > parity.FULL[loss][0]
    marks = [row.mark for row in parity._compared("it", there, here, parity.FULL[loss])]
    assert MISSED in marks
    assert not here.replayed and not torch.equal(here.picture, here.start)


def test_a_graph_is_in_use_in_the_last_iterations_or_it_is_marked(tiny):
    objective, _ = objective_of(tiny, "gram", 64)
    objective._recorder = Recorder()
    objective._recorder._proved = True
    assert parity.is_replayed(objective)
    assert parity.is_whole(objective)
    objective._recorder._calls = 1
    assert not parity.is_whole(objective)
    assert not parity.is_replayed(parity.without_graph(objective))
    assert not parity.is_whole(objective)
    assert parity.ITERATIONS > FIRST_CALLS + 1
    plan = Plan(CUDA, torch.bfloat16)
    assert parity.graph_row("s", "w", plan, True).mark == REACHED
    assert parity.graph_row("s", "w", plan, False).mark == MISSED


def test_float32_is_full_inside_and_as_it_was_after():
    before = torch.backends.cudnn.allow_tf32
    with pytest.raises(ZeroDivisionError), parity.full_precision():
        assert not torch.backends.cudnn.allow_tf32
        raise ZeroDivisionError
    assert torch.backends.cudnn.allow_tf32 == before


class Event:
    """Stands in for CUDA's: the n-th is recorded at n² ms."""

    recorded = 0

    def __init__(self, enable_timing):
        assert enable_timing

    def record(self):
        self.at = Event.recorded**2
        Event.recorded += 1

    def elapsed_time(self, other):
        return other.at - self.at


def test_a_gpu_is_timed_by_its_events_after_it_is_waited_for_once(monkeypatch):
    waits, calls = [], []
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waits.append(len(calls)))
    monkeypatch.setattr(Event, "recorded", 0)
    took = milliseconds(lambda: calls.append(1), CUDA, warm=4, most=5)
    assert took == 5 and len(calls) == 9 and waits == [9]  # 1, 3, 5, 7, 9


def test_slow_work_is_timed_no_more_often_than_it_must(monkeypatch):
    monkeypatch.setattr("benchmarks.gpu.timing.PATIENCE", 0)
    calls = []
    assert milliseconds(lambda: calls.append(1), CPU, warm=1, most=50) >= 0
    assert len(calls) == 1 + FEWEST


def test_memory_is_told_of_a_gpu_alone(monkeypatch):
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 2_000_000)
    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda: 3_000_000)
    assert memory.peak_megabytes(CUDA) == {"allocated": 2, "reserved": 3}
    assert memory.peak_megabytes(CPU) == {}


def test_the_optimisers_share_is_what_an_evaluation_leaves():
    assert iterations.Measured(4.0, 3.0, 5.0, {}, True, True).optimiser == 25


def test_vgg19s_weights_are_the_named_files_or_random_and_never_fetched(monkeypatch, tmp_path):
    monkeypatch.setattr("nst.features.vgg19.vgg19_file", lambda: pytest.fail("looked for"))
    monkeypatch.setattr(cases, "VGG19", VGG19[:2])  # in less time
    monkeypatch.delenv("NST_VGG19_WEIGHTS", raising=False)
    network, word = vgg19(CPU, torch.float32)
    assert word == "random" and len(network.convolutions) == 2
    file = tmp_path / "vgg19.safetensors"
    monkeypatch.setenv("NST_VGG19_WEIGHTS", str(file))
    assert named_weights() is None
    first = {"features.0.weight": torch.ones(64, 3, 3, 3), "features.0.bias": torch.zeros(64)}
    save_file(first, file)
    network, word = vgg19(CPU, torch.float32)
    assert word.startswith("1 of 2 convolutions")
    assert (network.convolutions[0].weight == 1).all()


def test_aims_of_runs_are_for_what_they_were_set_for():
    assert whole._aim(Plan(CUDA, torch.bfloat16), 0.3) == 0.3
    assert whole._aim(Plan(CUDA, torch.bfloat16, sizes=(64,)), 0.3) is None
    assert whole._aim(Plan(CUDA, torch.bfloat16, iterations=5), 0.3) is None


def test_a_new_process_that_fails_says_why(monkeypatch):
    def run(command, **options):
        return subprocess.CompletedProcess(command, 1, "", "Traceback …\nValueError: no such thing")

    monkeypatch.setattr(subprocess, "run", run)
    plan = Plan(CPU, torch.float32, (64,), ("compact",), 5, 1)
    checks = [check for check in whole.checks(plan) if check.section == "first picture"]
    (row,) = table(checks, Budget(60))
    assert "ended with 1: ValueError: no such thing" in str(row)


def test_a_first_picture_by_random_weights_is_left_out(monkeypatch):
    monkeypatch.delenv("NST_VGG19_WEIGHTS", raising=False)
    (row,) = whole.first_rows(Plan(CPU, torch.float32, (64,)), "vgg19")
    assert row.remark.startswith(LEFT_OUT)
