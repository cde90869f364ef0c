"""The choice of precision: what is asked for, units, the trial, and what earlier starts kept."""

import json
import random

import pytest
import torch

from nst.machine import precision, verdict
from nst.machine.precision import CLEARLY_FASTER, chosen_dtype, fastest_dtype
from nst.machine.trial import FEWEST_PAIRS, PAIRS, measure
from nst.specs import InputError

CPU = torch.device("cpu")
STARTS = 1000


@pytest.fixture(autouse=True)
def anew(tmp_path, monkeypatch):
    """The choice is made once per process and kept on disk: here anew, in the test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(precision.VARIABLE, raising=False)
    for function in (fastest_dtype, precision._works):
        function.cache_clear()
    yield
    for function in (fastest_dtype, precision._works):
        function.cache_clear()


@pytest.fixture
def units(monkeypatch):
    """A processor with units for bfloat16."""
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)


@pytest.fixture
def timed(monkeypatch):
    """What convolutions seem to take, and in which precisions they were timed."""
    seconds, measured = {torch.bfloat16: 1.0, torch.float32: 2.0}, []

    def convolution(dtype):
        measured.append(dtype)
        return seconds[dtype]

    monkeypatch.setattr("nst.machine.trial.convolution_seconds", convolution)
    return seconds, measured


def start() -> torch.dtype:
    """What a new process chooses."""
    fastest_dtype.cache_clear()
    return fastest_dtype(CPU)


@pytest.mark.parametrize(("full", "chosen"), [(2.0, torch.bfloat16), (1.1, torch.float32)])
def test_bfloat16_is_used_where_it_is_clearly_faster(full, chosen, units, timed):
    timed[0][torch.float32] = full
    assert start() is chosen


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_nothing_is_measured_or_kept_without_units(device, monkeypatch, timed, tmp_path):
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda: False)
    assert fastest_dtype(torch.device(device)) is torch.float32
    assert timed[1] == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("able", [True, False])
def test_a_gpu_is_not_measured(able, monkeypatch, timed):
    """ZeroGPU's main process only pretends to have one, and would time its processor."""
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: able)
    assert fastest_dtype(torch.device("cuda")) is (torch.bfloat16 if able else torch.float32)
    assert timed[1] == []


def test_both_are_timed_in_turns(units, timed):
    start()
    pairs = [set(timed[1][i : i + 2]) for i in range(0, len(timed[1]), 2)]
    assert pairs == [{torch.bfloat16, torch.float32}] * (1 + PAIRS)
    firsts = timed[1][2::2]
    assert {firsts.count(dtype) for dtype in set(firsts)} == {PAIRS // 2, PAIRS // 2 + 1}


def test_a_slow_machine_is_measured_for_a_second(timed, monkeypatch):
    monkeypatch.setattr("nst.machine.trial.PATIENCE", -1.0)
    trial = measure()
    assert (len(trial.low), len(trial.full)) == (FEWEST_PAIRS, FEWEST_PAIRS)


def test_later_starts_measure_nothing(units, timed):
    assert start() is torch.bfloat16
    timed[1].clear()
    timed[0][torch.float32] = 0.5
    assert start() is torch.bfloat16
    assert timed[1] == []


@pytest.mark.parametrize("changed", ["processor", "flags", "torch", "threads", "limits"])
def test_another_machine_is_measured_anew(changed, units, timed, monkeypatch):
    start()
    other = {**verdict.machine(), changed: "another"}
    monkeypatch.setattr(verdict, "machine", lambda: other)
    timed[0][torch.float32] = 0.5
    assert start() is torch.float32


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000, '{"precision": "bfloat16"}', "\0", "{}"]
)
def test_a_broken_file_is_measured_anew_and_made_whole(text, units, timed, tmp_path):
    start()
    (file,) = (tmp_path / "nst").iterdir()
    whole = file.read_text()
    file.write_text(text)
    timed[1].clear()
    assert start() is torch.bfloat16
    assert timed[1] and file.read_text() == whole


def test_a_precision_that_is_none_is_measured_anew(units, timed, tmp_path):
    start()
    (file,) = (tmp_path / "nst").iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"precision": "float16"}))
    assert start() is torch.bfloat16


@pytest.mark.parametrize("place", ["a file", "closed", "no home", "a folder of that name"])
def test_a_place_that_cannot_be_written_is_no_error(place, units, timed, tmp_path, monkeypatch):
    if place == "a file":
        (tmp_path / "nst").write_text("")
    elif place == "closed":
        monkeypatch.setattr("tempfile.mkstemp", raises(PermissionError(13, "no")))
    elif place == "no home":
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr("pathlib.Path.home", raises(RuntimeError("no home")))
    else:
        start()
        (file,) = (tmp_path / "nst").iterdir()
        file.unlink()
        file.mkdir()
    assert start() is torch.bfloat16
    assert not list(tmp_path.glob("nst/*.part"))


def raises(error):
    def function(*_, **__):
        raise error

    return function


def test_a_full_disk_leaves_what_was_kept(units, tmp_path, monkeypatch):
    verdict.write(tmp_path, {"threads": 1}, "bfloat16", 2.0)
    monkeypatch.setattr("json.dump", raises(OSError(28, "full")))
    verdict.write(tmp_path, {"threads": 1}, "float32", 1.0)
    assert verdict.read(tmp_path, {"threads": 1}) == "bfloat16"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_doubtful_trial_is_not_kept(units, timed, tmp_path, monkeypatch):
    """Its best times say bfloat16, its pairs mostly float32."""
    low = iter([1.0, 0.5, *[1.0] * PAIRS])
    seconds = {torch.bfloat16: lambda: next(low), torch.float32: lambda: 1.0}
    monkeypatch.setattr("nst.machine.trial.convolution_seconds", lambda dtype: seconds[dtype]())
    assert start() is torch.bfloat16
    assert not (tmp_path / "nst").exists()


def test_what_linux_says_of_the_processor(tmp_path, monkeypatch):
    (tmp_path / "proc").mkdir()
    file = tmp_path / "proc/cpuinfo"
    texts = [
        f"model name\t: {m}\nflags\t\t: {f}\n\nmodel name : B\n"
        for m, f in (("A 1", "sse amx"), ("A 1", "amx sse"), ("A 1", "sse"), ("A 2", "sse amx"))
    ]
    machines = []
    for text in texts:
        file.write_text(text)
        machines.append(verdict.machine(tmp_path))
    assert machines[0]["processor"] == "A 1"
    assert [m == machines[0] for m in machines] == [True, True, False, False]
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert verdict.machine(tmp_path) != machines[-1]
    assert verdict.machine(tmp_path / "no Linux")["processor"]


class Lottery:
    """Convolutions beside other work, which comes and goes: its spells outlast several of them.

    Args:
        faster: how many times as fast as float32 bfloat16 is alone.
        spikes: share of the times that are five times as long, whatever else goes on.
    """

    def __init__(self, faster: float, spikes: float, random: random.Random) -> None:
        self.alone = {torch.bfloat16: 1.0, torch.float32: faster}
        self.spikes, self.random, self.busy = spikes, random, False

    def __call__(self, dtype: torch.dtype) -> float:
        if self.random.random() < 0.2:
            self.busy = not self.busy
        slower = 5.0 if self.random.random() < self.spikes else 1.0
        slower *= self.random.uniform(1.3, 3.0) if self.busy else 1.0
        return self.alone[dtype] * slower * self.random.uniform(1.0, 1.05)


@pytest.mark.parametrize("faster", [0.1, 1.0, 1.7, 2.0])
@pytest.mark.parametrize("spikes", [0.0, 0.1, 0.3])
def test_the_choice_is_no_lottery_beside_other_work(faster, spikes):
    noise = random.Random(0)
    right = sum(
        (measure(Lottery(faster, spikes, noise)).times_faster > CLEARLY_FASTER)
        == (faster > CLEARLY_FASTER)
        for _ in range(STARTS)
    )
    assert right >= 0.99 * STARTS


def test_what_is_asked_for_goes_before_the_environment_and_that_before_a_trial(
    units, timed, monkeypatch
):
    monkeypatch.setenv("NST_PRECISION", "float32")
    assert chosen_dtype(CPU) is torch.float32
    assert chosen_dtype(CPU, torch.bfloat16) is torch.bfloat16
    assert timed[1] == []
    for auto in ("auto", ""):
        monkeypatch.setenv("NST_PRECISION", auto)
        assert chosen_dtype(CPU) is torch.bfloat16


def test_another_word_is_refused_with_what_is_allowed(monkeypatch):
    monkeypatch.setenv("NST_PRECISION", "float16")
    with pytest.raises(InputError) as error:
        chosen_dtype(CPU)
    allowed = "NST_PRECISION must be one of auto, float32, bfloat16, not 'float16'."
    assert str(error.value) == allowed


def test_a_torch_that_cannot_convolve_in_bfloat16_is_a_sentence(monkeypatch):
    monkeypatch.setattr(precision, "has_units", lambda device: False)
    monkeypatch.setattr(precision.F, "conv2d", raises(NotImplementedError("mkldnn")))
    with pytest.raises(InputError, match=r"^This machine's torch cannot .* choose float32\.$"):
        chosen_dtype(CPU, torch.bfloat16)
    assert chosen_dtype(CPU, torch.float32) is torch.float32
