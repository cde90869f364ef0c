"""Whose answers are streamed to whom, through a real server."""

import httpx
import pytest

from benchmarks.server.visitors import API, Endpoint, Visitor
from web.server.http.requests import NOTHING

QUICK = {"iterations": 4, "size": 64, "features": "compact"}


@pytest.fixture
def visitor(url, picture_files):
    visitor = Visitor(url, Endpoint(url, "stylize"))
    names = ("content", "style")
    visitor.pictures = {
        name: visitor.upload(path) for name, path in zip(names, picture_files, strict=True)
    }
    yield visitor
    visitor.http.close()


def test_a_pages_run_is_not_streamed_to_who_knows_its_event(url, visitor):
    event = visitor.start(visitor.pictures | QUICK)
    answer = httpx.get(f"{url}{API}/call/stylize/{event}", timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (404, NOTHING)
    # Nothing was taken from the page.
    assert visitor.outcome(event)[0] == "done"


@pytest.mark.parametrize(
    "path", ["/call/stylize/none", "/call/info/a%00b", "/queue/data?session_hash=nobody"]
)
def test_what_is_not_there_is_404_in_words(url, path):
    answer = httpx.get(f"{url}{API}{path}", timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (404, NOTHING)
