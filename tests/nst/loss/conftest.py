"""Activations that losses are tried on, and a metric to compare them in, or none."""

import pytest
import torch

from nst.features.metric import Metric


@pytest.fixture(params=[False, True], ids=["plain", "metric"])
def metric(request):
    generator = torch.Generator().manual_seed(0)
    weight, bias = (torch.randn(*s, generator=generator).double() for s in ((6, 4), (6,)))
    return Metric(weight, bias) if request.param else None


@pytest.fixture
def pictures():
    """Two pictures' activations (1, 4, 7, 5)."""
    generator = torch.Generator().manual_seed(1)
    return torch.rand(2, 1, 4, 7, 5, generator=generator, dtype=torch.float64)
