"""Calls of tools (MCP), before the library that answers them: what is malformed is one sentence.

The library answers a wrong id with nothing at all, and writes tracebacks of what it cannot parse.
"""

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from nst.recipe import each_once
from web.server.http.requests import replayed

TOOLS = re.compile(r".*/gradio_api/mcp/?")
UNPARSED, INVALID = -32700, -32600
"""Codes of JSON-RPC 2.0: no JSON, and JSON that is no request."""
MESSAGE = ("method", "result", "error")
"""What a message has one of: a request or notification the first, an answer one of the others."""


class ToolCalls:
    """ASGI middleware: lets through what is a message of JSON-RPC 2.0."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        posted = scope["type"] == "http" and scope["method"] == "POST"
        if not posted or not TOOLS.fullmatch(scope["path"]):
            return await self.app(scope, receive, send)
        body = await Request(scope, receive).body()
        try:
            wrong = problem(parsed(body))
            code = INVALID
        except (ValueError, RecursionError):
            wrong, code = "The body must be JSON, each key once.", UNPARSED
        if not wrong:
            return await self.app(scope, replayed(body, receive), send)
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": wrong}}
        return await JSONResponse(error, 400)(scope, receive, send)


def parsed(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """JSON's value.

    Raises:
        ValueError: it is none, has NaN, a lone surrogate, or a key twice.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(body, parse_constant=_refuse, object_pairs_hook=each_once)
    json.dumps(value, ensure_ascii=False).encode()  # a UnicodeError is a ValueError
    return value


def problem(message: object) -> str:
    """What is wrong with a message, in a sentence; "" if nothing is."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return 'The body must be one object of JSON-RPC, with "jsonrpc": "2.0".'
    if sum(name in message for name in MESSAGE) != 1:
        return "A message has one of method, result and error."
    if not isinstance(message.get("method", ""), str):
        return "method must be text."
    if not isinstance(message.get("params", {}), dict):
        return "params must be an object."
    if "id" in message and type(message["id"]) not in (str, int):
        return "id must be text or a whole number."
    return ""


def _refuse(constant: str) -> None:
    raise ValueError(constant)
