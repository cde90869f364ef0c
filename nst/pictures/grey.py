"""Whether a picture is grey."""

import numpy as np
from PIL import Image

from nst.pictures.alpha import over_white


def is_grey(picture: Image.Image) -> bool:
    """Whether red, green and blue of a picture (RGB or RGBA) are equal wherever it is seen."""
    red, green, blue = (np.asarray(band) for band in over_white(picture).split())
    return np.array_equal(red, green) and np.array_equal(green, blue)
