import json
import subprocess
import sys

from nst.machine.torch_import import put_shapes_off
from tests.conftest import ROOT

PAINTED = """
import hashlib, json, sys
from PIL import Image
from nst.machine.torch_import import SHAPES, put_shapes_off
if sys.argv[1] == "later":
    put_shapes_off()
from nst import Settings, load_features, stylize
from nst.instant import painting
from nst.settings import OWN_STYLE, InstantSettings

cat = Image.open("examples/content/cat.jpg").reduce(8)
features, made = load_features("compact"), []
for loss in ("wasserstein", "gram"):
    settings = Settings(size=64, iterations=11, style_loss=loss, color="matched")
    *_, step = stylize(cat, cat.rotate(90), settings, features=features)
    made.append(step.image)
own = InstantSettings(style=OWN_STYLE, size=64)
made += [painting.paint(cat, own, style=cat), painting.paint(cat, InstantSettings(style="mosaic"))]
hashes = [hashlib.sha256(image.tobytes()).hexdigest() for image in made]
loaded = "torch._refs" in sys.modules
import torch
there = callable(getattr(torch._meta_registrations, "register_meta", None))
shape = torch.empty(2, 3, device="meta").sum(1).shape
print(json.dumps([hashes, loaded, there, shape, "torch._refs" in sys.modules]))
"""


def test_the_same_is_painted_without_and_who_asks_gets_it():
    at_once, later = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", PAINTED, when], cwd=ROOT, capture_output=True, check=True
            ).stdout
        )
        for when in ("at once", "later")
    )
    assert at_once == [at_once[0], True, True, [2], True]
    assert later == [at_once[0], False, True, [2], True]


def test_torch_that_is_loaded_stays_as_it_is():
    import torch

    module = sys.modules["torch._meta_registrations"]
    put_shapes_off()
    assert sys.modules["torch._meta_registrations"] is module and torch is sys.modules["torch"]
