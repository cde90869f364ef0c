"""The repository is a Space that Hugging Face can build and start."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from huggingface_hub import SpaceCard, SpaceCardData

ROOT = Path(__file__).parents[2]
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
KEYS = {
    *("title", "emoji", "colorFrom", "colorTo", "short_description", "license", "tags", "pinned"),
    *("sdk", "sdk_version", "python_version", "app_file", "models", "datasets", "thumbnail"),
    *("preload_from_hub", "startup_duration_timeout", "suggested_hardware", "header", "fullWidth"),
}
"""Of huggingface.co/docs/hub/spaces-config-reference, those that fit a Gradio Space."""

WATCHED = """
import json, os, sys
written, connected = [], []
MAKES = {"os.mkdir": 0, "os.remove": 0, "os.rename": 1, "os.symlink": 1}  # where its path is

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        if (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(os.path.abspath(os.fsdecode(arguments[0])))
    elif event in MAKES:
        written.append(os.path.abspath(os.fsdecode(arguments[MAKES[event]])))
    elif event in ("socket.connect", "socket.getaddrinfo"):
        connected.append(str(arguments[1:]))

sys.addaudithook(watch)
import app
app.build(app.Server())
import torch
print(json.dumps([written, connected, torch.cuda.is_initialized()]))
"""


def pins() -> dict[str, str]:
    """Package -> version, as the Space installs them; extras are left out of the names."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    pairs = (line.split("==") for line in wanted)
    return {name.partition("[")[0]: version for name, version in pairs}


@pytest.fixture
def card() -> SpaceCardData:
    return SpaceCard.load(ROOT / "README.md").data


def test_the_front_matter_is_a_spaces(card):
    values = card.to_dict()
    assert set(values) <= KEYS
    assert card.sdk == "gradio" and card.sdk_version == pins()["gradio"]
    assert values["python_version"].startswith("3.12.")
    assert (ROOT / card.app_file).is_file()
    assert {values["colorFrom"], values["colorTo"]} <= COLOURS
    assert len(values["short_description"]) <= 60 and not values["emoji"].isascii()
    assert card.license == "mit" and "MIT" in (ROOT / "LICENSE").read_text()


def test_what_is_preloaded_is_what_is_used(card):
    from nst.features.vgg19 import VGG19_FILE, VGG19_REPOSITORY

    assert card.models == [VGG19_REPOSITORY]
    assert card.to_dict()["preload_from_hub"] == [f"{VGG19_REPOSITORY} {VGG19_FILE}"]


def test_the_files_are_small_enough_for_a_repository_without_lfs():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    sizes = {name: (ROOT / name).stat().st_size for name in listed.stdout.split("\0") if name}
    assert len(sizes) > 50 and max(sizes.values()) < 10_000_000


@pytest.mark.registry
def test_the_requirements_resolve_for_the_spaces_python(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1"]
    asked = subprocess.run([*pip, "index", "versions", "gradio"], capture_output=True, text=True)
    if asked.returncode:
        pytest.skip("the package registry cannot be reached")
    target = ["--python-version", "3.12", "--only-binary", ":all:", "--target", str(tmp_path)]
    # Debian 12, which Spaces run on, has glibc 2.36; pip wants every tag by its name.
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in range(5, 37)]
    platforms.append("--platform=manylinux2014_x86_64")
    wanted = ["--dry-run", "--quiet", "-r", str(ROOT / "requirements.txt")]
    resolved = subprocess.run(
        [*pip, "install", *wanted, *target, *platforms],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert resolved.returncode == 0, resolved.stderr


def test_the_app_imports_without_network_gpu_or_files_of_its_own(tmp_path):
    environment = os.environ | {
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio counts its users, in threads of its own
    }
    result = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    written, connected, on_gpu = json.loads(result.stdout.splitlines()[-1])
    elsewhere = [
        path for path in written if not path.startswith((str(tmp_path), "/dev/", "/proc/"))
    ]
    assert (elsewhere, connected, on_gpu) == ([], [], False)


def test_what_is_pinned_is_what_is_tested_and_goes_together():
    """Every requirement names one version, which is installed here, and no two packages differ."""
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            if line and not line.startswith(("#", "-r")):
                name, version = line.split("==")
                installed = metadata.version(name.partition("[")[0])
                assert installed.partition("+")[0] == version, name
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    checked = subprocess.run(pip, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
