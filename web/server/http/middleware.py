"""The server's outermost layer: what of Gradio is not offered, and plain answers to nonsense."""

import json
import logging
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.server.disk import FULL, is_full, make_room

CLOSED = (
    "/gradio_api/file=http",  # fetches anything for anybody
    "/gradio_api/file/http",
    "/gradio_api/proxy=",
    "/gradio_api/process_recording",  # decodes films
    "/gradio_api/deep_link",  # keeps files for ever
    "/gradio_api/stream/",
    "/monitoring",
)
"""Parts of paths that nothing here needs, behind whatever path the app is served under."""
NOT_HERE = "There is nothing here."
OUTSIDE_THE_QUEUE = ("/gradio_api/run/", "/gradio_api/api/", "/gradio_api/call/")
"""Where calls outside the queue go: they tell a visitor's mistakes as 500, with their sentence."""
NOT_UNDERSTOOD = "The request cannot be understood: see the API's description, /gradio_api/info."
log = logging.getLogger("nst.app")


class PlainAnswers:
    """ASGI middleware: a request that makes Gradio fail is answered with a sentence, not with 500.

    What the app itself does runs in the queue, where `web.runs` turns failures into sentences: only
    what a caller made up fails here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if any(part in path for part in CLOSED):
            await _answer(send, 404, NOT_HERE)
            return
        begun = False

        async def passed(message: Message) -> None:
            nonlocal begun
            begun = True
            if message.get("status") == 500:
                if any(part in path for part in OUTSIDE_THE_QUEUE):
                    message["status"] = 422
                log.warning("answered %.100r with a failure", path)
            await send(message)

        try:
            await self.app(scope, receive, passed)
        except Exception as error:
            log.warning("refused %.100r: %.200r", path, error)
            if begun:
                return
            if is_full(error):
                make_room()
                await _answer(send, 507, FULL)
            else:
                await _answer(send, 400, NOT_UNDERSTOOD)


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence, "error": sentence}).encode()
    headers: list[Any] = [(b"content-type", b"application/json")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
