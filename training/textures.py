"""Draw a texture for each style picture:  python -m training.textures STYLES examples/instant

A texture has the picture's colours and strokes and nothing that it depicts: noise, optimised for
the style loss almost alone (Gatys et al. 2015, "Texture Synthesis Using Convolutional Neural
Networks"). It stands in for paintings that are not in this repository where an instant painting is
refined by the optimiser.
"""

import argparse
from pathlib import Path

from PIL import Image

from nst import Settings, load_features, stylize
from nst.features import FeatureNetwork
from nst.images import open_image, save_image
from training.crops import SUFFIXES

SETTINGS = Settings(init="noise", style_strength=100, iterations=400, size=512)
GREY = Image.new("RGB", (4, 3), (128, 128, 128))


def texture(style: Image.Image, features: FeatureNetwork) -> Image.Image:
    """A texture of a style picture, 512 × 384 pixels."""
    *_, step = stylize(GREY.resize((512, 384)), style, SETTINGS, features=features)
    return step.image


def main() -> None:
    """Draw the textures of all pictures in a folder into another, by their names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("styles", type=Path, help="folder of style pictures")
    parser.add_argument("out", type=Path, help="folder for the textures")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    features = load_features("compact")
    for path in sorted(options.styles.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            image = texture(open_image(path, path.name), features)
            save_image(image, options.out / f"{path.stem}.jpg", "compact")


if __name__ == "__main__":
    main()
