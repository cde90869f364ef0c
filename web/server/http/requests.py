"""What requests pass before they reach Gradio: their size, what they cancel, what they listen to.

Gradio takes a cancelled run for another one of the same visitor, and streams the answers of a
page's session to anybody who names one of its events, which takes them from the page; where there
is nothing to stream it drops the connection.
"""

import json
import math
import re
from urllib.parse import parse_qs

import gradio as gr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.server import limits
from web.server.admission import take_out
from web.server.gradio_private import function_id, queue_of


class BodyLimit:
    """Refuses requests whose body is too large, at once or as soon as it shows."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        upload = scope["path"].rstrip("/").endswith("/upload")
        most = limits.UPLOAD_BYTES + limits.BODY_BYTES if upload else limits.BODY_BYTES
        answered, taken = False, 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            if taken > most and not answered:  # FastAPI says something else of it
                raise _TooLargeError
            answered = True
            await send(message)

        try:
            if _length(scope) > most:
                raise _TooLargeError
            return await self.app(scope, limited, noted)
        except _TooLargeError:
            if answered:
                raise
            sentence = f"The request is too large: it may have {most // 10**6} MB at most."
            # Else the server would go on reading what is sent.
            answer = JSONResponse({"detail": sentence}, 413, {"Connection": "close"})
            return await answer(scope, receive, send)


def _length(scope: Scope) -> float:
    """How many bytes a request says that its body has; infinity for nonsense."""
    try:
        return int(dict(scope["headers"]).get(b"content-length", b"0"))
    except ValueError:
        return math.inf


class _TooLargeError(Exception):
    pass


class ExactCancel:
    """Has a request to cancel a run end this run and no other.

    Gradio ends *every* run of the visitor's under way when one is cancelled that still waits, and
    starts a run anew when it is cancelled in another's name.
    """

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http" or not scope["path"].rstrip("/").endswith("/cancel"):
            return await self.app(scope, receive, send)
        body = await Request(scope, receive).body()
        queue = queue_of(self.page)
        try:
            asked = json.loads(body)
            event = queue.event_ids_to_events.get(asked["event_id"])
            named = asked["session_hash"], asked["fn_index"]
        except (ValueError, LookupError, TypeError):  # Gradio says what is missing
            return await self.app(scope, replayed(body, receive), send)
        if event is None or named != (event.session_hash, function_id(event)):
            return await JSONResponse({"success": False})(scope, receive, send)
        if event in queue.event_queue_per_concurrency_id[event.concurrency_id].queue:
            await take_out(event, queue)
            return await JSONResponse({"success": True})(scope, receive, send)
        return await self.app(scope, replayed(body, receive), send)


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
            pending = queue_of(self.page).pending_messages_per_session
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
