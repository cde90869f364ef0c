"""The trainer of the instant styles, end to end on toy data."""

import pytest
import torch

from nst.instant.named import load_instant
from nst.instant.names import instant_styles
from training.common.crops import load_pictures
from training.instant import learn
from training.instant.learn import Training, fresh, load_styles, sheet, train, with_styles
from training.instant.perception import USUAL, _Distance, blemishes

SIDE = 32


@pytest.fixture
def start(monkeypatch, folder):
    """Begin a small run; each call an equal one."""
    for name in ("FULL", "HALF", "QUARTER"):
        monkeypatch.setattr(f"nst.instant.transformer.{name}", 8)
    monkeypatch.setattr(learn, "SIDE", SIDE)
    monkeypatch.setattr(learn, "STYLE_SIDE", 64)

    def begin(steps: int = 4) -> Training:
        styles = load_styles(folder)
        return Training(fresh(styles, 0), styles, load_pictures([folder]), steps)

    return begin


def test_training_lowers_the_style_loss(start):
    training = start(80)
    losses = [float(training.advance()["style"]) for _ in range(80)]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_a_lattice_counts_as_a_blemish_and_grain_does_not():
    generator = torch.Generator().manual_seed(0)
    ramp = torch.linspace(0.2, 0.8, 64).expand(1, 3, 64, 64)
    grain = 0.02 * torch.randn(1, 3, 64, 64, generator=generator)
    cell = 0.02 * torch.randn(1, 3, 4, 4, generator=generator)
    plain, grained, woven = (
        float(blemishes(ramp + what)["lattice"]) for what in (0, grain, cell.repeat(1, 1, 16, 16))
    )
    assert plain < 0.001 * woven and grained < 0.05 * woven and woven > 1


def test_the_photograph_itself_changes_as_much_as_its_noise(start):
    training = start()
    content, row = torch.rand(2, 3, SIDE, SIDE), torch.eye(3)[:1].repeat(2, 1)
    seeded = [torch.Generator().manual_seed(1) for _ in range(2)]
    calm = training.calm(content, training.network(content, row, seeded[0]), row, seeded[1])
    torch.testing.assert_close(calm, torch.tensor(1.0), rtol=0.01, atol=0)


def test_a_painting_is_as_calm_as_if_it_had_the_same_grain(start):
    """The noise that the network paints with is the same in both."""
    training = start()
    content, row = torch.rand(2, 3, SIDE, SIDE), torch.eye(3)[1:2].repeat(2, 1)
    changes = []
    for seed in (1, 2):
        seeded = [torch.Generator().manual_seed(s) for s in (1, seed)]
        painted = training.network(content, row, seeded[0])
        changes.append(training.calm(content, painted, row, seeded[1]).item())
    assert changes[0] < changes[1]


def test_a_run_goes_on_where_it_stopped(start, tmp_path):
    whole, first, second = start(), start(), start()
    (tmp_path / "whole").mkdir()
    train(whole, [], tmp_path / "whole", 2)
    for _ in range(2):
        first.advance()
    first.save(tmp_path / "checkpoint.pt")
    train(second, [], tmp_path, 1)
    for key, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[key]), key


def test_the_exported_file_paints_by_name(start, tmp_path):
    training = start()
    train(training, [], tmp_path, 4)
    path = tmp_path / "instant.safetensors"
    assert instant_styles(path) == ("first", "second")
    network = load_instant("cpu", torch.float32, path)
    image = torch.rand(1, 3, 24, 24)
    mixture = torch.eye(3)[1:2]
    training.network.dtype = torch.float32
    with torch.no_grad():
        exact = training.network(image, mixture)
    torch.testing.assert_close(network(image, mixture), exact, rtol=0, atol=0.05)


def test_an_added_style_changes_no_other(start, folder):
    base = start().network
    network = with_styles(base, ["first", "third"])
    before = {key: value.clone() for key, value in network.state_dict().items()}
    styles = {"third": load_styles(folder)["first"]}
    training = Training(network, styles, load_pictures([folder]), 30, rows_only=True)
    losses = [float(training.advance()["style"]) for _ in range(30)]
    assert sum(losses[-5:]) < sum(losses[:5])
    for key, rows in network.rows():
        assert torch.equal(rows[:-1], before[key][:-1]), key
        assert not torch.equal(rows[-1], before[key][-1]), key
    for kernel, other in zip(network.kernels(), base.kernels(), strict=True):
        assert torch.equal(kernel, other)


def test_a_sheet_has_a_row_for_the_photographs_and_each_style(start):
    photographs = [torch.rand(1, 3, SIDE, SIDE) for _ in range(4)]
    assert sheet(start().network, photographs).size == (4 * SIDE, 3 * SIDE)


def test_mixtures_are_of_a_style_and_the_photograph(start):
    mixtures = start().mixtures(200)
    torch.testing.assert_close(mixtures.sum(1), torch.ones(200))
    assert ((mixtures[:, 1:] > 0).sum(1) == 1).all()
    assert torch.equal(mixtures[::2], mixtures[1::2])  # two crops of a style
    usual = (mixtures[:, 0] - (1 - USUAL)).abs() < 1e-6
    assert 0.4 < usual.float().mean() < 0.6
    assert 0.15 < (mixtures[:, 0] == 0).float().mean() < 0.35


def test_the_style_loss_of_the_style_itself_is_nothing(start, folder):
    training = start()
    style = load_styles(folder)["first"]
    moments, _ = training.perception.see(style)
    mixture = torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    own, other = (
        float(training.perception.style_loss(moments, style, row[None], training.targets))
        for row in mixture
    )
    assert abs(own) < 3e-3 < 0.1 < other  # in bfloat16, where that is faster


def test_paintings_of_a_group_are_compared_as_one(start, folder):
    """Two halves of a style, side by side, are the style, though neither is by itself."""
    training = start()
    style = load_styles(folder)["first"]
    halves = torch.cat(style.split(32, 3))
    moments, _ = training.perception.see(halves)
    mixture = torch.tensor([[0.0, 1.0, 0.0]])
    together = training.perception.style_loss(moments, halves, mixture, training.targets)
    apart = training.perception.style_loss(moments, halves, mixture.expand(2, 3), training.targets)
    assert float(together) < 0.5 * float(apart.mean())


def test_what_is_aimed_at_lies_between_photograph_and_style(start, folder):
    training = start()
    photograph = load_styles(folder)["second"]
    moments, _ = training.perception.see(photograph)
    left = [
        float(training.perception.style_loss(moments, photograph, row[None], training.targets))
        for row in torch.tensor([[0.99, 0.01, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    ]
    assert 0 <= left[0] < left[1] < left[2]


def test_the_gradient_of_a_distance_is_that_of_finite_differences(start):
    training = start()
    statistic = training.targets.statistics[1][0, "relu1_1"]
    gram, means = (m.double() for m in training.targets.moments[2][0, "relu1_1"])
    gram.requires_grad_(), means.requires_grad_()
    _Distance.apply(gram, means, statistic).backward()
    away = torch.randn_like(means)
    step = 1e-4
    up, down = (
        float(_Distance.apply(gram.detach(), means.detach() + s * away, statistic))
        for s in (step, -step)
    )
    assert abs((up - down) / (2 * step) - float((means.grad * away).sum())) < 1e-4
