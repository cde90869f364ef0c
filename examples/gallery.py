"""Paint the examples' results and the README's gallery:  python -m examples.gallery

Each result is one run with the default settings and the compact network; the page shows it when
the pair is clicked. In the gallery, a column has the photograph and the painting above it.
"""

from pathlib import Path

from PIL import Image, ImageOps

from nst import load_features, stylize
from nst.images import open_image

HERE = Path(__file__).parent
PAIRS = (
    ("astronaut", "impasto-night"),
    ("cat", "mosaic"),
    ("coffee", "discs"),
    ("rocket", "waves"),
)
COLUMN, GAP, RESULT_HEIGHT = 320, 12, 240
KEPT = (0.5, 0.15)
"""What a crop keeps, across and down: heads are near the top."""


def column(content: Image.Image, style: Image.Image, result: Image.Image) -> Image.Image:
    """Two thumbnails side by side over the result, all cropped to fit."""
    half = (COLUMN - GAP) // 2
    thumbnail = (half, half * 3 // 4)
    sheet = Image.new("RGB", (COLUMN, thumbnail[1] + GAP + RESULT_HEIGHT), "white")
    sheet.paste(ImageOps.fit(content, thumbnail, centering=KEPT), (0, 0))
    sheet.paste(ImageOps.fit(style, thumbnail, centering=KEPT), (COLUMN - half, 0))
    result = ImageOps.fit(result, (COLUMN, RESULT_HEIGHT), centering=KEPT)
    sheet.paste(result, (0, thumbnail[1] + GAP))
    return sheet


def main() -> None:
    """Run the pairs one after the other and write the sheet and the results."""
    features = load_features("compact")
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    columns = []
    for content_name, style_name in PAIRS:
        content = open_image(HERE / "content" / f"{content_name}.jpg")
        style = open_image(HERE / "styles" / f"{style_name}.jpg")
        *_, last = stylize(content, style, features=features)
        last.image.save(folder / f"{content_name}_{style_name}.jpg", quality=88)
        columns.append(column(content, style, last.image))
    width = len(columns) * (COLUMN + GAP) - GAP
    sheet = Image.new("RGB", (width, columns[0].height), "white")
    for i, image in enumerate(columns):
        sheet.paste(image, (i * (COLUMN + GAP), 0))
    sheet.save(folder / "gallery.jpg", quality=88)


if __name__ == "__main__":
    main()
