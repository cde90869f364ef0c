import dataclasses
import math
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from nst.presets import PRESET_FIELDS, PRESETS, USUAL, preset, preset_of
from nst.settings import FEATURES, SPECS, STYLE_LAYERS, Settings, starting_specs
from nst.specs import CODES, Choice, InputError, Range

RANGES = [name for name, spec in SPECS.items() if isinstance(spec, Range)]
CHOICES = [name for name, spec in SPECS.items() if isinstance(spec, Choice)]
NEVER = [None, True, False, "", "12", "many", [1], {"a": 1}, math.nan, math.inf, -math.inf, 1j]

ROOT = Path(__file__).parents[2]


def test_defaults_are_the_contract():
    settings = Settings()
    assert (settings.iterations, settings.style_strength, settings.size) == (100, 50.0, 512)
    assert (settings.init, settings.optimizer) == ("content", "lbfgs")


def test_every_field_has_a_spec_with_its_default():
    for field in dataclasses.fields(Settings):
        assert SPECS[field.name].default == field.default
        assert SPECS[field.name].label
        assert SPECS[field.name].help.endswith(".")


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_a_range_are_allowed(name):
    spec = SPECS[name]
    for value in (spec.minimum, spec.maximum):
        assert getattr(Settings(**{name: value}), name) == value


@pytest.mark.parametrize("name", RANGES)
def test_outside_is_refused_by_name_range_and_value(name):
    spec = SPECS[name]
    for value in (spec.minimum - 1, spec.maximum + 1):
        with pytest.raises(InputError) as caught:
            Settings(**{name: value})
        sentence = str(caught.value)
        assert sentence.startswith(f"{name} must be ")
        assert f"{spec.minimum:g} to {spec.maximum:g}" in sentence
        assert sentence.endswith(".") and "\n" not in sentence


@pytest.mark.parametrize("value", NEVER, ids=repr)
@pytest.mark.parametrize("name", list(SPECS))
def test_other_types_and_non_numbers_are_refused(name, value):
    with pytest.raises(InputError, match=f"^{name} must be "):
        Settings(**{name: value})


@pytest.mark.parametrize("name", CHOICES)
def test_unknown_choices_are_refused_with_the_list(name):
    with pytest.raises(InputError) as caught:
        Settings(**{name: "impossible"})
    for choice in SPECS[name].choices:
        assert choice in str(caught.value)


def test_whole_floats_become_ints_and_fractions_are_refused():
    iterations = Settings(iterations=30.0).iterations
    assert iterations == 30 and isinstance(iterations, int)
    assert isinstance(Settings(style_strength=7).style_strength, float)
    with pytest.raises(InputError, match="whole number"):
        Settings(iterations=30.5)


def test_numpy_scalars_are_numbers():
    assert Settings(iterations=np.int64(7), style_strength=np.float32(20)).iterations == 7


def test_a_long_value_does_not_fill_the_sentence():
    with pytest.raises(InputError) as caught:
        Settings(init="x" * 10_000)
    assert len(str(caught.value)) < 200
    with pytest.raises(InputError) as caught:
        Settings(iterations=10**400)
    assert len(str(caught.value)) < 200


def test_settings_are_frozen_and_keyword_only():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().iterations = 3
    with pytest.raises(TypeError):
        Settings(100)


def test_layer_weights_follow_the_fields():
    weights = Settings(relu2_1_weight=3).layer_weights
    assert list(weights) == list(STYLE_LAYERS)
    assert weights["relu2_1"] == 3.0 and weights["relu1_1"] == 1.0


def test_all_layer_weights_zero_is_refused():
    with pytest.raises(InputError, match="relu1_1_weight"):
        Settings(**{f"{layer}_weight": 0 for layer in STYLE_LAYERS})


def test_features_are_a_choice_too():
    assert FEATURES.check("features", "compact") == "compact"
    with pytest.raises(InputError, match="auto, vgg19, compact"):
        FEATURES.check("features", "resnet")


def test_presets_set_the_same_visible_fields_and_are_valid():
    for name in PRESETS:
        values = preset(name)
        assert tuple(values) == PRESET_FIELDS
        assert Settings(**values)
        assert preset_of(values) == name
    assert preset(USUAL) == {field: SPECS[field].default for field in PRESET_FIELDS}


@pytest.mark.parametrize("name", ["", None, 3, "balanced", ["Bold"]])
def test_an_unknown_preset_is_refused(name):
    with pytest.raises(InputError, match="Balanced"):
        preset(name)


def test_a_gpu_starts_with_larger_pictures_and_nothing_else():
    assert starting_specs(gpu=False) == SPECS
    larger = starting_specs(gpu=True)
    assert larger["size"].default == 1024 and Settings().size == 512
    assert larger["iterations"].default == 200 and Settings().iterations == 100
    same = SPECS.keys() - {"size", "iterations"}
    assert all(larger[name] == SPECS[name] for name in same)


def test_errors_say_to_programs_what_they_are_about():
    for values, subject, code in (
        ({"size": 0}, "size", "out of range"),
        ({"size": "big"}, "size", "out of range"),
        ({"init": "dream"}, "init", "unknown"),
    ):
        with pytest.raises(InputError) as caught:
            Settings(**values)
        assert (caught.value.subject, caught.value.code) == (subject, code)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (str(again), again.subject, again.code) == (str(caught.value), subject, code)


def test_every_code_is_one_that_is_listed():
    paths = (path for folder in ("nst", "web") for path in (ROOT / folder).rglob("*.py"))
    sources = "".join(path.read_text() for path in paths)
    used = set(re.findall(r'code="([a-z ]+)"', sources))
    assert used == set(CODES)
