"""ZeroGPU off ZeroGPU: the real decorator and its forked worker; a server plays the lender."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import gradio as gr
import pytest
import spaces

from nst import Settings
from nst.settings import SPECS
from tests.conftest import waves
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
USED_UP = {"left": 3, "wait": 7200}


@contextmanager
def lender() -> Iterator[SimpleNamespace]:
    """A server in the place of ZeroGPU's: lends a GPU, at last refuses; keeps its calls by part."""
    state = SimpleNamespace(calls={"": []}, queries={}, asked=[])

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            url = urlparse(self.path)
            part = list(state.calls)[-1]
            if url.path.startswith("/begin-"):
                state.calls[url.path.removeprefix("/begin-")] = []
            else:
                state.calls[part].append(url.path)
            state.queries[part, url.path] = {k: v[0] for k, v in parse_qs(url.query).items()}
            if url.path == "/schedule":
                state.asked.append(int(state.queries[part, url.path]["durationSeconds"]))
            refused = url.path == "/schedule" and part == "refused"
            body = json.dumps(USED_UP if refused else LENT).encode()
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


@pytest.fixture(scope="module")
def lent(tmp_path_factory):
    """What the lender has seen of the handler in a process that thinks it is on ZeroGPU, with
    `said`, what came of each part."""
    folder = tmp_path_factory.mktemp("zerogpu")
    files = []
    for name, frequency in (("content", 3), ("style", 20)):
        files.append(folder / f"{name}.png")
        waves(96, 64, frequency, (1.0, 0.2, 0.6)).save(files[-1])
    with lender() as state:
        environment = os.environ | {
            "SPACES_ZERO_GPU": "true",
            "SPACES_ZERO_DEVICE_API_URL": state.url,
            "START_SECONDS": str(START_SECONDS),
            "HOME": str(folder),  # where spaces keeps its files
            "NST_VGG19_WEIGHTS": "/nowhere.safetensors",
        }
        script = str(Path(__file__).with_name("on_zerogpu.py"))
        result = subprocess.run(
            [sys.executable, script, *map(str, files), json.dumps(VALUES)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert "RESULT" in result.stdout, result.stdout + result.stderr
        state.said = json.loads(result.stdout.rpartition("RESULT")[2])
        yield state


def test_before_a_run_nothing_is_asked_for(lent):
    # The main process has no GPU: its networks only pretend to be on one.
    assert lent.said["parent_device"] == "cuda:0" and not lent.said["cuda_in_parent"]
    automatic, vgg19, compact, device = lent.said["beforehand"]
    assert "**compact** on **the GPU** (The file of VGG19's weights" in automatic
    assert "cannot be used" in vgg19 and "**compact** on **the GPU** (asked for)" in compact
    assert device == "cuda:0"
    # An instant painting costs a visitor none of it.
    assert lent.said["instant"]["device"] == "cpu" and lent.calls[""] == []


def test_a_run_in_a_forked_worker(lent):
    said = lent.said["whole"]
    assert said["error"] is None and said["progress"]["done"] and said["yields"] == 13
    assert said["progress"]["features"] == "compact"
    # The GPU is asked for after the first sign of life, and given back.
    calls = ["/first-yield", "/schedule", "/allow", "/release", "/closed"]
    assert lent.calls["whole"] == calls
    assert lent.queries["whole", "/release"]["fail"] == "false"


def test_two_runs_have_a_gpu_each_and_the_next_asks_for_what_they_took(lent, monkeypatch):
    reached = lent.said["reached"]
    assert min(reached[:2]) > 0 and reached[2:] == [12, 12]
    calls = lent.calls["two"]
    assert calls.count("/schedule") == calls.count("/release") == 2
    work = work_of((96, 64), Settings(iterations=12, size=64), "compact")
    monkeypatch.setattr(gpu_time, "START_SECONDS", START_SECONDS)
    first, second, third, *_ = lent.asked
    assert START_SECONDS < gpu_time.GpuTime().to_ask(work) == first == second > third


def test_a_run_that_is_stopped_gives_the_gpu_back(lent):
    said = lent.said["left"]
    assert said["yields"] == 4 and said["progress"]["iteration"] < 1000
    assert lent.calls["left"][-2:] == ["/release", "/closed"]


def test_a_sentence_comes_back_from_the_worker(lent):
    message = lent.said["sentence"]["error"]["message"]
    assert message.startswith("The file of VGG19's weights cannot be used")


def test_a_quota_that_is_used_up_is_said_in_plain_words(lent):
    said = lent.said["refused"]
    assert said["yields"] == 1
    assert lent.calls["refused"] == ["/first-yield", "/schedule", "/closed"]
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
