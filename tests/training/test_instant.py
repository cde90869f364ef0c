"""The trainer of the instant styles, end to end on toy data."""

import numpy as np
import pytest
import torch
from PIL import Image

from nst.instant.names import instant_styles
from nst.instant.painting import load_instant
from training.common.crops import load_pictures
from training.instant import learn
from training.instant.learn import Training, fresh, load_styles, sheet, train, with_style
from training.instant.perception import style_loss

SIDE = 32


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
    training = start(60)
    losses = [float(training.advance()["style"]) for _ in range(60)]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


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
    network = with_style(base, "third")
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
    assert 0.5 < (mixtures[:, 0] == 0).float().mean() < 0.9


def test_the_style_loss_of_each_picture_is_a_mean_over_layers():
    grams = {"a": torch.tensor([[[2.0]], [[1.0]]]), "b": torch.tensor([[[1.0]], [[3.0]]])}
    aims = {"a": torch.tensor([[[1.0]], [[1.0]]]), "b": torch.tensor([[[1.0]], [[1.0]]])}
    assert style_loss(grams, aims).tolist() == [0.5, 2.0]
