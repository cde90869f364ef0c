import torch

from nst.machine.trial import measure


def test_one_thread_computes_and_the_others_come_back():
    before, seen = torch.get_num_threads(), set()
    torch.set_num_threads(3)
    try:
        measure(lambda _: seen.add(torch.get_num_threads()) or 1.0)
        assert seen == {1}
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
