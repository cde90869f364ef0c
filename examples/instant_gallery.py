"""Paint the README's sheet of instant styles:  python -m examples.instant_gallery

Every style on one photograph, in the order of `nst.instant.names.instant_styles`, the photograph
first.
"""

from pathlib import Path

from PIL import Image, ImageOps

from nst.instant.names import instant_styles
from nst.instant.painting import load_instant, paint
from nst.pictures.reading import open_image
from nst.settings import InstantSettings

HERE = Path(__file__).parent
PHOTOGRAPH, SIZE, STRENGTH = "cat", 512, 100
TILE, GAP, ACROSS = (320, 213), 12, 4


def main() -> None:
    """Paint all styles and write the sheet."""
    network, photograph = load_instant(), open_image(HERE / "content" / f"{PHOTOGRAPH}.jpg")
    settings = [
        InstantSettings(style=name, size=SIZE, strength=STRENGTH) for name in instant_styles()
    ]
    pictures = [photograph, *(paint(photograph, s, network=network) for s in settings)]
    (width, height), rows = TILE, -(-len(pictures) // ACROSS)
    size = ACROSS * (width + GAP) - GAP, rows * (height + GAP) - GAP
    sheet = Image.new("RGB", size, "white")
    for i, picture in enumerate(pictures):
        place = i % ACROSS * (width + GAP), i // ACROSS * (height + GAP)
        sheet.paste(ImageOps.fit(picture, TILE), place)
    sheet.save(HERE / "results" / "instant.jpg", quality=88)


if __name__ == "__main__":
    main()
