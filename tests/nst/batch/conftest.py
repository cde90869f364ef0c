"""What the tests of pools share."""

import pytest
import torch


@pytest.fixture
def one_thread(monkeypatch):
    """One here, as workers have: with another number of them, sums are rounded otherwise."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("NST_PRECISION", "float32")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
