"""Whether a small picture tells what the large one will look like:

    python -m benchmarks.quality.preview CONTENTS STYLES --pictures FOLDER

Three pairs at 256 and at 1024 pixels with the same settings, for three stroke sizes, as a grid for
each pair: the rows are the sizes, the columns the stroke sizes. Printed is how far the large one,
averaged down, is from the small one, and how far the small ones of different stroke sizes are from
each other (root mean square of the levels in [0, 1], after a blur that forgives single strokes).
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from benchmarks.common.pictures import find
from benchmarks.quality.compact import PAIRS
from nst import Settings, load_features, stylize
from nst.features.network import FeatureNetwork
from nst.pictures.reading import open_image

SIZES, STROKES, COUNT = (256, 1024), (0.5, 1.0, 2.0), 3
BLUR = 4


def paint(
    features: FeatureNetwork, pair: list[Image.Image], size: int, strokes: float
) -> Image.Image:
    """The result of one run with the default settings."""
    settings = Settings(size=size, style_scale=strokes)
    *_, step = stylize(*pair, settings, features=features)
    return step.image.convert("RGB")


def distance(a: Image.Image, b: Image.Image) -> float:
    """Root mean square of the difference of two pictures, the second averaged down to the first."""
    small = b.resize(a.size, Image.Resampling.LANCZOS)
    blurred = (image.filter(ImageFilter.GaussianBlur(BLUR)) for image in (a, small))
    x, y = (np.asarray(image, dtype=np.float32) / 255 for image in blurred)
    return float(np.sqrt(np.mean((x - y) ** 2)))


def _grid(rows: list[list[Image.Image]], path: Path) -> None:
    width, height = 512, round(512 * rows[0][0].height / rows[0][0].width)
    sheet = Image.new("RGB", (width * len(STROKES), height * len(rows)))
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            sheet.paste(image.resize((width, height)), (x * width, y * height))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def main() -> None:
    """Paint the grids and print the distances."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("contents", type=Path, help="folder of photographs")
    parser.add_argument("styles", type=Path, help="folder of paintings")
    parser.add_argument("--pictures", type=Path, required=True, help="folder for the grids")
    options = parser.parse_args()
    features = load_features("compact")
    print(
        "| pair | 256 to 1024 px, strokes 0.5, 1, 2 | at 256 px, strokes 0.5 to 2 |\n|---|---|---|"
    )
    for content, style in PAIRS[:COUNT]:
        pair = [
            open_image(find(folder, name))
            for folder, name in ((options.contents, content), (options.styles, style))
        ]
        rows = [[paint(features, pair, size, s) for s in STROKES] for size in SIZES]
        _grid(rows, options.pictures / f"preview-{content}-{style}.png")
        across = ", ".join(f"{distance(a, b):.3f}" for a, b in zip(*rows, strict=True))
        other = distance(rows[0][0], rows[0][-1])
        print(f"| {content}, {style} | {across} | {other:.3f} |", flush=True)


if __name__ == "__main__":
    main()
