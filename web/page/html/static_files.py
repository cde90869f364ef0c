"""The scripts and style sheets of `web/page/static`, as text to be put into the page."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
MAKE = """const make = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
"""
"""JavaScript that scripts which build elements begin with."""


def static(*names: str) -> str:
    """The text of files, one after the other."""
    return "\n".join((FOLDER / name).read_text() for name in names)
