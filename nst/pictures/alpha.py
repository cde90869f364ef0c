"""What is transparent of a picture, and how it looks on white.

Nothing here imports torch, so that a picture can be read and refused without loading it.
"""

from PIL import Image


def alpha_of(image: Image.Image) -> Image.Image | None:
    """Return the alpha channel of a picture in mode L, or None if every pixel is opaque."""
    if "A" not in image.getbands():
        return None
    alpha = image.getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def over_white(image: Image.Image) -> Image.Image:
    """Return a picture as it is seen on white, in mode RGB."""
    if image.mode != "RGBA":
        return image if image.mode == "RGB" else image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
