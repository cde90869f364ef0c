"""The outermost layer, around an application that fails in every way."""

import asyncio
import errno
import logging

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router

from web.server.disk import FULL
from web.server.http.middleware import NOT_HERE, NOT_UNDERSTOOD, PlainAnswers


def failing(request):
    name = request.path_params["name"]
    if name == "full":
        raise OSError(errno.ENOSPC, "No space left on device")
    if name == "odd":
        raise KeyError("nonsense")
    return PlainTextResponse("failed", 500)


@pytest.fixture
def ask():
    paths = ("/gradio_api/run/{name}", "/gradio_api/queue/{name}", "/{name:path}")
    app = PlainAnswers(Router(routes=[Route(path, failing) for path in paths]))

    async def asked(path):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return lambda path: asyncio.run(asked(path))


@pytest.mark.parametrize("root", ["", "/nst", "/some/where"])
@pytest.mark.parametrize(
    "path", ["/gradio_api/file=http://a", "/gradio_api/proxy=x", "/monitoring"]
)
def test_what_is_closed_is_closed_under_every_root_path(ask, root, path):
    answer = ask(root + path)
    assert (answer.status_code, answer.json()["error"]) == (404, NOT_HERE)


def test_a_failure_outside_the_queue_is_the_callers(ask, caplog):
    assert ask("/gradio_api/run/x").status_code == 422
    assert ask("/gradio_api/queue/x").status_code == 500
    assert ask("/mcp").status_code == 500
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 3


def test_what_raises_is_a_sentence(ask):
    answer = ask("/gradio_api/queue/odd")
    assert (answer.status_code, answer.json()["error"]) == (400, NOT_UNDERSTOOD)
    answer = ask("/gradio_api/queue/full")
    assert (answer.status_code, answer.json()["error"]) == (507, FULL)
