"""What CONTRIBUTING.md says of adding things, done to a copy of the project and looked at.

A style statistic is added in `tests/nst/loss/test_statistics.py`, an instant style in
`tests/training/test_instant.py`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
CONTROL = """    warmth: float = _setting(
        Range(label="Warmth", help="How warm.", default=0.0, minimum=-1.0, maximum=1.0, step=0.1)
    )

    def __post_init__("""
NETWORK = """from torch import nn
from nst.features.network import Convolution, FeatureNetwork

def load():
    table = Convolution(8, "relu1_1"), Convolution(8, "relu2_1", pool=True)
    network = FeatureNetwork("toy", table)
    for convolution in network.convolutions:
        nn.init.kaiming_normal_(convolution.weight)
    return network
"""
ADDED = {
    "nst/settings.py": {
        "    def __post_init__(": CONTROL,
        '"compact": "nst.features.compact:load"': '"compact": "nst.features.compact:load", '
        '"toy": "nst.features.toy:load"',
    },
    "nst/pictures/reading.py": {'FORMATS = ("JPEG", ': 'FORMATS = ("JPEG", "TGA", '},
}
"""Files -> what is replaced in them, the first time that it is there."""
LOOK = """
import json, sys
import app
from nst import InputError, Settings, load_features, recipe, stylize
from nst.__main__ import main
from nst.costs.memory import run_bytes
from nst.pictures.reading import open_image
from web.page import recall

said, picture = {}, sys.argv[1]
try:
    Settings(warmth=2)
except InputError as error:
    said["refused"] = str(error)
toy = load_features("toy")
settings = Settings(warmth=0.5, size=64, iterations=3)
*_, last = stylize(open_image(picture), open_image(picture), settings, features=toy)
said["painted"] = last.image.size
said["bytes"] = run_bytes((64, 64), settings, toy)
said["recipe"] = recipe.of_run(settings, toy, 0).text()
said["again"] = main([picture, picture, "-o", "x.png", "--features", "toy", "--size", "64",
                      "--iterations", "2", "--warmth", "-0.5"])
said["read"] = recipe.read("x.png").settings.warmth
page = app.build(app.Server())
endpoint = page.get_api_info()["named_endpoints"]["/stylize"]
said["parameters"] = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
said["labels"] = [block.label for block in page.blocks.values() if hasattr(block, "label")]
said["link"] = recall.of_link({"warmth": "0.25"})["warmth"]
print("SAID", json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict:
    """What the changed copy says of itself."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("nst", "web"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "examples").symlink_to(ROOT / "examples")
    (copy / "nst/features/toy.py").write_text(NETWORK)
    for name, changes in ADDED.items():
        text = (copy / name).read_text()
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new, 1)
        (copy / name).write_text(text)
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(copy / "picture.tga")
    result = subprocess.run(
        [sys.executable, "-c", LOOK, "picture.tga"],
        cwd=copy,
        env=os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"},
        capture_output=True,
        text=True,
    )
    assert "SAID" in result.stdout, result.stderr
    return json.loads(result.stdout.partition("SAID")[2])


def test_a_control_is_one_field(said):
    assert said["refused"].startswith("warmth must be a number from -1 to 1, not 2")
    assert "warmth" in said["parameters"] and "Warmth" in said["labels"]
    assert said["again"] == 0 and said["read"] == -0.5 and said["link"] == 0.25
    assert json.loads(said["recipe"])["settings"]["warmth"] == 0.5


def test_a_feature_network_is_a_table_and_a_line(said):
    assert said["painted"] == [64, 48] and said["bytes"] > 0
    assert '"toy"' in said["recipe"]


def test_a_picture_format_is_its_name(said):
    assert said["painted"] == [64, 48]  # of a Targa file
