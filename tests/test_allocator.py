import resource

import pytest
import torch

from nst import allocator


def faults() -> int:
    """Page faults of an allocation of 48 MB that is written to, after one that was freed."""
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(12 * 2**20)
        count = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return count


@pytest.fixture
def usual():
    if allocator._glibc() is None:
        pytest.skip("the C library is not glibc")
    allocator.give_back()
    if (count := faults()) < 1000:
        pytest.skip("page faults are not counted here, or the pages are huge")
    return count


def test_freed_memory_is_used_again_inside_the_block_only(usual):
    with allocator.kept():
        faults()
        assert faults() < usual / 100
    assert faults() > usual / 2


def test_it_is_given_back_after_an_error_too(usual):
    with pytest.raises(ValueError, match="stop"), allocator.kept():
        raise ValueError("stop")
    assert faults() > usual / 2


def test_the_last_of_several_blocks_gives_it_back(monkeypatch):
    given_back = []
    monkeypatch.setattr(allocator, "give_back", lambda: given_back.append(True))
    with allocator.kept():
        with allocator.kept():
            pass
        assert not given_back
    assert given_back == [True]
