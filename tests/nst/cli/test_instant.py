"""python -m nst CONTENT --instant NAME -o OUT: pictures, recipes, refusals."""

from dataclasses import replace

import pytest
from PIL import Image

from nst import recipe
from nst.__main__ import main
from nst.instant.names import instant_styles
from nst.pictures.writing import save_image
from nst.settings import InstantSettings

NAME = instant_styles()[0]


def test_it_paints_by_name_and_writes_the_recipe(picture_files, tmp_path, capsys):
    out = tmp_path / "out.png"
    content = str(picture_files[0])
    assert (
        main([content, "--instant", NAME, "--size", "64", "--strength", "80", "-o", str(out)]) == 0
    )
    assert Image.open(out).size == (64, 43)
    read = recipe.read(out)
    assert read.settings == InstantSettings(style=NAME, size=64, strength=80)
    assert read.features == "instant"
    assert "64 × 43 pixels: 0.5 × 0.4 cm at 300 dpi" in capsys.readouterr().err


def test_a_recipe_gives_the_same_picture_again(picture_files, tmp_path):
    content, first, second = str(picture_files[0]), tmp_path / "1.png", tmp_path / "2.png"
    assert main([content, f"--instant={NAME}", "--size=64", "--strength=70", "-o", str(first)]) == 0
    assert main([content, "--recipe", str(first), "-o", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    other = tmp_path / "3.png"
    assert main([content, "--recipe", str(first), "--strength=20", "-o", str(other)]) == 0
    assert recipe.read(other).settings == InstantSettings(style=NAME, size=64, strength=20)


def test_a_painting_gives_the_style(picture_files, tmp_path):
    content, style = map(str, picture_files)
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    like = ["--instant-style", style]
    assert main([content, *like, "--size=64", "--color=content", "-o", str(first)]) == 0
    read = recipe.read(first)
    assert read.settings == InstantSettings(style="own", size=64, color="content")
    assert read.features == "instant" and read.network
    assert main([content, *like, "--recipe", str(first), "-o", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_a_recipe_like_a_painting_needs_the_painting(picture_files, tmp_path, capsys):
    content, style = map(str, picture_files)
    out = tmp_path / "out.png"
    assert main([content, "--instant-style", style, "--size=64", "-o", str(out)]) == 0
    capsys.readouterr()
    assert main([content, "--recipe", str(out), "-o", str(tmp_path / "again.png")]) == 2
    assert "give the painting with --instant-style" in capsys.readouterr().err


def test_what_a_recipe_says_of_a_second_style_can_be_left(picture_files, tmp_path):
    content, style = map(str, picture_files)
    mixed, out = tmp_path / "mixed.png", tmp_path / "out.png"
    options = ["--second-style", instant_styles()[1], "--mix", "30", "--size", "64"]
    assert main([content, "--instant", NAME, *options, "-o", str(mixed)]) == 0
    again = [content, "--recipe", str(mixed), "-o", str(out)]
    assert main([*again, "--instant-style", style]) == 0
    assert recipe.read(out).settings == InstantSettings(style="own", size=64)
    assert main([*again, "--second-style", "none"]) == 0
    assert recipe.read(out).settings == InstantSettings(style=NAME, size=64)


def test_a_recipe_of_other_weights_is_said_to_be_one(picture_files, tmp_path, capsys):
    content, out = str(picture_files[0]), tmp_path / "out.png"
    assert main([content, "--instant", NAME, "--size", "64", "-o", str(out)]) == 0
    text = recipe.read(out)
    other = tmp_path / "other.png"
    save_image(Image.open(out), other, "instant", replace(text, network="0 float32").text())
    assert main([content, "--recipe", str(other), "-o", str(out)]) == 0
    assert "note: the recipe's picture was made with other weights" in capsys.readouterr().err


def test_a_mask_keeps_the_photograph(picture_files, tmp_path):
    content = str(picture_files[0])
    mask, out = tmp_path / "mask.png", tmp_path / "out.png"
    half = Image.new("L", (10, 10))
    half.paste(255, (0, 0, 5, 10))
    half.save(mask)
    arguments = [content, "--instant", NAME, "--size", "64", "-o", str(out)]
    assert main([*arguments, "--mask", str(mask)]) == 0
    kept = Image.open(out).convert("RGB").crop((45, 0, 64, 43))
    photograph = (
        Image.open(content)
        .convert("RGB")
        .resize((64, 43), Image.Resampling.LANCZOS, reducing_gap=3.0)
    )
    assert kept.tobytes() == photograph.crop((45, 0, 64, 43)).tobytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--instant", NAME, "--instant-style", "x.png"], "error: Argument --instant-style: not"),
        (["--instant-style", "none.png"], "error: The style image "),
        (["--instant", "own"], "error: The style is a painting's: give the painting with"),
        (["--instant", "cubism"], "error: style must be one of "),
        (["--instant", NAME, "--size", "9999"], "error: size must be "),
        (["--instant", NAME, "--iterations", "3"], "error: Unrecognized arguments: --iterations"),
        (["--instant"], "error: Argument --instant: expected one argument"),
        (["--instant", NAME, "--second-style", "x"], "error: second_style must be one of none"),
        (["--instant", NAME, "--mix", "30"], "error: --mix is the share of a --second-style"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(
    picture_files, tmp_path, capsys, arguments, sentence
):
    out = tmp_path / "out.png"
    assert main([str(picture_files[0]), *arguments, "-o", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(sentence)
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_missing_photograph_is_refused(tmp_path, capsys):
    out = tmp_path / "out.png"
    assert main([str(tmp_path / "none.jpg"), "--instant", NAME, "-o", str(out)]) == 2
    assert capsys.readouterr().err.startswith("error: The content image ")


def test_a_recipe_of_the_other_kind_is_refused(picture_files, tmp_path, capsys):
    content, style = map(str, picture_files)
    optimised, painted, out = (str(tmp_path / f"{name}.png") for name in "abc")
    quick = ["--size", "64", "--iterations", "2", "--features", "compact"]
    assert main([content, style, "-o", optimised, *quick]) == 0
    assert main([content, "--instant", NAME, "--size", "64", "-o", painted]) == 0
    capsys.readouterr()
    assert main([content, "--instant", NAME, "--recipe", optimised, "-o", out]) == 2
    assert capsys.readouterr().err.startswith("error: The recipe is not an instant painting's")
    assert main([content, style, "--recipe", painted, "-o", out]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_sixteen_bits_are_written_where_they_are_asked_for(picture_files, tmp_path):
    out, content = tmp_path / "out.tif", str(picture_files[0])
    mask = str(picture_files[1])
    asked = ["--instant", NAME, "--size", "64", "--color", "content", "--mask", mask]
    assert main([content, *asked, "--depth", "16", "-o", str(out)]) == 0
    with Image.open(out) as image:
        assert image.tag_v2[258] == (16, 16, 16) and image.size == (64, 43)
