"""Whose answers are streamed to whom: a run's to those alone who began it.

Gradio streams the answers of a page's session to anybody who names one of its events, which takes
them from the page; and where there is nothing to stream it drops the connection.
"""

import re
from urllib.parse import parse_qs

import gradio as gr
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CALL = re.compile(r".*/gradio_api/call/[^/]+/(?P<event>[^/]+)/?")
DATA = re.compile(r".*/gradio_api/queue/data/?")
NOTHING = "There is no such run, or its answer was fetched before."


class OwnStreams:
    """ASGI middleware: an event's stream is for who began it, and the rest is 404, in words."""

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "http" and scope["method"] == "GET":
            session = _session(scope)
            # Those that have answers to come.
            pending = self.page._queue.pending_messages_per_session
            if session is not None and session not in pending:
                answer = JSONResponse({"detail": NOTHING, "error": NOTHING}, 404)
                return await answer(scope, receive, send)
        return await self.app(scope, receive, send)


def _session(scope: Scope) -> str | None:
    """The session whose answers a request asks for; None if it asks for something else.

    A program that begins a run by a plain call has a session of the event's own name: whoever knows
    an event of another session is not its owner for that.
    """
    if call := CALL.fullmatch(scope["path"]):
        return call["event"]
    if DATA.fullmatch(scope["path"]):
        query = parse_qs(scope["query_string"].decode("latin-1"))
        return query.get("session_hash", [""])[0] if "session_hash" in query else None
    return None


def replayed(body: bytes, receive: Receive) -> Receive:
    """A body that was read before, as an application receives it, and then what comes after it."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(messages, None) or await receive()  # who is gone, in the end

    return again
