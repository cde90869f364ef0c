"""What strangers send, through a real server: a picture or one sentence, and the server lives."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nst.instant.names import instant_styles
from nst.settings import FEATURES, INSTANT_SPECS, SPECS
from nst.specs import Choice
from tests.corpus import FILES, OTHERS, SENTENCES, encoded, made, picture
from tests.served import SERVICES, stylize_pictures
from web.runs.instant_run import api_name
from web.runs.programs import HEIGHT, WIDTH

AS_JSON = {"Content-Type": "application/json"}
QUICK = {"iterations": 1, "size": 64, "features": "compact"}
NUMBERS = (float("nan"), float("inf"), -float("inf"), 1e308, -1, 10**400)
NONSENSE = (*NUMBERS, None, True, "", "many", "א\0", [], [1], {}, {"a": 1})
PICTURES_SENT = ("progressive", "gps", "16-bit rgba", "animated gif", "exif loop", "cmyk jpeg")
TYPICAL = ("html", "half png", "pixel bomb", "nothing", "slow bmp", "nan")


@pytest.fixture(scope="module")
def server(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=60) as client:
        yield client


@pytest.fixture
def good(server):
    return upload(server, encoded(picture(), "PNG"))


def file(path: object) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def upload(server: httpx.Client, data: bytes, name: str = "photo.png") -> dict[str, object]:
    answer = server.post("/upload", files={"files": (name, data)})
    assert answer.status_code == 200, answer.text
    return file(answer.json()[0])


def call(server: httpx.Client, endpoint: str, **values: object) -> tuple[str, object]:
    """The last event of a call, "complete" or "error", and its data."""
    # httpx's own encoder refuses NaN, which strangers do not.
    answer = server.post(f"/call/v2/{endpoint}", content=json.dumps(values), headers=AS_JSON)
    if answer.status_code != 200:
        assert answer.status_code < 500
        return "error", answer.json()
    kind = ""
    with server.stream("GET", f"/call/{endpoint}/{answer.json()['event_id']}") as events:
        for line in events.iter_lines():
            key, _, value = line.partition(": ")
            kind = value if key == "event" else kind
            if key == "data" and kind in ("complete", "error"):
                return kind, json.loads(value)
    raise AssertionError("the stream ended without an answer")


def sentence(answer: tuple[str, object]) -> str:
    """The one plain sentence of an answer that has to be one."""
    kind, data = answer
    assert kind == "error", answer
    text = data["error"]
    assert isinstance(text, str) and text.endswith(".") and "\n" not in text
    assert len(text.replace(", ".join(instant_styles()), "")) < 250  # beside the names to choose
    assert "Traceback" not in text and "/tmp" not in text
    return text


def paint(server: httpx.Client, **values: object) -> tuple[str, object]:
    return call(server, "stylize", **{**QUICK, **values})


@pytest.mark.parametrize("what", ["content", "style"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_picture_is_one_sentence(server, good, name, what):
    sent = {"content": good, "style": good, what: upload(server, made(name))}
    text = sentence(paint(server, **sent))
    # Gradio does not keep an empty upload.
    assert text.startswith(f"The {what} image ") and SENTENCES[FILES[name][0]] in text


@pytest.mark.parametrize("what", ["style_2", "mask", "style_mask", "start"])
@pytest.mark.parametrize("name", TYPICAL)
def test_so_it_is_wherever_a_picture_can_be(server, good, name, what):
    sent = {"content": good, "style": good, what: upload(server, made(name)), "init": "image"}
    assert SENTENCES[FILES[name][0]] in sentence(paint(server, **sent))


@pytest.mark.parametrize("name", PICTURES_SENT)
def test_an_odd_picture_is_painted(server, good, name):
    odd = upload(server, made(name))
    for sent in ({"content": odd, "style": good}, {"content": good, "style": odd}):
        kind, (result, progress) = paint(server, **sent)
        assert kind == "complete" and progress["done"]
    data = server.get(result["url"]).content
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG" and not image.getexif()
        assert set(image.info) <= {"Software", "Features", "Recipe", "dpi"}
    assert b"SecretCamera" not in data


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/passwd", "../../etc/passwd", "/proc/self/environ", "app.py", "/dev/zero", "/tmp"),
        *("", ".", "a\0b", "x" * 5000, "file:///etc/passwd", "gopher://example.com/x"),
        *("http://127.0.0.1/x", "http://localhost/x", "http://[::1]/x", "http://10.0.0.1/x"),
        *("http://100.64.0.1/x", "http://169.254.169.254/x", "http://[2002:7f00:1::]/x"),
        *("http://[::ffff:127.0.0.1]/x", "http://0/x", "http://2130706433/x", "https://x:22/x"),
        *(None, 7, ["/etc/passwd"], {"path": "/etc/passwd"}),
    ],
)
def test_no_path_or_private_address_of_a_caller_is_opened(server, good, path):
    text = sentence(paint(server, content=file(path), style=good))
    assert "root:" not in text
    if isinstance(path, str) and path.startswith("http://"):
        assert text.startswith("The picture's web address cannot be used")


@pytest.mark.parametrize(
    "value", ["/etc/passwd", 7, True, [1], {"a": 1}, {"path": "/etc/passwd"}, None, {"url": "x"}]
)
def test_what_is_no_file_is_one_sentence(server, good, value):
    sentence(paint(server, content=value, style=good))


@pytest.mark.parametrize("name", [api_name(field) for field in INSTANT_SPECS])
def test_every_parameter_of_an_instant_painting_is_refused_too(server, good, name):
    text = sentence(call(server, "instant", content=good, **{name: float("nan")}))
    assert text.startswith(f"{name} must be")


@pytest.mark.parametrize("name", TYPICAL)
def test_so_is_every_file_that_is_no_picture(server, name):
    sent = upload(server, made(name))
    assert SENTENCES[FILES[name][0]] in sentence(call(server, "instant", content=sent, size=64))


@pytest.mark.parametrize("name", [*SPECS, "features"])
def test_every_parameter_is_refused_over_the_wire(server, good, name):
    values = {**QUICK, name: [float("nan"), {}] if name in ("init", "color") else float("nan")}
    text = sentence(call(server, "stylize", content=good, style=good, **values))
    assert text.startswith(f"{name} must be")
    assert sentence(call(server, "estimate", **values)) == text


@pytest.mark.parametrize("value", NONSENSE, ids=repr)
def test_every_kind_of_nonsense_is_refused_over_the_wire(server, value):
    assert sentence(call(server, "estimate", width=value)).startswith("width must be a whole")
    for endpoint in ("stylize", "instant", "estimate", "info"):
        sentence(call(server, endpoint, unheard_of=value))


def test_missing_parameters_have_their_defaults(server, good):
    assert paint(server, content=good, style=good)[0] == "complete"
    assert call(server, "estimate")[0] == "complete"
    assert call(server, "info")[0] == "complete"
    sentence(call(server, "stylize"))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *((f"/call/{name}", "{") for name in ("info", "nothing")),
        *((f"/call/v2/{name}", "{}") for name in ("nothing", "stylize", "../x", "%00")),
        ("/call/info", '{"data": [1, 2]}'),
        ("/queue/join", '{"data": [], "session_hash": "a", "fn_index": 9999}'),
        ("/queue/join", '{"data": [], "session_hash": "a", "fn_index": -1}'),
        ("/queue/join", '{"data": {}, "session_hash": [], "fn_index": {}}'),
        ("/queue/join", "[" * 100_000),
        ("/run/nothing", '{"data": []}'),
        ("/run/stylize", '{"data": []}'),
        ("/api/estimate", '{"data": [1]}'),
        ("/component_server", '{"component_id": 9999, "fn_name": "x", "data": 1}'),
        ("/component_server", "[]"),
        ("/cancel", '{"session_hash": "a", "fn_index": 1, "event_id": "z"}'),
        ("/process_recording", "x"),
        ("/upload", "x"),
    ],
)
def test_malformed_requests_get_an_answer_that_is_no_failure(server, path, body):
    answer = server.post(path, content=body, headers=AS_JSON)
    assert answer.status_code < 500 and answer.text
    assert "Traceback" not in answer.text


def test_requests_of_random_json_are_no_failure(server):
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    values = st.recursive(
        scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
    names = st.sampled_from(["data", "fn_index", "session_hash", "content", "size", "component_id"])
    asked = "call/v2/stylize call/v2/estimate call/info queue/join run/info cancel reset"
    paths = st.sampled_from(asked.split()).map("/{}".format)

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(paths, st.dictionaries(names, values))
    def ask(path, body):
        answer = server.post(path, content=json.dumps(body), headers=AS_JSON)
        # 503 is the full queue: nobody waits for the answers here.
        assert answer.status_code < 500 or answer.status_code == 503

    ask()


@pytest.mark.parametrize(
    "path",
    [
        *("/file=http://example.com/", "/file=https://example.com/", "/proxy=http://example.com/"),
        *("/deep_link?session_hash=a", "/stream/a/b/1/playlist.m3u8"),
    ],
)
def test_what_is_not_needed_is_not_there(server, path):
    assert server.get(path).status_code == 404
    assert httpx.get(str(server.base_url).replace("/gradio_api/", "/monitoring")).status_code == 404


def test_files_of_others_are_not_to_be_guessed(server, good):
    """A file's folder is a hash that nobody knows without a secret of the server."""
    path = Path(good["path"])
    assert re.fullmatch("[0-9a-f]{64}", path.parent.name)
    for guess in (path.parent, path.parent.parent, path.with_name("other.png"), "/etc/passwd"):
        assert server.get(f"/file={guess}").status_code == 403
    for guess in (path.parents[2] / ".lock", path.parents[2]):
        assert server.get(f"/file={guess}").status_code == 403


def test_nothing_of_this_is_in_the_log(server, server_log, good):
    assert paint(server, content=good, style=good)[0] == "complete"
    assert "Traceback" not in server_log.read_text()


# In process: many more of them


@pytest.mark.parametrize("name", [*SPECS, "features", "width", "height"])
def test_every_parameter_refuses_all_nonsense_before_any_work(name, monkeypatch):
    import gradio as gr

    monkeypatch.delattr("web.runs.files.open_image")
    monkeypatch.delattr("web.server.networks.Networks.get")
    spec = {**SPECS, "features": FEATURES, "width": WIDTH, "height": HEIGHT}[name]
    far = [] if isinstance(spec, Choice) else [spec.minimum - 1, spec.maximum + 1]
    sizes = {"width": 64, "height": 64}
    for value in (*NONSENSE, *far):
        values = {**{n: s.default for n, s in SPECS.items()}, "features": "compact", name: value}
        with pytest.raises(gr.Error, match=rf"^['\"]{name} must be"):
            SERVICES.programs.estimate_run(**{**sizes, **values})
        if name in sizes:
            continue
        with pytest.raises(gr.Error, match=rf"^['\"]{name} must be"):
            next(stylize_pictures(None, None, **values))


def test_two_thousand_random_requests_give_a_sentence(monkeypatch):
    import gradio as gr

    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(), scalars)
    paths = st.none() | st.text() | st.sampled_from(["/etc/passwd", "/dev/zero", ".", "\0"])
    fitting = {
        n: st.just(s.default) | values | st.floats(0, 10) | st.integers(0, 3000)
        for n, s in SPECS.items()
    }
    others = {"features": st.just("compact") | values, "resume": st.just("") | values}

    @settings(
        max_examples=2000,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(paths, paths, st.fixed_dictionaries({}, optional={**fitting, **others}))
    def ask(content, style, sent):
        with pytest.raises(gr.Error) as caught:
            next(stylize_pictures(content, style, **sent))
        text = caught.value.message
        assert text.endswith((".", ")")) and len(text) < 250 and "wrong on the server" not in text

    ask()
