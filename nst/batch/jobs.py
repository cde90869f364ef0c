"""What is to be painted: pairs of a photograph and a style, and the name that each result gets."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nst.settings import OWN_STYLE

Style = Path | str
"""A painting's file, or the name of a style that was learned beforehand."""
LONGEST_LABEL = 100
"""Bytes of a picture's name in a result's: two of them fit into any file's name."""


@dataclass(frozen=True)
class Job:
    """A picture to be painted.

    Attributes:
        out: the file of the result.
    """

    content: Path
    style: Style
    out: Path

    @property
    def style_name(self) -> str:
        """Of a style by name; `OWN_STYLE` for a painting."""
        return self.style if isinstance(self.style, str) else OWN_STYLE

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that it is made from."""
        return (self.content, self.style) if isinstance(self.style, Path) else (self.content,)

    def __str__(self) -> str:
        """What people call it."""
        style = self.style.name if isinstance(self.style, Path) else self.style
        return f"{self.content.name} + {style}"


def jobs_of(contents: Sequence[Path], styles: Sequence[Style], folder: Path) -> list[Job]:
    """Every photograph in every style: all of one style together, for it to be opened once.

    The same pictures in the same order get the same names, of which there are no two alike.
    """
    ours, theirs = _labels(contents), _labels(styles)
    names = [f"{content}-{style}" for style in theirs for content in ours]
    outs = [folder / f"{name}.png" for name in _numbered(names)]
    pairs = [(content, style) for style in styles for content in contents]
    return [Job(*pair, out) for pair, out in zip(pairs, outs, strict=True)]


def _labels(sources: Sequence[Style]) -> list[str]:
    """What sources are called in results' names: no longer than tells them from each other."""
    forms: tuple[Callable[[Path], str], ...] = (_stem, _with_ending, _with_folder)
    forms_of = [forms if isinstance(source, Path) else (str,) for source in sources]
    longer = [0] * len(sources)
    while True:
        labels = [
            _cut(forms[level](Path(source)))
            for source, forms, level in zip(sources, forms_of, longer, strict=True)
        ]
        alike = _alike(labels)
        again = [i for i in alike if longer[i] + 1 < len(forms_of[i])]
        if not again:
            return _numbered(labels)
        for i in again:
            longer[i] += 1


def _stem(path: Path) -> str:
    return path.stem


def _with_ending(path: Path) -> str:
    return f"{path.stem}-{path.suffix[1:]}" if path.suffix else path.stem


def _with_folder(path: Path) -> str:
    return f"{path.absolute().parent.name}-{_with_ending(path)}"


def _cut(label: str) -> str:
    return label.encode(errors="surrogateescape")[:LONGEST_LABEL].decode(errors="ignore")


def _alike(names: Iterable[str]) -> list[int]:
    """The places of names that others have, too; on some disks, A and a are one."""
    folded = [name.casefold() for name in names]
    counts = Counter(folded)
    return [i for i, name in enumerate(folded) if counts[name] > 1]


def _numbered(names: Iterable[str]) -> list[str]:
    """The same, with a number behind each that came before."""
    taken: set[str] = set()
    result = []
    for name in names:
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free.casefold())
        result.append(free)
    return result
