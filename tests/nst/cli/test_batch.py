"""python -m nst batch CONTENTS… --style PICTURE -o FOLDER: many pictures, none of which ends it."""

import signal
from pathlib import Path

import pytest

from nst.__main__ import main
from tests.conftest import waves

QUICK = ["--size", "64", "--iterations", "3"]


@pytest.fixture(autouse=True)
def quick(tiny, monkeypatch):
    """Optimise by a tiny network, which recipes can name, and paint at once at a small size."""
    monkeypatch.setattr(tiny, "name", "compact")
    for module in ("nst.cli.optimisation", "nst.batch.optimiser"):
        monkeypatch.setattr(f"{module}.load_features", lambda name: tiny)
    monkeypatch.setattr("nst.instant.named.PAINTED_SIDE", 64)


@pytest.fixture
def photographs(tmp_path, style):
    """A folder of three, and a painting beside it."""
    (tmp_path / "in").mkdir()
    for number in range(3):
        waves(96, 64, 3 + number, (0.9, 0.5, 0.2)).save(tmp_path / "in" / f"{number}.png")
    style.save(tmp_path / "style.png")
    return tmp_path / "in"


@pytest.fixture
def batch(photographs, tmp_path, capsys):
    """Run a batch of them and return its exit code, and what it said."""

    def run(*words, contents=(photographs,), style=("--style", tmp_path / "style.png")):
        out = ["-o", tmp_path / "out", *QUICK]
        code = main([str(word) for word in ("batch", *contents, *style, *out, *words)])
        return code, capsys.readouterr().err

    return run


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def counts(said: str) -> list[int]:
    rows = ("painted ", "already there", "failed ", "not begun")
    return [
        int(line[14:].split()[0])
        for row in rows
        for line in said.splitlines()
        if line.startswith(row)
    ]


def test_pictures_are_those_of_single_commands_and_are_painted_once(batch, photographs, tmp_path):
    options = ["--color", "matched", "--style-strength", "70"]
    assert batch(*options)[0] == 0
    first = results(tmp_path / "out")
    assert list(first) == ["0-style.png", "1-style.png", "2-style.png"]
    for number in range(3):
        out, content = tmp_path / "one.png", photographs / f"{number}.png"
        command = [content, tmp_path / "style.png", "-o", out, *QUICK, *options]
        assert main([str(word) for word in command]) == 0
        assert out.read_bytes() == first[f"{number}-style.png"]
    (tmp_path / "out" / "1-style.png").unlink()
    code, said = batch(*options)
    assert (code, counts(said)) == (0, [1, 2, 0]) and results(tmp_path / "out") == first
    assert counts(batch(*options, "--no-resume")[1]) == [3, 0, 0]
    assert counts(batch(*options, "--seed", "1", "--init", "noise")[1]) == [3, 0, 0]


def test_one_bad_file_does_not_end_the_rest(batch, photographs, tmp_path):
    (photographs / "bad.jpg").write_text("no picture")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1-style.png").write_text("a letter")
    code, said = batch(contents=(photographs, tmp_path / "gone.png"))
    assert (code, counts(said)) == (1, [2, 0, 3])
    assert "failed: bad.jpg + style.png: The content image is not a picture" in said
    assert "failed: gone.png + style.png: " in said
    assert (tmp_path / "out" / "1-style.png").read_text() == "a letter"
    assert len(results(tmp_path / "out")) == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "cannot be written: No space left on device."),
        (None, "Memory ran out"),
        (FloatingPointError("The numbers break down."), "The numbers break down."),
    ],
)
def test_what_goes_wrong_with_one_picture_is_told(batch, tmp_path, monkeypatch, error, reason):
    import nst.batch.optimiser as worker
    import nst.batch.run as run

    module, name = (run, "save_file") if isinstance(error, OSError) else (worker, "stylize")
    real, calls = getattr(module, name), []

    def once(*arguments, **named):
        calls.append(1)
        if len(calls) == 2:
            raise error or RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return real(*arguments, **named)

    monkeypatch.setattr(module, name, once)
    code, said = batch()
    assert (code, counts(said)) == (1, [2, 0, 1])
    assert f"failed: 1.png + style.png: {reason}" in said.replace("The result ", "")
    assert list(results(tmp_path / "out")) == ["0-style.png", "2-style.png"]
    assert batch()[0] == 0


def test_a_stop_keeps_what_is_finished_and_the_same_command_goes_on(batch, tmp_path, monkeypatch):
    import nst.batch.run as run

    real = run.save_file

    def stopping(data, path):
        real(data, path)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(run, "save_file", stopping)
    code, said = batch()
    assert code == 128 + signal.SIGTERM and "the same command goes on" in said
    assert list(results(tmp_path / "out")) == ["0-style.png"]
    monkeypatch.setattr(run, "save_file", real)
    code, said = batch()
    assert (code, counts(said)) == (0, [2, 1, 0])


def test_styles_at_once_may_be_named_and_given(photographs, tmp_path):
    styles = ("--instant", "mosaic", "--instant-style", tmp_path / "style.png", "--depth", "16")
    size = ["--size", "64"]
    command = ["batch", photographs / "0.png", *styles, "-o", tmp_path / "out", *size]
    assert main([str(word) for word in command]) == 0
    assert list(results(tmp_path / "out")) == ["0-mosaic.png", "0-style.png"]
    one = [photographs / "0.png", *styles[:2], "--depth", "16", "-o", tmp_path / "1.png"]
    assert main([str(word) for word in [*one, *size]]) == 0
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "out" / "0-mosaic.png").read_bytes()


def test_an_estimate_writes_nothing(photographs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("nst.batch.optimiser.Optimiser.seconds", lambda *_: 50.0)
    code = main(
        [
            *("batch", str(photographs), "--style", str(tmp_path / "style.png"), *QUICK),
            *("-o", str(tmp_path / "out"), "--estimate"),
        ]
    )
    assert code == 0 and not (tmp_path / "out").exists()
    assert capsys.readouterr().out.endswith("3 of 3 pictures to paint, about 2 min\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--iterations", "0"], "iterations must be a whole number"),
        (["--jobs", "0"], "jobs must be a whole number from 1 to 256, not 0."),
        (["--init", "image"], "--init image starts from a picture"),
        (["--seed", "3"], "--seed draws the noise"),
        (["--style", "gone.jpg"], "There is no style picture gone.jpg."),
        (["--style-2-weight", "3"], "Unrecognized arguments"),
        (["--ray", "--estimate"], "--estimate tells of this machine"),
        (["-o", "style.png/out"], "Results cannot be written to style.png/out: Not a directory"),
    ],
)
def test_what_cannot_begin_is_refused_before_any_work(
    batch, tmp_path, monkeypatch, words, sentence
):
    monkeypatch.chdir(tmp_path)
    code, said = batch(*words)
    assert code == 2 and said.count("\n") == 1 and sentence in said
    assert not (tmp_path / "out").exists()


def test_without_a_picture_nothing_begins(batch, tmp_path):
    (tmp_path / "empty").mkdir()
    code, said = batch(contents=[tmp_path / "empty"])
    assert code == 2 and "There is no picture in" in said and not (tmp_path / "out").exists()
