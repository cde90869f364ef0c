"""The trainer, end to end on toy data: it learns, exports, and goes on where it stopped."""

import argparse

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from nst.features.metric import Metric
from nst.features.network import VGG19, FeatureNetwork
from nst.loss.gatys import gram_matrix
from training.common import optimisers
from training.common.crops import Crops, load_pictures
from training.common.optimisers import learning_rate
from training.compact import distill
from training.compact.distill import Distillation, train
from training.compact.student import GRAM_TAUGHT, TAUGHT
from training.compact.teachers import CompressedTeacher, Teachers

SIDE = 32


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for i in range(3):
        small = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(small).resize((80, 60), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


@pytest.fixture
def teachers():
    """A random exact teacher for the first three blocks, a random compressed one for the rest."""
    torch.manual_seed(1)
    exact = FeatureNetwork("vgg19", VGG19[:8]).requires_grad_(False)
    for convolution in exact.convolutions:
        torch.nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
    weights, channels = (
        {"conv0.weight": torch.eye(3).view(3, 3, 1, 1), "conv0.bias": torch.zeros(3)},
        3,
    )
    for block, widths in enumerate(CompressedTeacher.WIDTHS, start=1):
        for i, width in enumerate(widths, start=1):
            kernel = torch.randn(width, channels, 3, 3) * (2 / (9 * channels)) ** 0.5
            weights |= {
                f"conv{block}{i}.weight": kernel,
                f"conv{block}{i}.bias": torch.zeros(width),
            }
            channels = width
        aux = (64, 128, 256, 512, 512)[block - 1]
        weights[f"conv{block}1_aux.weight"] = torch.randn(aux, channels, 1, 1) / channels**0.5
        weights[f"conv{block}1_aux.bias"] = torch.zeros(aux)
    return Teachers(exact, CompressedTeacher(weights))


@pytest.fixture
def start(monkeypatch, pictures, teachers):
    """Make a small run; each call an equal one."""
    for name, value in {"SIDE": SIDE, "FRESH": 2, "STYLISED": 1, "POOL": 2}.items():
        monkeypatch.setattr(distill, name, value)
    monkeypatch.setattr(optimisers, "WARM_UP", 2)
    return lambda: Distillation(teachers, load_pictures([pictures]), seed=0)


def options(folder, steps):
    folder.mkdir(exist_ok=True)
    return argparse.Namespace(run=folder, steps=steps, every=2)


def test_the_errors_fall(start):
    run = start()
    first = run.advance(60)
    for _ in range(7):
        last = run.advance(60)
    assert sum(float(e) for e, _ in last.values()) < 0.8 * sum(float(e) for e, _ in first.values())


def test_a_run_that_was_cut_goes_on_as_if_it_had_not_been(start, tmp_path):
    held_out = torch.rand(2, 3, SIDE, SIDE)
    whole, cut = start(), start()
    train(whole, held_out, options(tmp_path / "whole", 4))
    train(cut, held_out, options(tmp_path / "cut", 4))  # decays towards 4, as the whole run does
    again = start()
    (tmp_path / "again").mkdir()
    for _ in range(2):
        again.advance(4)
    with torch.no_grad():
        again.losses(held_out)  # the log's measurement draws from the same generator
    again.save(tmp_path / "again" / "checkpoint.pt")
    train(start(), held_out, options(tmp_path / "again", 4))
    files = [
        load_file(tmp_path / name / "compact.safetensors") for name in ("whole", "cut", "again")
    ]
    for key, value in files[0].items():
        assert torch.equal(value, files[1][key]), key
        assert torch.equal(value, files[2][key]), key


def test_the_export_loads_and_predicts_as_the_student_does(start, tmp_path, monkeypatch):
    run = start()
    run.export(tmp_path / "compact.safetensors")
    monkeypatch.setattr("nst.features.compact.COMPACT_FILE", tmp_path / "compact.safetensors")
    from nst import load_features

    network = load_features("compact", "cpu", torch.float32)
    assert set(network.metrics) == set(TAUGHT)
    image = torch.rand(1, 3, SIDE, SIDE)
    with torch.no_grad():
        expected = run.student(image, GRAM_TAUGHT)
        actual = network(image, GRAM_TAUGHT)
    file = load_file(tmp_path / "compact.safetensors")  # loading rotates the metrics
    for layer in GRAM_TAUGHT:
        metric = run.student.metrics()[layer]
        wanted = gram_matrix(expected[layer].float(), metric) * run.scales[layer].unit ** 2
        exported = Metric(*(file[f"metrics.{layer}.{x}"].float() for x in ("weight", "bias")))
        error = (gram_matrix(actual[layer], exported) - wanted).norm()
        assert error < 0.03 * wanted.norm(), layer


def test_the_pool_bends_pictures_towards_their_styles(start):
    run = start()
    run.pool.advance(run.student, 2)
    before = (run.pool.image - run.pool.content).abs().mean()
    for _ in range(4):
        run.pool.advance(run.student, 2)
    assert (run.pool.image - run.pool.content).abs().mean() > before > 0
    assert run.pool.image.min() >= 0 and run.pool.image.max() <= 1


def test_crops_are_pictures_and_repeat_with_the_seed(pictures):
    crops = [
        Crops(load_pictures([pictures]), SIDE, torch.Generator().manual_seed(0)).augmented(6)
        for _ in range(2)
    ]
    assert crops[0].shape == (6, 3, SIDE, SIDE)
    assert crops[0].min() >= 0 and crops[0].max() <= 1
    assert torch.equal(*crops)


def test_half_of_the_crops_get_a_faint_grid_of_two_pixels(pictures):
    crops = Crops(load_pictures([pictures]), SIDE, torch.Generator().manual_seed(0))
    grids = crops.gridded(torch.full((40, 3, SIDE, SIDE), 0.5)) - 0.5
    kinds = [(rows, columns) for rows in (0, 1) for columns in (0, 1)]
    seen = []
    for grid in grids:
        assert grid.abs().max() <= 0.1
        assert torch.equal(grid[:, 2:], grid[:, :-2]) and torch.equal(grid[..., 2:], grid[..., :-2])
        assert grid.mean().abs() < 1e-6
        seen.append(tuple(int(not torch.equal(grid, grid.roll(1, axis))) for axis in (1, 2)))
    assert set(seen) == set(kinds) and 8 <= seen.count((0, 0)) <= 32


def test_pictures_can_be_left_out(pictures):
    assert len(load_pictures([pictures], ["1"])) == 2
    with pytest.raises(FileNotFoundError):
        load_pictures([pictures], ["0", "1", "2"])


def test_the_learning_rate_rises_and_falls_to_nothing():
    rates = [learning_rate(step, 10_000) for step in (0, 50, 500, 5500, 10_000)]
    assert rates == [0.0, 0.5, 1.0, 0.5, 0.0]
