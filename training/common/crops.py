"""Training pictures: random crops of photographs and paintings, at many scales and colourings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
LONGEST_SIDE = 900
"""Pictures are kept in memory at this longest side, which bounds it to about 2 MB each."""


def load_pictures(folders: Sequence[Path], leave_out: Sequence[str] = ()) -> list[Tensor]:
    """Load all pictures under `folders` as uint8 (3, H, W), sorted by name for determinism.

    Args:
        folders: searched recursively.
        leave_out: file stems to hold out, for measuring on pictures never trained on.
    """
    paths = sorted(path for folder in folders for path in folder.rglob("*"))
    pictures = []
    for path in paths:
        if path.suffix.lower() in SUFFIXES and path.stem not in leave_out:
            with Image.open(path) as image:
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
                pictures.append(torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1))
    if not pictures:
        raise FileNotFoundError(f"No pictures under {', '.join(map(str, folders))}.")
    return pictures


class Crops:
    """Draws augmented square crops from pictures, from one seeded generator."""

    def __init__(self, pictures: Sequence[Tensor], side: int, generator: torch.Generator) -> None:
        self.pictures = pictures
        self.side = side
        self.generator = generator

    def _uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape or (1,), generator=self.generator)

    def _below(self, bound: int) -> int:
        return int(torch.randint(bound, (1,), generator=self.generator))

    def crop(self) -> Tensor:
        """One crop (1, 3, side, side) in [0, 1], from a random place at a random scale."""
        picture = self.pictures[self._below(len(self.pictures))]
        height, width = picture.shape[1:]
        scale = 2.0 ** float(self._uniform(-1.0, 1.0))  # source pixels per pixel of the crop
        span = min(round(self.side * scale), height, width)
        top, left = self._below(height - span + 1), self._below(width - span + 1)
        window = picture[None, :, top : top + span, left : left + span].float() / 255
        crop = F.interpolate(window, (self.side, self.side), mode="bilinear", antialias=True)
        if self._below(2):
            crop = crop.flip(3)
        return crop.transpose(2, 3) if self._below(4) == 0 else crop

    def plain(self, count: int) -> Tensor:
        """`count` crops (count, 3, side, side) in [0, 1] without changes of colour."""
        return torch.cat([self.crop() for _ in range(count)])

    def augmented(self, count: int) -> Tensor:
        """`count` crops (count, 3, side, side) in [0, 1], most with changed colour or noise.

        Optimised pictures leave the statistics of photographs far behind, so the changes are
        larger than usual: colour channels mixed, contrast from 0.4 to 1.8, noise up to 0.25.
        """
        crops = self.plain(count)
        mix = torch.eye(3) + 0.25 * torch.randn(count, 3, 3, generator=self.generator)
        mixed = torch.einsum("nij,njhw->nihw", mix, crops)
        contrast = self._uniform(0.4, 1.8, count, 1, 1, 1)
        brightness = self._uniform(-0.2, 0.2, count, 1, 1, 1)
        coloured = (mixed - 0.5) * contrast + 0.5 + brightness
        noise = torch.randn(crops.shape, generator=self.generator)
        noise *= 0.25 * self._uniform(0, 1, count, 1, 1, 1) ** 2
        blend = self._uniform(-0.6, 0.6, count, 1, 1, 1).clamp(min=0)
        coloured = torch.lerp(coloured, coloured.roll(1, 0), blend)
        recoloured = self._uniform(0, 1, count, 1, 1, 1) < 0.6
        noisy = self._uniform(0, 1, count, 1, 1, 1) < 0.4
        crops = torch.where(recoloured, coloured, crops)
        return torch.where(noisy, crops + noise, crops).clamp(0, 1)

    def gridded(self, crops: Tensor) -> Tensor:
        """Crops (count, 3, side, side) with a faint grid of two pixels' period over half of them.

        Rows, columns or both alternate by up to 0.1 in some colour. A network that halves its
        resolution early learns to overlook such grids, and an optimiser guided by it leaves them.
        """
        count, side = len(crops), self.side
        signs = 1 - 2 * (torch.arange(side) % 2)
        rows, columns = signs.view(1, side, 1).expand(1, side, side), signs.expand(1, side, side)
        kinds = torch.stack([rows, columns, rows * columns])
        grids = kinds[torch.randint(3, (count,), generator=self.generator)]
        colours = self._uniform(-0.1, 0.1, count, 3, 1, 1) * self._uniform(0, 1, count, 1, 1, 1)
        chosen = self._uniform(0, 1, count, 1, 1, 1) < 0.5
        return torch.where(chosen, crops + colours * grids, crops).clamp(0, 1)
