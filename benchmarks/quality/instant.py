"""How much of a painting instant paintings have, and how much of the photograph they keep:

    python -m benchmarks.quality.instant CONTENTS STYLES … [--photographs 3] [--strength 85] [--own]

Each style by name, or with `--own` each painting in the folders as one that a visitor gives, is
painted on some of the photographs at 512 pixels and measured by what nothing optimises
(`benchmarks.quality.neutral`). `--pictures` keeps the results beside each other.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from PIL import Image

from benchmarks.common.pictures import sized
from benchmarks.common.reference import Reference, load_reference
from benchmarks.quality.neutral import Measured, Yardstick
from nst.instant.arbitrary import load_arbitrary
from nst.instant.named import load_instant
from nst.instant.names import instant_styles, title
from nst.instant.painting import paint
from nst.machine.device import default_device
from nst.pictures.reading import open_image
from nst.pictures.tensors import to_tensor
from nst.settings import INSTANT_SPECS, OWN_STYLE, InstantSettings

SIZE = 512
"""Longest side of photographs and styles, in pixels: that of the styles when they were learned."""
KEYS = ("style_left", "content", "edges")
USUAL_LEFT, MOST_LEFT, MOST_CONTENT, LEAST_EDGES = 0.10, 0.15, 0.6, 0.70
"""What is to be reached: by the paintings together, and by each."""


@dataclass(frozen=True)
class Painted:
    """One style on one photograph."""

    style: str
    content: str
    measured: Measured
    image: Image.Image


def style_picture(name: str, folders: Sequence[Path]) -> Path:
    """The picture that a style was learned from: its name ends a file's, as in painter-name.jpg."""
    files = (path for folder in folders for path in sorted(folder.iterdir()))
    return next(path for path in files if path.stem.endswith(name))


def by_name(folders: Sequence[Path]) -> dict[str, Path]:
    """The pictures of all styles by name."""
    return {name: style_picture(name, folders) for name in instant_styles()}


def by_file(folders: Sequence[Path]) -> dict[str, Path]:
    """All pictures in folders, by the names of their files."""
    return {path.stem: path for folder in folders for path in sorted(folder.iterdir())}


def measure(
    styles: Mapping[str, Path],
    reference: Reference,
    contents: Sequence[Path],
    strength: float,
    *,
    own: bool,
) -> Iterator[Painted]:
    """Measure every style on every photograph; `own` has paintings that are given."""
    network = load_arbitrary() if own else load_instant()
    for name, file in styles.items():
        picture = open_image(file)
        for path in contents:
            content = open_image(path)
            settings = InstantSettings(
                style=OWN_STYLE if own else name, size=SIZE, strength=strength
            )
            image = paint(content, settings, style=picture if own else None, network=network)
            yardstick = Yardstick(reference, sized(content, SIZE), sized(picture, SIZE))
            yield Painted(name, path.stem, yardstick.measure(to_tensor(image)), image)


def print_table(painted: Sequence[Painted]) -> None:
    """Print a row for each style, the means over its photographs, and those of all styles."""
    print("| style | style left | content | edges |\n|---|---|---|---|")
    rows = []
    for name in dict.fromkeys(p.style for p in painted):
        measured = [p.measured for p in painted if p.style == name]
        row = [
            mean(getattr(m, key) for m in measured) for key in ("style_left", "content", "edges")
        ]
        rows.append(row)
        print(f"| {title(name)} | {row[0]:.3f} | {row[1]:.2f} | {row[2]:.2f} |", flush=True)
    left, content, edges = (mean(column) for column in zip(*rows, strict=True))
    most = max(row[0] for row in rows)
    print(
        f"\nstyle left {left:.3f} on average ({USUAL_LEFT} to reach), at most {most:.3f} "
        f"({MOST_LEFT}); content {content:.2f} ({MOST_CONTENT} allowed), edges {edges:.2f} "
        f"({LEAST_EDGES} to reach)"
    )


def keep(painted: Sequence[Painted], file: Path) -> None:
    """Write all paintings beside each other, a row a style."""
    names, contents = (
        list(dict.fromkeys(values))
        for values in zip(*((p.style, p.content) for p in painted), strict=True)
    )
    sheet = Image.new("RGB", (SIZE * len(contents), SIZE * len(names)), "white")
    for p in painted:
        sheet.paste(p.image, (SIZE * contents.index(p.content), SIZE * names.index(p.style)))
    sheet.save(file, quality=90)


def main() -> None:
    """Measure, print the tables, keep the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, nargs="+", help="folders of the styles' pictures")
    parser.add_argument("--photographs", type=int, default=3, help="how many of them [3]")
    strength = INSTANT_SPECS["strength"].default
    parser.add_argument("--strength", type=float, default=strength, help=f"[{strength:g}]")
    parser.add_argument("--own", action="store_true", help="paintings that a visitor gives")
    parser.add_argument("--pictures", type=Path, help="file for a sheet of the results")
    options = parser.parse_args()
    contents = sorted(options.contents.iterdir())[: options.photographs]
    reference = load_reference(default_device())
    styles = (by_file if options.own else by_name)(options.styles)
    painted = list(measure(styles, reference, contents, options.strength, own=options.own))
    print_table(painted)
    if options.pictures:
        keep(painted, options.pictures)


if __name__ == "__main__":
    main()
