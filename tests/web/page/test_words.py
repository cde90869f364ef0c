"""The catalogues: complete, of one shape, and of sentences that the project really says."""

import ast
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

import app
from nst import InputError
from nst.video import clip as clips
from nst.video import sound
from nst.video.reading import open_clip
from tests.nst.video.clips import song
from web.page.html import progress
from web.page.pictures.places import PLACES
from web.page.results import missing
from web.page.words.languages import LANGUAGES, catalogues, choice, script
from web.runs.progress import Progress

ROOT = Path(__file__).parents[3]
PLACEHOLDER = re.compile(r"\{(\w*)\}")
GRADIOS = {"number input for {label}", "range slider for {label}"}
"""Sentences that are none of ours."""
CURIOUS = re.compile(
    r"(Optimiser|Features|Weight of relu\d_1)$|^L-BFGS|^The network|^How much .* layers"
)
NAMES = {"lbfgs", "adam", "auto", "vgg19", "compact", "None", "${value}", *LANGUAGES.values()}
"""Words that are not translated: names, and what only the curious see."""
OTHERS = [language for language in LANGUAGES if language != "en"]


def pattern(sentence: str, number: str = r"[\d.,]+") -> str:
    """A regular expression of what a sentence with placeholders can be."""
    parts = PLACEHOLDER.split(sentence)
    inside = (number if re.fullmatch(r"n\d?", part) else ".+" for part in parts[1::2])
    return "".join(re.escape(fixed) + next(inside, "") for fixed in parts[::2])


def is_known(sentence: str) -> bool:
    words = re.sub(r"\s+", " ", sentence.strip())
    return any(re.fullmatch(pattern(english), words) for english in catalogues()["de"])


class Words(HTMLParser):
    """The texts of a piece of HTML, and those of its attributes that people meet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, _, attributes):
        self.found += [v for k, v in attributes if v and k in ("aria-label", "title", "alt")]

    def handle_data(self, data):
        self.found += [data.strip()] if data.strip() else []


@pytest.fixture(scope="module")
def in_sight() -> set[str]:
    """What the page says before anything is done on it."""
    said = set()
    for component in app.build(app.Server()).config["components"]:
        props, kind = component["props"], component["type"]
        if props.get("visible") is False:
            continue
        found = [props.get(name) for name in ("label", "info", "alt_text")]
        found += [line.lstrip("# ") for line in (props.get("placeholder") or "").splitlines()]
        found += [title for title, _ in props.get("choices") or ()] if kind == "radio" else []
        if kind == "html":
            found = Words(f"{props.get('value') or ''}{props.get('html_template') or ''}").found
        elif kind == "button":
            found.append(props["value"])
        said |= {words for words in found if isinstance(words, str) and words}
    return said


def test_each_language_has_a_catalogue_of_the_same_sentences():
    files = {path.stem for path in (ROOT / "web/page/words").glob("*.json")}
    assert files == set(OTHERS) == set(catalogues())
    english = list(catalogues()["de"])
    for language in OTHERS:
        assert list(catalogues()[language]) == english, language
        assert all(words.strip() == words != "" for words in catalogues()[language].values())


@pytest.mark.parametrize("language", OTHERS)
def test_translations_keep_the_placeholders(language):
    for english, words in catalogues()[language].items():
        assert sorted(PLACEHOLDER.findall(english)) == sorted(PLACEHOLDER.findall(words)), english


def test_what_is_in_sight_is_in_the_catalogue(in_sight):
    assert {"Paint", "Settings", "Choose a photograph", "Fine strokes"} <= in_sight
    wanted = {words for words in in_sight if words not in NAMES and not CURIOUS.search(words)}
    assert [words for words in sorted(wanted) if not is_known(words)] == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_what_is_said_of_a_run_is_in_the_catalogue(share):
    at = Progress(
        iteration=round(200 * share), total=200, seconds=4, eta_seconds=2, done=share == 1
    )
    for html in (
        progress.progress_bar(None),
        progress.progress_bar(at),
        progress.progress_bar(at, stopped=True),
        *missing(None, None).values(),
    ):
        words = [word for word in Words(html).found if not re.fullmatch(r"\d+%", word)]
        assert words
        assert [word for word in words if not is_known(word)] == []


def test_what_is_said_of_videos_that_cannot_be_painted_is_in_the_catalogue(tmp_path, content):
    still, text = tmp_path / "a.png", tmp_path / "a.mp4"
    content.save(still)
    text.write_text("No film.")
    songs = song(tmp_path / "song.mp4")
    long = clips.too_long("video", "600 frames are the limit, and it has 900")
    said = [str(long), sound.DAMAGED]
    for path in (still, text, songs):
        with pytest.raises(InputError) as refused:
            open_clip(path, "video")
        said.append(str(refused.value))
    assert [words for words in said if not is_known(words)] == []


@cache
def sources() -> tuple[list[str], str]:
    """The strings of the code, with placeholders as {}; and all that is written in it."""
    strings = []
    for path in [*(ROOT / "web").rglob("*.py"), *(ROOT / "nst").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.append(PLACEHOLDER.sub("{}", re.sub(r"\{(\w+):[^}]*\}", "{}", node.value)))
            elif isinstance(node, ast.JoinedStr):
                parts = (getattr(part, "value", "") for part in node.values)
                strings.append("".join(p if isinstance(p, str) else "{}" for p in parts))
    scripts = "".join(path.read_text() for path in (ROOT / "web/page/static").glob("*.js"))
    strings += [re.sub(r"\$\{[^}]*\}", "{}", said) for said in re.findall("`(.+?)`", scripts)]
    text = re.sub(r"\s+", " ", "\n".join([*strings, scripts]))
    of_each = (re.sub(r"\$?\{(\}|NAMES\[place\]\})", place, text) for place in PLACES.values())
    return strings, text + "".join(of_each)


def is_said(english: str) -> bool:
    """Whether the code has a sentence: its own, or one that it is a case of."""
    strings, text = sources()
    pieces = [piece.strip(" ().:") for piece in PLACEHOLDER.split(english)[::2]]
    if all(piece in text for piece in pieces):
        return True
    templates = (string for string in strings if "{}" in string and len(string) > 6)
    return any(re.fullmatch(pattern(template), english) for template in templates)


def test_the_catalogue_has_nothing_that_is_not_said():
    titles = {word.capitalize() for word in ("stained glass", "impasto night", "ink wash")}
    drawn = titles | {"Botanical", "Discs", "Mosaic", "Pointillism", "Waves", "Woodcut"}
    left = set(catalogues()["de"]) - GRADIOS - drawn
    assert {english for english in left if not is_said(english)} == set()


def test_the_script_and_the_list_have_every_language():
    assert "ALL_CATALOGUES" not in script()
    assert "Malen" in script()
    assert Words(choice().value).found == ["Language", *LANGUAGES.values()]
