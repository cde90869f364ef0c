"""Serving a page until a signal comes, with all that stands between it and its visitors."""

import logging
import os
import signal
import sys
from collections.abc import Callable

import gradio as gr
from starlette.middleware import Middleware

from nst import InputError
from nst.machine import allocator
from web.server.admission import limit
from web.server.disk import temporary_files
from web.server.gradio_private import other_versions
from web.server.limits import SESSIONS, UPLOAD_BYTES, turn
from web.server.middleware import PlainAnswers
from web.server.requests import BodyLimit, ExactCancel, OwnStreams
from web.server.tool_calls import ToolCalls

log = logging.getLogger("nst.app")


def serve(prepare: Callable[[], None], build: Callable[[], gr.Blocks], **look: object) -> None:
    """Serve a page, until a signal comes.

    Args:
        prepare: what has to be there before; its `InputError` ends the program with a sentence.
        build: makes the page.
        look: of the page, as `launch` takes it.
    """
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    if others := other_versions():
        log.warning("private names of other packages may be others in these versions: %s", others)
    allocator.share_one_arena()
    try:
        prepare()
    except InputError as error:
        sys.exit(f"error: {error}")
    with temporary_files():
        page = build()
        limit(page)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        page.launch(
            mcp_server=True,
            max_file_size=UPLOAD_BYTES,
            state_session_capacity=SESSIONS,
            enable_monitoring=False,
            app_kwargs={"middleware": [Middleware(PlainAnswers), *middleware(page)]},
            **look,
        )
        ended = turn().ended()
    if not ended:
        os._exit(1)  # in the middle of an iteration that takes too long to be waited for


def _stop(*_: object) -> None:
    """Have the run that goes on end, then the server: what a signal calls."""
    turn().close()
    raise KeyboardInterrupt  # Gradio waits for it


def middleware(page: gr.Blocks) -> list[Middleware]:
    """What requests pass before they reach Gradio."""
    return [
        Middleware(BodyLimit),
        Middleware(ExactCancel, page=page),
        Middleware(OwnStreams, page=page),
        Middleware(ToolCalls),
    ]
