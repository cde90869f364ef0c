"""What the pictures of a run are called, by programs and by people."""

from nst.settings import MOST_STYLES

STYLES = ("style", *(f"style_{number}" for number in range(2, MOST_STYLES + 1)))
MASKS = tuple(f"{style}_mask" for style in STYLES)
WEIGHTS = tuple(f"{style}_weight" for style in STYLES)
"""What programs call the style images, the masks that say where each of them goes, and the settings
that say how much it counts."""


def called(index: int, what: str) -> str:
    """What to call a style's picture or mask: style image, style 2 image, …"""
    return f"style {what}" if index == 0 else f"style {index + 1} {what}"
