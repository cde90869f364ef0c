"""The languages of the page, and what the browser needs to speak them.

The page is written in English, where its words are used. A catalogue has translations by their
English sentences, in which {n}, {n1} stand for numbers and any other name for words;
static/words.js puts them in place of what it finds on the page.

Gradio's own translations (`gr.I18n`) reach as far, but put keys where the words are, which programs
would read as labels; they have no place for a number, and follow the browser's language alone.
"""

import json
from functools import cache
from html import escape
from pathlib import Path

import gradio as gr

from web.page.html.static_files import static

FOLDER = Path(__file__).parent
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "zh-Hans": "简体中文",
}
"""What each is called by those who speak it, by its tag; all but English have a catalogue."""


@cache
def catalogues() -> dict[str, dict[str, str]]:
    """The translations by English sentence, by language."""
    return {
        language: json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
        if language != "en"
    }


def script() -> str:
    """JavaScript that has the page speak the browser's language, or the one that was chosen."""
    every = json.dumps(catalogues(), ensure_ascii=False, separators=(",", ":"))
    return static("words.js").replace("ALL_CATALOGUES", every)


def choice() -> gr.HTML:
    """Lay out the list of languages."""
    options = "".join(
        f'<option value="{tag}" lang="{tag}">{escape(name)}</option>'
        for tag, name in LANGUAGES.items()
    )
    html = f'<label>Language <select translate="no">{options}</select></label>'
    return gr.HTML(html, padding=False, elem_classes="nst-language")
