"""The server's outermost layer: what of Gradio is not offered, and plain answers to nonsense."""

import json
import logging
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSED = (
    "/gradio_api/file=http",  # fetches anything for anybody
    "/gradio_api/file/http",
    "/gradio_api/proxy=",
    "/gradio_api/process_recording",  # decodes films
    "/gradio_api/deep_link",  # keeps files for ever
    "/gradio_api/stream/",
    "/monitoring",
)
"""Beginnings of paths that nothing here needs."""
NOT_HERE = "There is nothing here."
NOT_UNDERSTOOD = "The request cannot be understood: see the API's description, /gradio_api/info."
log = logging.getLogger("nst.app")


class Gate:
    """ASGI middleware: a request that makes Gradio fail is answered with a sentence, not with 500.

    What the app itself does runs in the queue, where `page.runs` turns failures into sentences:
    only what a caller made up fails here.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(CLOSED):
            await _answer(send, 404, NOT_HERE)
            return
        begun = False

        async def passed(message: Message) -> None:
            nonlocal begun
            begun = True
            # Calls outside the queue tell a visitor's mistakes as 500, with their sentence.
            if message.get("status") == 500:
                message["status"] = 422
            await send(message)

        try:
            await self.app(scope, receive, passed)
        except Exception as error:
            log.warning("refused %.100r: %.200r", path, error)
            if not begun:
                await _answer(send, 400, NOT_UNDERSTOOD)


async def _answer(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence, "error": sentence}).encode()
    headers: list[Any] = [(b"content-type", b"application/json")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
