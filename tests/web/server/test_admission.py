"""The door before the queue and the server, most of it through a real server."""

import asyncio
import contextlib
import itertools
import json
import secrets
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from gradio.queueing import Event

from benchmarks.server.visitors import API, Endpoint, Visitor
from web.server import limits
from web.server.admission import PAINTING, limit, tidy
from web.server.limits import ADDRESS_PLACES, BODY_BYTES, FRAMES, PLACES, QUEUE_LENGTH

QUICK = {"iterations": 4, "size": 64, "features": "compact"}
LONG = {"iterations": 2000, "size": 512, "features": "compact"}
PROMPT = 2.0
"""Seconds in which a place must be free again."""


@pytest.fixture(scope="module")
def endpoint(url):
    return Endpoint(url, "stylize")


@pytest.fixture
def arrive(url, endpoint, picture_files):
    """A visitor who has sent two pictures."""
    visitors = []

    def arrived(address=None):
        visitor = Visitor(url, endpoint, address)
        visitors.append(visitor)
        names = ("content", "style")
        files = zip(names, picture_files, strict=True)
        visitor.pictures = {name: visitor.upload(path) for name, path in files}
        return visitor

    yield arrived
    for visitor in visitors:
        visitor.http.close()


def begun(visitor, values=LONG):
    """Start a run, and read its messages until it paints; the name, and the rest of messages."""
    event, messages = visitor.start(visitor.pictures | values), visitor.messages()
    generating = (m for m in messages if m["msg"] == "process_generating")
    for _ in range(3):
        next(generating)
    return event, messages


def pictures_in(folder):
    """The folders that runs have in that of the server."""
    assert list(folder.glob("nst-server-*"))
    return list(folder.glob("nst-server-*/nst-*"))


def refusal(visitor, event):
    """The sentence with which a run is refused at once: what waits is not waited for."""
    answer = next(m for m in visitor.messages() if m.get("event_id") == event)
    assert answer["msg"] == "process_completed", answer
    return answer["output"]["error"]


def until_done(visitor, values=QUICK):
    """Seconds until a short run of this visitor has begun."""
    started = time.monotonic()
    said, first = visitor.outcome(visitor.start(visitor.pictures | values))
    assert said == "done"
    return first - started


def test_a_visitor_has_two_places(arrive):
    visitor, other = arrive(), arrive()
    event, messages = begun(visitor)
    second = visitor.start(visitor.pictures | QUICK)
    third = visitor.start(visitor.pictures | QUICK)
    answer = next(m for m in messages if m.get("event_id") == third)
    assert answer["output"]["error"].startswith("You have 2 runs in the queue")
    fourth = other.start(other.pictures | QUICK)
    visitor.cancel(event)
    assert visitor.outcome(second, messages)[0] == "done"
    assert other.outcome(fourth)[0] == "done"


def test_instant_paintings_have_places_of_their_own(url, arrive, picture_files):
    runs, instants = arrive(), Visitor(url, Endpoint(url, "instant"))
    event, _stream = begun(runs)
    content = instants.upload(picture_files[0])
    # Large enough for the third to come while the first is painted.
    events = [instants.start({"content": content, "size": 1024}) for _ in range(PLACES + 1)]
    messages = instants.messages()
    answer = next(m for m in messages if m.get("event_id") == events[-1])
    assert answer["output"]["error"].startswith("You have 2 runs in the queue")
    assert instants.outcome(events[1], messages)[0] == "done"
    runs.cancel(event)
    instants.http.close()


def test_people_behind_one_public_address_have_places_of_their_own_up_to_a_bound(arrive):
    visitors = [arrive("93.184.216.34") for _ in range(ADDRESS_PLACES + 1)]
    event, _stream = begun(visitors[0])
    waiting = [visitor.start(visitor.pictures | QUICK) for visitor in visitors[1:-1]]
    refused = visitors[-1].start(visitors[-1].pictures | QUICK)
    assert refusal(visitors[-1], refused).startswith("There are 8 runs from your network")
    visitors[0].cancel(event)
    with ThreadPoolExecutor(len(waiting)) as pool:
        said = list(pool.map(lambda i: visitors[i + 1].outcome(waiting[i])[0], range(len(waiting))))
    assert said == ["done"] * len(waiting)


def test_a_full_queue_says_when_to_come_back(arrive):
    event, _stream = begun(first := arrive())
    guests = [arrive() for _ in range(QUEUE_LENGTH + 3)]
    events = [guest.start(guest.pictures | QUICK) for guest in guests]
    refused = [refusal(guests[i], events[i]) for i in range(QUEUE_LENGTH, len(guests))]
    assert all(s.startswith("The queue is full, try again in about ") for s in refused), refused
    first.cancel(event)
    with ThreadPoolExecutor(QUEUE_LENGTH) as pool:
        done = list(pool.map(lambda i: guests[i].outcome(events[i])[0], range(QUEUE_LENGTH)))
    assert done == ["done"] * QUEUE_LENGTH


@pytest.mark.parametrize("how", ["cancel", "leave"])
def test_a_stopped_run_leaves_its_place_and_nothing_else(arrive, how, server_folder):
    visitor, other = arrive(), arrive()
    event, messages = begun(visitor)
    assert pictures_in(server_folder)
    if how == "cancel":
        visitor.cancel(event)
    else:
        messages.close()
        visitor.http.close()
    assert until_done(other) < PROMPT
    assert not pictures_in(server_folder)


def test_a_killed_program_leaves_its_place(arrive, url, picture_files, server_folder):
    script = (
        "import sys, json; from pathlib import Path; from benchmarks.server.visitors import *\n"
        "url, content, style, values = sys.argv[1:]\n"
        "visitor = Visitor(url, Endpoint(url, 'stylize'))\n"
        "content, style = (visitor.upload(Path(name)) for name in (content, style))\n"
        "visitor.start({'content': content, 'style': style} | json.loads(values))\n"
        "for message in visitor.messages():\n"
        "    if message['msg'] == 'process_generating': print('painting', flush=True)"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", script, url, *map(str, picture_files), json.dumps(LONG)],
        stdout=subprocess.PIPE,
    )
    assert program.stdout.readline() == b"painting\n"
    other = arrive()
    program.kill()
    program.communicate()
    assert until_done(other) < PROMPT
    assert not pictures_in(server_folder)


def test_cancelling_what_waits_leaves_what_is_painted(arrive):
    visitor = arrive()
    event, messages = begun(visitor)
    waiting = visitor.start(visitor.pictures | QUICK)
    visitor.cancel(waiting)
    later = list(itertools.islice(messages, 8))
    assert any(m["msg"] == "process_completed" and m["event_id"] == waiting for m in later)
    assert sum(m["msg"] == "process_generating" and m["event_id"] == event for m in later) >= 3
    visitor.cancel(event)


def test_cancelling_in_anothers_name_does_nothing(arrive):
    visitor, other = arrive(), arrive()
    event, messages = begun(visitor)
    waiting = visitor.start(visitor.pictures | QUICK)
    other.cancel(waiting)
    other.cancel(event)
    later = list(itertools.islice(messages, 10))
    assert not any(m["msg"] == "process_completed" for m in later)
    painted = [progress_of(m) for m in later if m["msg"] == "process_generating"]
    assert len(painted) > 4 and painted == sorted(painted)  # a run that begins anew goes back
    visitor.cancel(event)


def progress_of(message):
    """The iteration in a message, which holds changes to the last one."""
    changes = {str(path): new for _, path, new in message["output"]["data"][1]}
    return changes["[]"]["iteration"]


def test_a_long_run_streams_few_pictures(arrive):
    visitor = arrive()
    visitor.start(visitor.pictures | QUICK | {"iterations": 300, "size": 64})
    pictures = 0
    for message in visitor.messages():
        if message["msg"] == "process_generating":
            pictures += "url" in json.dumps(message["output"]["data"][0])
    assert 10 <= pictures <= FRAMES


def test_a_body_that_is_too_large_is_refused(url):
    answer = httpx.post(f"{url}{API}/queue/join", content=b" " * (BODY_BYTES + 1))
    assert answer.status_code == 413 and "32 MB at most" in answer.json()["detail"]

    # Without a length that says so beforehand; it may close while this is being sent.
    chunks = iter([b" " * 10**6] * (4 * BODY_BYTES // 10**6))
    with contextlib.suppress(httpx.TransportError):
        assert httpx.post(f"{url}{API}/queue/join", content=chunks).status_code == 413
    assert len(list(chunks)) * 10**6 > 2 * BODY_BYTES  # it did not read on


def test_the_queue_cannot_be_passed_by(url, endpoint):
    body = {"data": endpoint.data({}), "session_hash": "passer-by"}
    for path in ("run", "api"):
        assert httpx.post(f"{url}{API}/{path}/stylize", json=body).status_code == 404


def test_a_server_that_is_told_to_stop_ends_its_run(start_server, picture_files):
    url, server, folder = start_server()
    visitor = Visitor(url, Endpoint(url, "stylize"))
    names = ("content", "style")
    visitor.pictures = {
        name: visitor.upload(path) for name, path in zip(names, picture_files, strict=True)
    }
    _, messages = begun(visitor)
    assert pictures_in(folder)
    server.send_signal(signal.SIGTERM)
    said = [m["output"].get("error") for m in messages if m["msg"] == "process_completed"]
    assert server.wait(timeout=5) == 0  # 1 if the run went on
    assert not list(folder.glob("nst-*"))  # not even that of the server
    assert "Traceback" not in (folder / "log.txt").read_text()
    assert said in ([], ["The server was stopped, and the run with it. Please try again."])


@pytest.fixture
def queue():
    """Gradio's, of a page with one run; nothing is served."""
    with gr.Blocks() as page:
        gr.Button().click(int, concurrency_id=PAINTING)
    limit(page)
    page._queue.create_event_queue_for_fn(page.fns[0])
    return page._queue


def come(queue, names, answers=True):
    """Have Gradio note a visitor with events of these names."""
    session = secrets.token_hex(8)
    queue.pending_event_ids_session[session] = set(names)
    if answers:
        queue.pending_messages_per_session[session] = None
    return session


def test_who_has_every_answer_or_is_gone_is_forgotten(queue):
    queue.event_ids_to_events["under way"] = None
    come(queue, []), come(queue, ["gone"], answers=False)
    kept = [come(queue, ["as_sent"]), come(queue, ["under way"], answers=False)]
    tidy(queue)
    assert list(queue.pending_event_ids_session) == kept


def test_the_answers_of_a_run_are_kept_however_many_come_after_it(queue):
    answers = queue.pending_messages_per_session
    waiting, painted = (
        Event(come(queue, [name]), queue.blocks.fns[0], None, None) for name in ("one", "other")
    )
    queue.event_queue_per_concurrency_id[PAINTING].queue.append(waiting)
    queue.active_jobs = [None, [painted]]
    for _ in range(answers.max_size + 1):
        tidy(queue)
        come(queue, ["refused"])
    assert waiting.session_hash in answers and painted.session_hash in answers


def test_a_crowd_that_fetches_no_answers_gets_no_more_of_them(queue, monkeypatch):
    monkeypatch.setattr(limits, "QUEUE_LENGTH", 0)
    monkeypatch.setattr(limits, "UNFETCHED", 3)

    def join():
        body = SimpleNamespace(fn_index=0, session_hash=secrets.token_hex(8))
        return asyncio.run(queue.push(body=body, request=httpx.Request("GET", "/"), username=None))

    assert [join()[2] for _ in range(4)] == ["success"] * 3 + ["queue_full"]
    for names in queue.pending_event_ids_session.values():
        names.clear()
    assert join()[2] == "success"
