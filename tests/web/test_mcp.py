"""The API's functions as tools, through a real server and the Model Context Protocol's client."""

import asyncio
import base64
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

mcp = pytest.importorskip("mcp", reason="gradio is installed without its extra mcp")
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

QUICK = {"iterations": 8, "size": 64, "features": "compact"}


def with_session(url: str, do: Callable[[mcp.ClientSession], Any]) -> Any:
    """What `do` returns for a session with the server's tools."""

    async def session() -> Any:
        async with (
            streamable_http_client(f"{url}/gradio_api/mcp/") as (read, write, *_),
            mcp.ClientSession(read, write) as open_session,
        ):
            await open_session.initialize()
            return await do(open_session)

    return asyncio.run(session())


@pytest.fixture
def pictures(picture_files):
    return {
        name: "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
        for name, path in zip(("content", "style"), picture_files, strict=True)
    }


def test_the_tools_describe_themselves(url):
    listed = with_session(url, lambda session: session.list_tools()).tools
    tools = {tool.name: tool for tool in listed}
    named = {"stylize_pictures", "paint_instantly", "paint_clip", "estimate_run", "info"}
    assert set(tools) == named
    for tool in tools.values():
        assert tool.description
        for name, schema in tool.inputSchema["properties"].items():
            assert schema["description"], (tool.name, name)
    iterations = tools["stylize_pictures"].inputSchema["properties"]["iterations"]
    assert (iterations["minimum"], iterations["maximum"]) == (1, 2000)


def test_a_tool_paints_and_reports_its_progress(url, pictures):
    reports = []

    async def report(progress: float, total: float | None, message: str | None) -> None:
        reports.append(progress)

    answer = with_session(
        url,
        lambda session: session.call_tool(
            "stylize_pictures", {**pictures, **QUICK}, progress_callback=report
        ),
    )
    assert not answer.isError and len(reports) >= 5
    picture, address, progress = answer.content
    with Image.open(io.BytesIO(base64.b64decode(picture.data))) as image:
        assert image.format == "PNG" and image.size == (64, 43)
    assert f"{url}/gradio_api/file=" in address.text and "'done': True" in progress.text


def test_a_client_that_follows_no_progress_gets_the_pictures_address(url, pictures):
    answer = with_session(
        url, lambda session: session.call_tool("stylize_pictures", {**pictures, **QUICK})
    )
    assert not answer.isError and f"{url}/gradio_api/file=" in answer.content[0].text


def test_a_tool_refuses_bad_input_with_a_sentence(url, pictures):
    bad = {**pictures, **QUICK, "content": "data:text/plain;base64,bm90aGluZw=="}
    answer = with_session(url, lambda session: session.call_tool("stylize_pictures", bad))
    assert answer.isError
    assert answer.content[0].text.startswith("The content image is not a picture")


def test_what_can_be_asked_before(url):
    answer = with_session(
        url, lambda session: session.call_tool("estimate_run", {"width": 640, "height": 480})
    )
    assert not answer.isError and "seconds" in json.dumps(answer.content[0].text)


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
MALFORMED = {
    "no JSON": b"{",
    "nothing": b"",
    "no text": b"\xff\xfe",
    "too deep": b"[" * 100_000,
    "NaN as id": json.dumps(CALL | {"id": float("nan")}),
    "a key twice": '{"id": 2, ' + json.dumps(CALL)[1:],
    "a lone surrogate": json.dumps(CALL | {"id": "\ud800"}),
    "a list": json.dumps([CALL]),
    "a number": "7",
    "another version": json.dumps(CALL | {"jsonrpc": "1.0"}),
    "a list as id": json.dumps(CALL | {"id": [1]}),
    "a truth as id": json.dumps(CALL | {"id": True}),
    "null as id": json.dumps(CALL | {"id": None}),
    "a number as method": json.dumps(CALL | {"method": 7}),
    "no method": json.dumps({"jsonrpc": "2.0", "id": 1}),
    "a list as params": json.dumps(CALL | {"params": []}),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_malformed_calls_are_one_sentence_and_leave_no_traceback(url, server_log, body):
    accepted = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    logged = len(server_log.read_text())
    answer = httpx.post(f"{url}/gradio_api/mcp/", content=body, headers=accepted, timeout=60)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] in (-32700, -32600) and error["message"].endswith(".")
    assert "Traceback" not in server_log.read_text()[logged:]
