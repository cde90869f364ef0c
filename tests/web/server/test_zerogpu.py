"""ZeroGPU off ZeroGPU: the real decorator and its forked worker; a server plays the lender."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import gradio as gr
import pytest
import spaces

from nst import Settings
from nst.settings import SPECS
from web.runs.refusals import sentences
from web.server import gpu_time
from web.server.gpu_time import work_of
from web.server.zerogpu import WORDS, in_plain_words

ROOT = Path(__file__).parents[3]
VALUES = {name: spec.default for name, spec in SPECS.items()}
VALUES |= {"iterations": 12, "size": 64, "features": "compact"}
START_SECONDS = 90.0
"""What a run is asked for at first: enough on the slowest machine."""
LENT = {"idle": False, "nvidiaIndex": 0, "nvidiaUUID": "none", "allowToken": "token"}


@pytest.fixture
def lender() -> Iterator[SimpleNamespace]:
    """A server in the place of ZeroGPU's: lends a GPU, or answers `refusal`; keeps its calls."""
    state = SimpleNamespace(calls=[], queries={}, asked=[], refusal=None)

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            url = urlparse(self.path)
            state.calls.append(url.path)
            state.queries[url.path] = {k: v[0] for k, v in parse_qs(url.query).items()}
            if url.path == "/schedule":
                state.asked.append(int(state.queries[url.path]["durationSeconds"]))
            refused = url.path == "/schedule" and state.refusal
            body = json.dumps(state.refusal if refused else LENT).encode()
            self.send_response(429 if refused else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        yield state
        server.shutdown()


@pytest.fixture
def run(lender, picture_files, tmp_path):
    """Run the handler in a process that thinks it is on ZeroGPU, and return what came of it."""

    def run_there(how="whole", **changes):
        values = json.dumps(VALUES | changes)
        script = str(Path(__file__).with_name("on_zerogpu.py"))
        environment = os.environ | {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": lender.url,
            "START_SECONDS": str(START_SECONDS),
            "HOME": str(tmp_path),  # where spaces keeps its files
            "NST_VGG19_WEIGHTS": "/nowhere.safetensors",
        }
        result = subprocess.run(
            [sys.executable, script, how, *map(str, picture_files), values],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "RESULT" in result.stdout, result.stdout + result.stderr
        return json.loads(result.stdout.rpartition("RESULT")[2])

    return run_there


def test_a_run_in_a_forked_worker(run, lender, monkeypatch):
    said = run()
    assert said["error"] is None and said["progress"]["done"] and said["yields"] == 13
    assert said["progress"]["features"] == "compact"
    # The main process has no GPU: its networks only pretend to be on one.
    assert said["parent_device"] == "cuda:0" and not said["cuda_in_parent"]
    automatic, vgg19, compact, device = said["beforehand"]
    assert "**compact** on **the GPU** (The file of VGG19's weights" in automatic
    assert "cannot be used" in vgg19 and "**compact** on **the GPU** (asked for)" in compact
    assert device == "cuda:0"
    # The GPU is asked for after the first sign of life, and given back.
    calls = ["/instant", "/first-yield", "/schedule", "/allow", "/release", "/closed"]
    assert lender.calls == calls
    # An instant painting costs a visitor none of it.
    assert said["instant"]["device"] == "cpu"
    work = work_of((96, 64), Settings(iterations=12, size=64), "compact")
    monkeypatch.setattr(gpu_time, "START_SECONDS", START_SECONDS)
    assert lender.asked == [gpu_time.GpuTime().to_ask(work)]
    assert lender.queries["/release"]["fail"] == "false"


def test_two_runs_have_a_gpu_each_and_the_next_asks_for_what_they_took(run, lender):
    said = run("three")
    assert min(said["reached"][:2]) > 0 and said["reached"][2:] == [12, 12]
    assert lender.calls.count("/schedule") == lender.calls.count("/release") == 3
    first, second, third = lender.asked
    assert START_SECONDS < first == second > third
    assert said["progress"]["done"] and said["progress"]["iteration"] == 12


def test_a_run_that_is_stopped_gives_the_gpu_back(run, lender):
    said = run("stop", iterations=2000, size=256)
    assert said["yields"] == 4 and said["progress"]["iteration"] < 1000
    assert lender.calls[-2:] == ["/release", "/closed"]


def test_a_sentence_comes_back_from_the_worker(run):
    said = run(features="vgg19")
    assert said["error"]["message"].startswith("The file of VGG19's weights cannot be used")


def test_a_quota_that_is_used_up_is_said_in_plain_words(run, lender):
    lender.refusal = {"left": 3, "wait": 7200}
    said = run()
    assert said["yields"] == 1 and lender.calls == [
        "/instant",
        "/first-yield",
        "/schedule",
        "/closed",
    ]
    assert said["error"]["title"] == "ZeroGPU quota exceeded"
    assert said["error"]["message"].endswith(
        "A smaller size or fewer iterations need less GPU time."
    )


def test_every_error_of_zerogpu_has_its_words():
    sources = (Path(spaces.__file__).parent / "zero").glob("*.py")
    raised = {
        title
        for source in sources
        for title in re.findall(r'\berror\(\s*"([^"]+)"', source.read_text())
    }
    assert raised == set(WORDS)


def test_the_words_keep_what_zerogpu_says_of_the_quota():
    message = "You have exceeded your free ZeroGPU quota (60s requested vs. 3s left). "
    with pytest.raises(gr.Error) as caught, sentences():
        raise gr.Error(message, title="ZeroGPU quota exceeded")
    assert caught.value.message == (
        "You have exceeded your free ZeroGPU quota (60s requested vs. 3s left). "
        "A smaller size or fewer iterations need less GPU time."
    )
    assert not caught.value.print_exception
    own = gr.Error("Our own sentence.")
    assert in_plain_words(own) is own
