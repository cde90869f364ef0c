"""Small settings for instant paintings, and how far apart two of them are."""

from PIL import Image

from nst.pictures.tensors import to_tensor
from nst.settings import InstantSettings


def settings(**values: object) -> InstantSettings:
    return InstantSettings(**{"size": 64, **values})


def difference(one: Image.Image, other: Image.Image) -> float:
    return float((to_tensor(one) - to_tensor(other)).abs().mean())
