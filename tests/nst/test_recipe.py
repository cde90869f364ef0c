import json
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from nst import InputError, Settings
from nst.instant.names import instant_styles
from nst.loss.statistic import effort
from nst.pictures.writing import save_image
from nst.recipe import LONGEST, Recipe, of_run, parse, read
from nst.settings import InstantSettings

MADE = Recipe(Settings(style_strength=70, color="matched", seed=3), "compact", "1a2b3c4d bfloat16")


def fields(**changes):
    return json.dumps({**json.loads(MADE.text()), **changes})


def test_a_recipe_is_read_back_from_the_picture(tmp_path, content):
    path = tmp_path / "painted.png"
    save_image(content, path, "compact", MADE.text())
    assert read(path) == MADE


def test_a_recipe_names_what_ran_and_nothing_private(tiny, content, style):
    made = of_run(Settings(iterations=7), tiny)
    assert (made.features, made.settings.iterations) == ("tiny", 7)
    assert made.network.endswith("float32")
    written = json.loads(made.text()).keys()
    assert written == {"settings", "features", "network", "software", "before"}


def test_another_weight_is_another_version():
    from nst import load_features
    from nst.machine.weights import fingerprint

    first, second = load_features("compact"), load_features("compact")
    assert first.version == second.version
    assert len(first.version) == 8
    network = second.float()
    before = fingerprint(network.parameters())
    network.convolutions[3].weight[0, 0, 0, 0] += 1
    assert fingerprint(network.parameters()) != before


def test_networks_are_compared_by_what_their_recipes_tell():
    new, old = replace(MADE, network="aaaaaaaa float32"), replace(MADE, software="1.2")
    assert new.has_network_of(new) and not new.has_network_of(replace(new, network="b float32"))
    # Versions of before 1.3 told of the biases only.
    assert new.has_network_of(replace(old, network="bbbbbbbb float32"))
    assert not new.has_network_of(replace(old, network="aaaaaaaa bfloat16"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 5000,
        fields(more=1),
        fields(settings=[]),
        fields(settings={"__class__": 1}),
        fields(settings={"iterations": 1e9}),
        fields(settings={"style_strength": float("nan")}),
        fields(settings={"init": {"a": "b"}}),
        fields(features="../../etc/passwd"),
        fields(features=None),
        fields(network=3),
        fields(network="compact\0"),
        fields(software="1.2\ud800"),
        MADE.text()[:-1] + ', "before": 5}',
        MADE.text().replace('"iterations": ', '"iterations": 1, "iterations": '),
    ],
)
def test_a_strangers_recipe_is_refused_with_a_sentence(text):
    with pytest.raises(InputError) as refused:
        parse(text)
    assert len(str(refused.value)) < 300


def test_an_older_recipe_gets_the_defaults_of_newer_settings():
    newer = {"iterations": 9, "style_loss": "wasserstein"}
    assert parse(fields(settings=newer)).settings == Settings(iterations=9)


@pytest.mark.parametrize("strength", [0, 12.5, 50, 75, 100])
def test_a_recipe_of_before_style_losses_was_made_with_gram_matrices(strength):
    old = {**json.loads(MADE.text())["settings"], "style_strength": strength}
    del old["style_loss"]
    settings = parse(fields(settings=old)).settings
    assert settings.style_loss == "gram"
    # The same share of the style is left, the same content and smoothness weighed, to the bit.
    assert effort("gram", settings.style_strength) == strength


def test_a_recipe_that_names_its_style_loss_keeps_its_strength():
    settings = {"style_loss": "gram", "style_strength": 50}
    assert parse(fields(settings=settings)).settings.style_strength == 50


@pytest.mark.parametrize("strength", ["50", None, [50], float("nan"), -1, 101])
def test_a_strange_strength_of_an_older_recipe_is_refused(strength):
    with pytest.raises(InputError, match="style_strength"):
        parse(fields(settings={"style_strength": strength}))


def test_a_recipe_that_is_too_long_is_not_read():
    assert parse(MADE.text().ljust(LONGEST)) == MADE
    with pytest.raises(InputError):
        parse(MADE.text().ljust(LONGEST + 1))


def test_pictures_without_a_recipe_say_so(tmp_path, content):
    plain, photo, text = (tmp_path / name for name in ("a.png", "b.jpg", "c.png"))
    content.save(plain)
    content.save(photo)
    text.write_text("no picture")
    for path in (plain, photo, text):
        with pytest.raises(InputError, match="no recipe"):
            read(path)
    for path in (None, "", tmp_path / "nowhere.png"):
        with pytest.raises(InputError):
            read(path)


def test_a_bomb_of_text_or_pixels_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "bomb.png"
    info = PngImagePlugin.PngInfo()
    info.add_text("Recipe", "x" * 5_000_000, zip=True)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    with pytest.raises(InputError):
        read(path)


def test_recipes_of_before_there_were_continuations_are_read():
    old = json.loads(MADE.text())
    del old["before"]
    assert parse(json.dumps(old)) == MADE


@pytest.mark.parametrize("before", [True, "7", None, 1.5, -5, 10**300])
def test_a_strange_count_of_earlier_iterations_is_refused(before):
    with pytest.raises(InputError):
        parse(fields(before=before))


def test_an_instant_recipe_of_before_a_share_of_nothing_was_refused_is_read():
    values = {"style": instant_styles()[0], "second_style": "none", "mix": 30.0}
    text = fields(settings=values, features="instant")
    assert parse(text).settings == InstantSettings(style=instant_styles()[0])


def test_an_instant_recipe_is_read_back_and_a_strangers_is_checked():
    made = Recipe(InstantSettings(strength=30), "instant", "1a2b3c4d float32")
    assert parse(made.text()) == made
    written = json.loads(made.text())
    for stranger in (
        {"settings": {**written["settings"], "iterations": 3}},
        {"settings": {**written["settings"], "style": "cubism"}},
        {"settings": {**written["settings"], "strength": 1e9}},
        {"features": "compact"},
    ):
        with pytest.raises(InputError):
            parse(json.dumps({**written, **stranger}))
