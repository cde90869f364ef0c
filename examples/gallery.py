"""Paint the examples' results and the README's gallery:  python -m examples.gallery

Each result is one run with the default settings and the compact network; the page shows it when
the pair is clicked. In the gallery, a column has the photograph and the painting above it.
"""

from pathlib import Path

from PIL import Image, ImageOps

from nst import load_features, stylize
from nst.pictures.reading import open_image

HERE = Path(__file__).parent
PAIRS = (
    ("rocket", "starry-night"),
    ("cat", "wheat-field"),
    ("coffee", "composition-vii"),
    ("astronaut", "tahiti"),
    ("cat", "great-wave"),
    ("astronaut", "woman-with-a-hat"),
    ("coffee", "water-lilies"),
    ("rocket", "shipwreck"),
)
COLUMN, GAP, RESULT_HEIGHT = 320, 12, 240
COLUMNS = 4
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


def gallery(columns: list[Image.Image]) -> Image.Image:
    """The columns in rows of `COLUMNS`."""
    width, height = columns[0].size
    rows = -(-len(columns) // COLUMNS)
    pitch = width + GAP, height + 2 * GAP
    size = COLUMNS * pitch[0] - GAP, rows * pitch[1] - 2 * GAP
    sheet = Image.new("RGB", size, "white")
    for i, image in enumerate(columns):
        sheet.paste(image, (i % COLUMNS * pitch[0], i // COLUMNS * pitch[1]))
    return sheet


def main() -> None:
    """Run the pairs one after the other and write the sheet and the results."""
    features = load_features("compact")
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    columns = []
    for content_name, style_name in PAIRS:
        content = open_image(HERE / "content" / f"{content_name}.jpg")
        style = open_image(HERE / "paintings" / f"{style_name}.jpg")
        *_, last = stylize(content, style, features=features)
        last.image.save(folder / f"{content_name}_{style_name}.jpg", quality=88)
        columns.append(column(content, style, last.image))
    gallery(columns).save(folder / "gallery.jpg", quality=86)


if __name__ == "__main__":
    main()
