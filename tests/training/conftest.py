"""Toy data for the trainers."""

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def folder(tmp_path):
    """Two pictures, which serve as photographs and as styles."""
    generator = np.random.default_rng(0)
    for name in ("first", "second"):
        small = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        path = tmp_path / "pictures" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(small).resize((80, 60), Image.Resampling.BICUBIC).save(path)
    return tmp_path / "pictures"
