"""Draw the style pictures of examples/styles: python examples/draw_styles.py [--out DIR] [NAMES].

Every picture is drawn by code alone from a fixed seed, so the same pillow and numpy give the same
bytes each time.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

# As a script this file has no package; `examples` is then on the import path itself.
if __package__:
    from .draw import STYLES
    from .draw.canvas import WIDTH, Sheet
else:
    from draw import STYLES
    from draw.canvas import WIDTH, Sheet

STYLES_FOLDER = Path(__file__).resolve().parent / "styles"
MAX_BYTES = 250_000


def draw_style(name: str, width: int = WIDTH) -> Image.Image:
    """Draw one style by name; a smaller width gives the same composition, smaller."""
    return STYLES[name](Sheet(width))


def encode(picture: Image.Image) -> bytes:
    """Encode as JPEG at quality 90, or the best below it that keeps to MAX_BYTES."""
    for quality in range(90, 60, -2):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() <= MAX_BYTES:
            break
    return file.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the named styles, or all of them, into the output folder."""
    parser = argparse.ArgumentParser(description="Draw the example style pictures.")
    parser.add_argument("names", nargs="*", metavar="NAMES", help=", ".join(STYLES))
    parser.add_argument("--out", type=Path, default=STYLES_FOLDER, metavar="DIR")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(STYLES))
    if unknown:
        parser.error(f"no such style: {', '.join(unknown)} (there are {', '.join(STYLES)})")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or STYLES:
        path = options.out / f"{name}.jpg"
        path.write_bytes(encode(draw_style(name)))
        print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
