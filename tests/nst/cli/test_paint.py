import math
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tqdm import tqdm

import nst.__main__ as cli
from nst import recipe
from nst.costs.memory import VARIABLE
from nst.loss.objective import Objective
from nst.loss.tiled import TiledObjective
from nst.settings import GPU_DEFAULTS, SPECS

ROOT = Path(cli.__file__).parents[1]
QUICK = ["--size", "64", "--iterations", "4", "--features", "compact"]


@pytest.fixture
def paint(picture_files, tmp_path, capsys):
    """Run the command line in this process: arguments -> (exit code, stderr, result's path)."""

    def run(*arguments, out="result.png"):
        out = tmp_path / out
        code = cli.main([*map(str, picture_files), "-o", str(out), *map(str, arguments)])
        return code, capsys.readouterr().err, out

    return run


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp"])
def test_a_picture_is_written(paint, ending):
    code, errors, out = paint(*QUICK, out=f"result{ending}")
    assert code == 0
    assert "compact on cpu: asked for" in errors
    with Image.open(out) as image:
        assert image.size == (64, 43)
        assert not image.getexif()
        noted = {".png": image.info.get("Features"), ".jpg": image.info.get("comment")}
        assert "compact" in str(noted.get(ending, "compact"))
    assert not list(out.parent.glob(".*.part"))


def test_beside_the_bar_is_what_is_left_by_the_runs_own_pace(paint, monkeypatch):
    monkeypatch.setattr("nst.costs.left.SecondsLeft.after", lambda *_: 83.4)
    monkeypatch.setattr("nst.cli.optimisation.tqdm", partial(tqdm, mininterval=0))
    _, errors, _ = paint(*QUICK)
    assert errors.count("it/s, 83 s left, content ") + errors.count("s/it, 83 s left, ") == 3
    assert "<" not in errors.replace("<=", "")


def test_the_same_command_gives_the_same_file(paint):
    first, second = (paint(*QUICK, "--init", "noise", out=f"{n}.png")[2] for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_a_recipe_repeats_the_picture_and_options_win(paint):
    _, _, first = paint(*QUICK, "--style-strength", "80", "--color", "matched", out="a.png")
    code, errors, second = paint("--recipe", first, out="b.png")
    assert code == 0 and "note" not in errors
    assert first.read_bytes() == second.read_bytes()
    _, _, third = paint("--recipe", first, "--color", "style", out="c.png")
    assert recipe.read(third).settings == replace(recipe.read(first).settings, color="style")


def test_a_picture_without_a_recipe_is_refused(paint, picture_files):
    code, errors, out = paint("--recipe", picture_files[0])
    assert code == 2 and "recipe" in errors and not out.exists()


def test_alpha_survives_png_and_becomes_white_in_jpeg(paint, picture_files):
    with Image.open(picture_files[0]) as content:
        content.putalpha(0)
        content.save(picture_files[0])
    with Image.open(paint(*QUICK)[2]) as image:
        assert image.mode == "RGBA"
    with Image.open(paint(*QUICK, out="result.jpg")[2]) as image:
        assert np.asarray(image).min() > 250


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--iterations", "0"], "iterations must be a whole number from 1 to 2000, not 0."),
        (["--iterations", "many"], "iterations must be a whole number from 1 to 2000, not 'many'."),
        (["--style-strength", "nan"], "style_strength must be a number from 0 to 100, not nan."),
        (["--init", "sky"], "init must be one of content, noise, style, image, not 'sky'."),
        (["--features", "big"], "features must be one of auto, vgg19, compact, not 'big'."),
        (["--unheard-of"], "Unrecognized arguments: --unheard-of (see --help)."),
        (["--size", "20000"], "size must be a whole number from 64 to 8192, not 20000."),
    ],
)
def test_bad_arguments_exit_with_2_and_one_line(paint, arguments, said):
    code, errors, out = paint(*arguments)
    assert code == 2
    assert errors == f"error: {said}\n"
    assert not out.exists()


@pytest.mark.parametrize("out", ["result", "result.gif", "no/such/folder/result.png"])
def test_a_result_that_could_not_be_saved_is_refused_before_the_work(paint, out):
    code, errors, path = paint(out=out)
    assert code == 2
    assert errors.count("\n") == 1
    assert not path.exists()


def test_a_missing_or_damaged_picture_is_refused(picture_files, tmp_path, capsys):
    content, style = picture_files
    style.write_bytes(style.read_bytes()[:200])
    for name in (style, tmp_path / "missing.png"):
        assert cli.main([str(content), str(name), "-o", str(tmp_path / "out.png")]) == 2
        assert capsys.readouterr().err.startswith("error: The style image ")


def test_help_names_every_setting_with_range_and_default(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    for name, spec in SPECS.items():
        assert f"--{name.replace('_', '-')}" in text
        assert f"default {spec.default}" in text
    for name, value in GPU_DEFAULTS.items():
        assert f"default {SPECS[name].default}, {value} on a GPU]" in text


def test_the_size_is_the_machines_where_none_is_named(paint, monkeypatch):
    monkeypatch.setattr("nst.suited.has_cuda", lambda: True)
    monkeypatch.setattr("nst.settings.GPU_DEFAULTS", {"iterations": 2, "size": 80})
    _, _, first = paint(out="a.png")
    assert recipe.read(first).settings.iterations == 2
    assert recipe.read(first).settings.size == 80
    _, _, second = paint(*QUICK[2:], "--recipe", first, "--iterations", "2", out="b.png")
    assert recipe.read(second).settings.size == 80
    assert recipe.read(paint(*QUICK, out="c.png")[2]).settings.size == 64


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_what_asks_it_to_stop_has_it_save_what_there_is(picture_files, tmp_path, number, code):
    out = tmp_path / "result.png"
    command = [sys.executable, "-m", "nst", *map(str, picture_files), "-o", str(out)]
    command += ["--size", "64", "--iterations", "1000", "--features", "compact"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        seen = ""
        deadline = time.monotonic() + 60
        # By then there was a preview.
        while not re.search(r"([6-9]\d|\d{3})/1000", seen) and time.monotonic() < deadline:
            seen += process.stderr.read(64)
        process.send_signal(number)
        process.stderr.read()
        assert process.wait(20) == code
    with Image.open(out) as image:
        assert image.size == (64, 43)


def test_a_start_implies_init_image(paint, picture_files):
    _, _, plain = paint(*QUICK, out="plain.png")
    code, _, started = paint(*QUICK, "--start", picture_files[1], out="started.png")
    assert code == 0 and recipe.read(started).settings.init == "image"
    assert plain.read_bytes() != started.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "x.png", "--init", "noise"], "start image"),
        (["--seed", "3"], "--init noise"),
        (["--style-2-weight", "2"], "no style 2 image"),
        (["--style-4-mask", "x.png"], "no style 4 image"),
    ],
)
def test_an_option_without_effect_is_refused(paint, picture_files, arguments, said):
    arguments = [str(picture_files[1]) if word == "x.png" else word for word in arguments]
    code, errors, out = paint(*QUICK, *arguments)
    assert code == 2 and said in errors and errors.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("depth", ["8", "16"])
def test_what_is_stopped_within_an_iteration_is_saved_with_all_of_it(
    paint, tiny, monkeypatch, depth
):
    def stopped(self, *arguments, back=TiledObjective._back, calls=[]):  # noqa: B006 - counts them
        calls.append(self)
        if len(calls) > 3 * len(self._tiles) + 1:
            raise KeyboardInterrupt
        return back(self, *arguments)

    monkeypatch.setattr("nst.cli.optimisation.load_features", lambda _: tiny)
    monkeypatch.setenv(VARIABLE, "32")
    monkeypatch.setattr("nst.transfer.PREVIEW_SIDE", 20)
    monkeypatch.setattr("nst.cli.optimisation.tqdm", partial(tqdm, mininterval=0))
    monkeypatch.setattr(TiledObjective, "_back", stopped)
    code, errors, out = paint(*QUICK, "--size", "128", "--depth", depth)
    assert code == 130 and re.search(r" 3\.3\d*/4 ", errors)  # the bar moves with the tiles
    assert out.read_bytes()[24] == int(depth)  # in a PNG's header
    with Image.open(out) as image:
        assert image.size == (128, 85)


def test_memory_that_runs_out_keeps_what_there_is(paint, monkeypatch):
    def short(self, image, evaluate=Objective.evaluate, calls=[]):  # noqa: B006 - counts them
        calls.append(image)
        if len(calls) > 3:
            raise MemoryError
        return evaluate(self, image)

    monkeypatch.setattr(Objective, "evaluate", short)
    code, errors, out = paint(*QUICK)
    assert code == 1 and "note: Memory ran out: this is how far it came." in errors
    assert out.exists()
    code, errors, out = paint(*QUICK, out="second.png")
    assert code == 1 and "error: Memory ran out: choose a smaller --size" in errors
    assert "Traceback" not in errors and not out.exists()


def test_a_failure_keeps_what_there_is_and_its_traceback(paint, monkeypatch):
    def broken(self, image, evaluate=Objective.evaluate, calls=[]):  # noqa: B006 - counts them
        calls.append(image)
        if len(calls) > 3:
            raise RuntimeError("unforeseen")
        return evaluate(self, image)

    monkeypatch.setattr(Objective, "evaluate", broken)
    code, errors, out = paint(*QUICK)
    assert code == 1 and "unforeseen" in errors and "this is how far it came" in errors
    assert out.exists()


def test_numbers_that_break_down_at_once_are_a_sentence(paint, monkeypatch):
    def broken(self, image, evaluate=Objective.evaluate):
        _, gradient, losses = evaluate(self, image)
        return math.nan, gradient, losses

    monkeypatch.setattr(Objective, "evaluate", broken)
    code, errors, out = paint(*QUICK)
    assert code == 2
    assert errors.splitlines()[-1].startswith("error: The numbers broke down before there was a ")
    assert "Traceback" not in errors
    assert not out.exists()


def test_an_estimate_is_told_and_nothing_painted(picture_files, tmp_path, capsys):
    before = sorted(tmp_path.iterdir())
    assert cli.main([*map(str, picture_files), "--estimate", *QUICK]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(
        r"compact on \w+, 64 px: about \d+ s and \d\.\d\d GB of memory\n", said.out
    ), said.out
    assert not said.err
    assert sorted(tmp_path.iterdir()) == before


def test_without_an_estimate_a_result_has_to_be_named(picture_files, capsys):
    assert cli.main([*map(str, picture_files), *QUICK]) == 2
    assert "required: -o/--out" in capsys.readouterr().err


@pytest.mark.parametrize("extra", [["--estimate"], ["-o", "result.png"]])
def test_a_run_that_cannot_fit_is_refused(extra, picture_files, capsys, monkeypatch):
    monkeypatch.setattr("nst.costs.memory.available_bytes", lambda _: 200e6)
    arguments = [*map(str, picture_files), "--features", "compact", "--size", "2048", *extra]
    assert cli.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: A run at size 2048 needs about ") and said.count("\n") == 1
    assert not Path("result.png").exists()


def test_several_styles_masks_and_a_start(picture_files, tmp_path):
    content, style = (str(path) for path in picture_files)
    mask = tmp_path / "mask.png"
    Image.linear_gradient("L").save(mask)
    out = tmp_path / "out.png"
    options = ["--size", "64", "--iterations", "3", "--features", "compact", "--init", "image"]
    pictures = ["--mask", str(mask), "--style-2-mask", str(mask), "--start", style]
    assert cli.main([content, style, content, "-o", str(out), *options, *pictures]) == 0
    assert Image.open(out).size == (64, 43)


def test_a_mask_that_is_no_picture_is_named(picture_files, tmp_path, capsys):
    content, style = (str(path) for path in picture_files)
    (tmp_path / "mask.png").write_text("no picture")
    arguments = [content, style, "-o", str(tmp_path / "o.png"), "--mask", f"{tmp_path}/mask.png"]
    assert cli.main(arguments) == 2
    assert "The mask is not a picture" in capsys.readouterr().err


def test_sixteen_bits_are_written_where_they_are_asked_for(paint):
    _, _, plain = paint(*QUICK, "--color", "content", out="a.png")
    code, errors, deep = paint(*QUICK, "--color", "content", "--depth", "16", out="b.png")
    assert code == 0 and "64 × 43 pixels: 0.5 × 0.4 cm at 300 dpi" in errors
    assert recipe.read(deep) == recipe.read(plain)
    assert deep.read_bytes()[24] == 16  # the depth in a PNG's header
    with Image.open(plain) as eight, Image.open(deep) as sixteen:
        pixels = (np.asarray(image).astype(int) for image in (eight, sixteen))
        assert np.abs(np.subtract(*pixels)).max() <= 3


@pytest.mark.parametrize(("depth", "out"), [("16", "a.jpg"), ("16", "a.webp"), ("12", "a.png")])
def test_a_depth_that_a_file_cannot_have_is_refused(paint, depth, out):
    code, errors, path = paint(*QUICK, "--depth", depth, out=out)
    assert code == 2 and not path.exists()
    assert ("8, 16" if depth == "12" else ".png, .tif, .tiff") in errors
