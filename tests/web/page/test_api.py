"""The API's description: complete, and the same from one version to the next."""

import json
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

import app
from nst import Settings, recipe
from nst.instant.names import instant_styles
from nst.presets import PRESETS, preset
from nst.settings import FEATURES, INSTANT_SPECS, OWN_STYLE, SPECS
from nst.specs import Range
from tests.served import SERVICES
from web.runs.instant_run import api_name
from web.server import gpu_time, zerogpu
from web.server.gpu_time import GpuTime

HELD = Path(__file__).parents[2] / "api.json"
RENEW = "python -m tests.web.page.test_api"


def endpoints() -> dict[str, Any]:
    """What Gradio tells programs of the public endpoints: the page /gradio_api/info."""
    return app.build(app.Server()).get_api_info()["named_endpoints"]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return endpoints()


def test_the_description_is_the_committed_one(described):
    """Programs rely on it: a difference is either a mistake or a change to tell them of."""
    assert described == json.loads(HELD.read_text()), f"If the change is meant, run: {RENEW}"


@pytest.mark.parametrize(
    ("endpoint", "pictures", "specs"),
    [
        ("/stylize", ["content", "style"], {**SPECS, "features": FEATURES}),
        ("/instant", ["content"], {api_name(k): spec for k, spec in INSTANT_SPECS.items()}),
    ],
)
def test_every_setting_is_a_parameter_with_its_help_and_range(described, endpoint, pictures, specs):
    parameters = {p["parameter_name"]: p for p in described[endpoint]["parameters"]}
    assert list(parameters)[: len(pictures)] == pictures
    assert [name for name in parameters if name in specs] == list(specs)
    for name, spec in specs.items():
        parameter = parameters[name]
        assert parameter["parameter_default"] == spec.default
        text = parameter["python_type"]["description"]
        assert spec.help in text and parameter["type"]["description"] == text
        if isinstance(spec, Range):
            assert f"{spec.minimum:.12g} to {spec.maximum:.12g}" in text
            schema = parameter["type"]
            assert (schema["minimum"], schema["maximum"]) == (spec.minimum, spec.maximum)
            assert schema["type"] == ("integer" if isinstance(spec.default, int) else "number")
        else:
            assert parameter["type"]["enum"] == list(spec.choices)


@pytest.mark.parametrize(
    ("endpoint", "pictures"), [("/stylize", ("content", "style")), ("/instant", ("content",))]
)
def test_only_the_pictures_are_required(described, endpoint, pictures):
    for parameter in described[endpoint]["parameters"]:
        required = parameter["parameter_name"] in pictures
        assert parameter["parameter_has_default"] is not required, parameter["parameter_name"]


def test_everything_has_a_description(described):
    for name, endpoint in described.items():
        assert endpoint["description"], name
        for part in [*endpoint["parameters"], *endpoint["returns"]]:
            assert part["python_type"]["description"], (name, part["label"])


def test_info_is_json_and_says_what_the_settings_say():
    told = json.loads(json.dumps(SERVICES.programs.info(), allow_nan=False))
    assert told["version"] == recipe.VERSION
    assert told["features"] in FEATURES.choices and told["device"]
    assert list(told["settings"]) == [*SPECS, "features"]
    assert told["settings"]["size"] == {
        "type": "int",
        "label": "Size",
        "help": SPECS["size"].help,
        "default": 512,
        "minimum": 64,
        "maximum": 8192,
        "step": 1,
    }
    assert told["settings"]["init"]["choices"] == list(SPECS["init"].choices)
    for name in PRESETS:
        assert told["presets"][name].items() <= preset(name).items()
    assert list(told["instant"]) == list(map(api_name, INSTANT_SPECS))
    assert told["instant"]["style_name"]["choices"] == [*instant_styles(), OWN_STYLE]
    assert told["instant"]["size"]["maximum"] == 4096
    assert told["limits"]["megapixels"] == 68


def test_an_estimate_is_what_the_machine_is_measured_to_take():
    values = {name: spec.default for name, spec in SPECS.items()} | {"features": "compact"}
    short, long = (
        SERVICES.programs.estimate_run(640, 480, **values | {"iterations": n, "size": 128})
        for n in (10, 1000)
    )
    assert 0 < 20 * short["seconds"] < long["seconds"]
    assert min(short["bytes"], long["bytes"]) > 10**6
    assert short["features"] == "compact" and short["device"] == "cpu"
    with pytest.raises(gr.Error, match="width must be a whole number from 8 to"):
        SERVICES.programs.estimate_run(float("nan"), 480, **values)


def test_on_zerogpu_an_estimate_is_what_would_be_asked_for(monkeypatch):
    """The main process has no GPU to measure."""
    monkeypatch.setattr(zerogpu, "HERE", True)
    monkeypatch.setattr(zerogpu, "quota_factor", lambda: 1.5)
    monkeypatch.delattr("web.server.costs.estimate")
    values = {name: spec.default for name, spec in SPECS.items()} | {"features": "compact"}
    told = SERVICES.programs.estimate_run(640, 480, **values)
    work = gpu_time.work_of((640, 480), Settings(), "compact")
    assert told["seconds"] == 1.5 * GpuTime().to_ask(work)


if __name__ == "__main__":
    HELD.write_text(json.dumps(endpoints(), indent=1) + "\n")
