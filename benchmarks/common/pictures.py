"""Finding and loading the pictures that are measured on."""

from pathlib import Path

from PIL import Image
from torch import Tensor

from nst.pictures.bounds import fit
from nst.pictures.reading import open_image
from nst.pictures.tensors import resize_image, to_tensor


def find(folder: Path, stem: str) -> Path:
    """The picture file of that name, whatever its kind.

    Raises:
        FileNotFoundError: there is none, or no folder.
    """
    found = (path for path in sorted(folder.iterdir()) if path.stem == stem)
    if path := next(found, None):
        return path
    raise FileNotFoundError(f"There is no picture named {stem} in {folder}.")


def sized(image: Image.Image, size: int) -> Tensor:
    """A picture as (1, 3, H, W) with its longest side at `size` pixels."""
    return to_tensor(resize_image(image, fit(*image.size, size)))


def load(path: Path, size: int) -> Tensor:
    """A picture file as (1, 3, H, W) with its longest side at `size` pixels."""
    return sized(open_image(path), size)
