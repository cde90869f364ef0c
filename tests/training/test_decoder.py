"""The trainer of the decoder, end to end on toy data."""

import pytest
import torch

from nst.instant import decoder
from nst.instant.arbitrary import load_arbitrary
from nst.instant.decoder import Decoder
from nst.instant.transport import LAYERS, PIXELS
from training.common.crops import load_pictures
from training.decoder import scenes
from training.decoder.learn import Training, sheet, train
from training.instant.learn import load_picture

SIDE = 32


@pytest.fixture
def start(monkeypatch, folder):
    """Begin a small run; each call an equal one."""
    monkeypatch.setattr(decoder, "WIDTHS", (4, 8, 8, 8))
    monkeypatch.setattr(scenes, "SIDE", SIDE)

    def begin(steps: int = 4) -> Training:
        torch.manual_seed(0)
        styles = [load_picture(path) for path in sorted(folder.iterdir())]
        return Training(Decoder(), styles, load_pictures([folder]), steps)

    return begin


def test_training_lowers_the_loss(start):
    training = start(60)
    losses = [training.advance() for _ in range(60)]
    totals = [float(sum(loss.values())) for loss in losses]
    assert sum(totals[-10:]) < 0.8 * sum(totals[:10])


def test_a_run_goes_on_where_it_stopped(start, tmp_path):
    whole, first, second = start(), start(), start()
    (tmp_path / "whole").mkdir()
    train(whole, tmp_path / "whole", 2, [[], []])
    for _ in range(2):
        first.advance()
    first.save(tmp_path / "checkpoint.pt")
    train(second, tmp_path, 1, [[], []])
    for key, value in whole.decoder.state_dict().items():
        assert torch.equal(value, second.decoder.state_dict()[key]), key


def test_what_is_trained_paints(start, tmp_path, content, style):
    train(start(), tmp_path, 4, [[content], [style, content]])
    assert len(list(tmp_path.glob("*.jpg"))) == 1
    painted = sheet(
        load_arbitrary("cpu", path=tmp_path / "decoder.safetensors"), [content], [style]
    )
    assert painted.size[0] == painted.size[1]


def test_a_scene_has_an_aim_for_each_group_and_size(start):
    scene = start().scenes.draw()
    assert [len(p) for p in scene.photographs] == [scenes.BATCH] * 2
    assert [p.shape[3] for p in scene.photographs] == [SIDE, SIDE // 2]
    assert len(scene.aims) == len(scene.starts) == scenes.BATCH // scenes.GROUP
    for of_group in scene.aims:
        assert [set(aim) for aim in of_group] == [{*LAYERS, PIXELS}] * 2
    assert (scene.starts >= scenes.LEAST_START).all()
