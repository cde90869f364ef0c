"""Which device is chosen."""

import torch

from nst.machine import device
from nst.machine.device import agrees, default_device


def cuda(monkeypatch, there):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)


def test_the_first_of_cuda_a_working_mps_and_the_processor(monkeypatch):
    cuda(monkeypatch, False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    for works, chosen in ((True, "mps"), (False, "cpu")):
        monkeypatch.setattr(device, "agrees", lambda _, works=works: works)
        assert default_device().type == chosen
    cuda(monkeypatch, True)
    assert default_device().type == "cuda"
    cuda(monkeypatch, False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert default_device().type == "cpu"


def test_a_device_agrees_that_gives_the_processors_numbers_and_no_other(monkeypatch):
    assert agrees.__wrapped__(torch.device("cpu"))
    assert not agrees.__wrapped__(torch.device("meta"))  # has no numbers at all
    sample = device._sample(torch.device("cpu"))
    assert sample.abs().max() > 0.01 and sample.isfinite().all()
    answers = iter((sample + 0.1, sample))
    monkeypatch.setattr(device, "_sample", lambda _: next(answers))
    assert not agrees.__wrapped__(torch.device("cpu"))
