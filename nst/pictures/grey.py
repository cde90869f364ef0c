"""Whether a picture is grey."""

import numpy as np
from PIL import Image

from nst.pictures.alpha import over_white
from nst.pictures.bounds import strips


def is_grey(picture: Image.Image) -> bool:
    """Whether red, green and blue of a picture (RGB or RGBA) are equal wherever it is seen."""
    width = picture.width
    parts = (picture.crop((0, rows.start, width, rows.stop)) for rows in strips(picture.size))
    return all(np.ptp(np.asarray(over_white(part)), axis=2).max() == 0 for part in parts)
