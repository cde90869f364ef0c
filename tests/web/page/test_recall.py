"""Settings that come back."""

import pytest

from nst import InputError
from web.page.recall import DEFAULTS, checked, in_words, of_link, remembered


def test_a_link_carries_what_differs_from_the_defaults():
    query = {"style_strength": "61", "color": "content", "size": "256", "__theme": "dark"}
    assert of_link(query) == {**DEFAULTS, "style_strength": 61, "color": "content", "size": 256}
    assert of_link({"__theme": "dark"}) is None


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"size": "99999"}, "size must be a whole number from 64 to 8192"),
        ({"size": "nan"}, "size must be"),
        ({"size": "big"}, "not 'big'"),
        ({"features": "mine"}, "features must be one of"),
        ({f"relu{i}_1_weight": "0" for i in range(1, 6)}, "At least one of"),
    ],
)
def test_a_link_is_checked_like_any_other_input(query, sentence):
    with pytest.raises(InputError, match=sentence):
        of_link(query)


def test_what_a_browser_kept_is_used_as_far_as_it_can_be():
    kept = {"size": 256, "style_strength": 1000, "color": ["style"], "gone": 1}
    assert remembered(kept) == {**DEFAULTS, "size": 256}
    assert remembered({"init": "image"}) == DEFAULTS  # its picture is not kept
    for nonsense in (None, [], "x", 3):
        assert remembered(nonsense) == DEFAULTS


def test_settings_of_a_kept_picture_are_checked():
    assert checked({"size": 128.0}) == {**DEFAULTS, "size": 128}
    with pytest.raises(InputError, match="init must be one of"):
        checked({"init": "<b>"})


def test_words_name_what_differs():
    assert in_words(DEFAULTS) == "default settings"
    changed = {**DEFAULTS, "style_strength": 61.0, "color": "content"}
    assert in_words(changed) == "style strength 61, colours: The photograph's"
